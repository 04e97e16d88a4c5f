import { deepEqual } from './deep-equal.ts'
import type { Kind } from './kinds/registry.ts'
import type { KubeObject, ObjectMeta } from './object.ts'
import { alreadyExists, StatusError } from './status.ts'
import type { WriteContext, WriteOptions } from './write-context.ts'

/** How often a name that is taken is drawn again (registry store.go maxNameGenerationCreateAttempts). */
const ATTEMPTS = 8

/** names.SimpleNameGenerator: the prefix, cut to 58, and five random characters. */
export function generated({ store, dice }: WriteContext, kind: Kind, { name, generateName, namespace }: ObjectMeta): string {
  if (name || !generateName) return name
  let drawn = ''
  for (let i = 0; i < ATTEMPTS; i++) {
    drawn = `${generateName.slice(0, 58)}${dice.suffix(5)}`
    if (store.get(kind.key, kind.namespaced ? namespace : undefined, drawn) === undefined) break
  }
  return drawn
}

/** A copy without these members, and without undefined ones. */
export function without<T extends object>(value: T, names: readonly string[]): T {
  return Object.fromEntries(Object.entries(value).filter(([k, v]) => !names.includes(k) && v !== undefined)) as T
}

/** An owner named twice counts once, with a warning (dedupOwnerReferencesAndAddWarning). */
export function ownersOnce(metadata: ObjectMeta, { warnings }: WriteOptions): ObjectMeta {
  const given = metadata.ownerReferences ?? []
  const once = given.filter((r, i) => given.findIndex((other) => deepEqual(other, r)) === i)
  if (once.length === given.length) return metadata
  const twice = [...new Set(given.filter((r) => given.filter((other) => other.uid === r.uid).length > 1).map((r) => r.uid))]
  const words =
    '.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: '
  warnings?.push(words + twice.join(', '))
  return { ...metadata, ownerReferences: once }
}

/** 409 for a name that is there: going, and drawn, are said too (rest.CheckGeneratedNameError, store.go Create). */
export function taken(kind: Kind, name: string, there: KubeObject, given: ObjectMeta): StatusError {
  const { status } = alreadyExists(kind, name)
  const going = there.metadata.deletionTimestamp === undefined ? '' : 'object is being deleted: '
  const drawn = given.generateName && !given.name ? ', the server was not able to generate a unique name for the object' : ''
  return new StatusError({ ...status, message: `${going}${status.message}${drawn}` })
}

/** Resources whose etcd key is not their name. */
const ETCD_KEYS: Readonly<Record<string, string>> = {
  services: 'services/specs',
  endpoints: 'services/endpoints',
  nodes: 'minions',
  'ingresses.networking.k8s.io': 'ingress',
}

/** storage.InvalidObjError of a precondition on the uid. */
export function uidMismatch(kind: Kind, { metadata }: KubeObject, uid: string, dryRun = false): string {
  const resource = ETCD_KEYS[kind.key] ?? (kind.custom ? `${kind.group}/${kind.resource}` : kind.resource)
  // a dry run compares before it comes to etcd's prefix
  const key = [
    '',
    ...(dryRun ? [] : ['registry']),
    resource,
    ...(metadata.namespace ? [metadata.namespace] : []),
    metadata.name,
  ].join('/')
  const more = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`
  return `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${more}`
}
