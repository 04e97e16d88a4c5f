import type { KubeObject } from '../object.ts'
import { forbidden } from '../status.ts'
import { compareQuantities } from '../validation/quantity.ts'
import type { WriteRequest } from '../write-context.ts'

const CLASSES = 'storageclasses.storage.k8s.io'
const DEFAULTS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']
const FORMER = 'volume.beta.kubernetes.io/storage-class'

/** The newest default class; of equally new ones the first by name (GetDefaultClass). */
function defaultClass({ context }: WriteRequest): KubeObject | undefined {
  const marked = context.store.list(CLASSES).filter((c) => DEFAULTS.some((d) => c.metadata.annotations?.[d] === 'true'))
  const time = (c: KubeObject) => Date.parse(c.metadata.creationTimestamp ?? '')
  return [...marked].sort((a, b) => time(b) - time(a) || (a.metadata.name < b.metadata.name ? -1 : 1))[0]
}

/** DefaultStorageClass: a claim that names no class gets the default one. */
export function storageClass(request: WriteRequest): KubeObject {
  const { kind, operation, object: claim, options } = request
  if (kind.key !== 'persistentvolumeclaims' || operation !== 'CREATE' || options.subresource !== undefined) return claim
  if (claim.metadata.annotations?.[FORMER] !== undefined || claim.spec?.storageClassName !== undefined) return claim
  const found = defaultClass(request)
  return found === undefined ? claim : { ...claim, spec: { ...claim.spec, storageClassName: found.metadata.name } }
}

const PROTECTION: Readonly<Record<string, string>> = {
  persistentvolumes: 'kubernetes.io/pv-protection',
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
}

/** StorageObjectInUseProtection: volumes and claims stay while they are used. */
export function storageProtection({ kind, operation, object, options }: WriteRequest): KubeObject {
  const finalizer = PROTECTION[kind.key]
  if (finalizer === undefined || operation !== 'CREATE' || options.subresource !== undefined) return object
  const finalizers = object.metadata.finalizers ?? []
  if (finalizers.includes(finalizer)) return object
  return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } }
}

/** PersistentVolumeClaimResize: a claim grows only where its class lets it. */
export function checkResize({ context, kind, operation, object, old, options }: WriteRequest): void {
  if (kind.key !== 'persistentvolumeclaims' || operation !== 'UPDATE' || options.subresource !== undefined) return
  const size = (o: KubeObject | undefined): string => o?.spec?.resources?.requests?.storage ?? '0'
  if (compareQuantities(size(object), size(old)) <= 0 || old?.status?.phase !== 'Bound') return
  const name: string = object.metadata.annotations?.[FORMER] ?? object.spec?.storageClassName ?? ''
  const found = name === '' ? undefined : context.store.get(CLASSES, undefined, name)
  if (found?.allowVolumeExpansion === true) return
  const words = 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize'
  throw forbidden(kind, object.metadata.name, words)
}
