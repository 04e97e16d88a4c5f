import type { KubeObject } from '../api/object.ts'
import { isStatus } from '../api/status.ts'
import { encodeUtf8 } from '../base/utf8.ts'
import { type ApiWriter, type ControllerEnv, R, sameValue } from './env.ts'
import { claim, controllerReference, withOwner } from './ownership.ts'
import { safeName } from './template-hash.ts'

export const REVISION_LABEL = 'controller-revision-hash'

/** A pod template as ControllerRevisions keep it: a patch that replaces the whole template. */
export function templatePatch(owner: KubeObject): KubeObject[string] {
  const { template } = owner.spec
  return sorted({ spec: { template: { ...template, $patch: 'replace' } } })
}

/** The owner with the template of a revision (ApplyRevision). */
export function withRevision(owner: KubeObject, revision: KubeObject): KubeObject {
  const { $patch: _patch, ...template } = revision.data.spec.template
  return { ...owner, spec: { ...owner.spec, template } }
}

/** Go marshals maps with their keys in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, v]) => v !== undefined)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, sorted(v)]))
}

/** encoding/json escapes what could close a script. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** HashControllerRevision: 32-bit FNV-1 over the patch and the count of collisions. */
export function revisionHash(data: unknown, collisions: number): string {
  let hash = 0x811c9dc5
  for (const byte of encodeUtf8(goJson(sorted(data)) + String(collisions)))
    hash = (Math.imul(hash, 0x01000193) ^ byte.charCodeAt(0)) >>> 0
  return safeName(String(hash))
}

/** The ControllerRevisions of a workload, oldest first. */
export class RevisionHistory {
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv, api: ApiWriter) {
    this.env = env
    this.api = api
  }

  of(owner: KubeObject): readonly KubeObject[] {
    const all = this.env.store.list(R.revisions, owner.metadata.namespace)
    const found = claim(all, owner, owner.spec.selector)
    const adopted =
      owner.metadata.deletionTimestamp === undefined
        ? found.adopt.map((revision) => this.api.update(R.revisions, withOwner(revision, owner)))
        : []
    return [...found.mine, ...adopted].sort(byRevision)
  }

  /** A new revision of the owner's template; undefined if its name is taken by another template. */
  create(
    owner: KubeObject,
    hash: string,
    revision: number,
    annotations: KubeObject['metadata']['annotations'],
  ): KubeObject | undefined {
    const { name, namespace } = owner.metadata
    const data = templatePatch(owner)
    const wanted = {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: `${name}-${hash}`,
        namespace,
        labels: { ...owner.spec.template.metadata?.labels, [REVISION_LABEL]: hash },
        ...(annotations === undefined ? {} : { annotations }),
        ownerReferences: [controllerReference(owner)],
      },
      data,
      revision,
    } as KubeObject
    try {
      return this.api.create(R.revisions, wanted)
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists')) throw error
      const there = this.env.store.get(R.revisions, namespace, wanted.metadata.name)
      return there !== undefined && sameValue(there.data, data) ? there : undefined
    }
  }

  renumber(revision: KubeObject, number: number): KubeObject {
    return this.api.update(R.revisions, { ...revision, revision: number })
  }

  remove(revision: KubeObject): void {
    this.api.delete(R.revisions, revision.metadata.namespace, revision.metadata.name)
  }
}

const byRevision = (a: KubeObject, b: KubeObject) =>
  a.revision - b.revision ||
  Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? '') ||
  (a.metadata.name < b.metadata.name ? -1 : 1)
