import { resourceOf } from '../api/kinds/registry.ts'
import type { KubeObject } from '../api/object.ts'
import type { Store } from '../api/store.ts'

/** Objects that no cluster can be made of: what was given is wrong, not the engine. */
export class SpecError extends Error {
  override readonly name = 'SpecError'
}

/** Puts dumped objects into the store exactly as they are. */
export function loadObjects(store: Store, objects: readonly KubeObject[]): void {
  for (const object of objects) {
    const { apiVersion, kind, metadata } = object
    const resource = resourceOf(apiVersion, kind)
    if (resource === undefined) throw new SpecError(`objects: no kind ${kind} in ${apiVersion}`)
    if (typeof metadata?.name !== 'string' || metadata.name === '') throw new SpecError(`objects: a ${kind} without a name`)
    store.putRaw(resource, object)
  }
}
