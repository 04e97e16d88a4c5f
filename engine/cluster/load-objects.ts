import { CUSTOM_RESOURCE_DEFINITIONS, kindsOf, storedAs } from '../api/kinds/kinds.ts'
import type { KubeObject } from '../api/object.ts'
import type { Store } from '../api/store.ts'

/** Objects that no cluster can be made of: what was given is wrong, not the engine. */
export class SpecError extends Error {
  override readonly name = 'SpecError'
}

/** Puts dumped objects into the store exactly as they are. */
export function loadObjects(store: Store, objects: readonly KubeObject[]): void {
  // definitions first: what they define may stand before them in a dump
  const definitions = objects.filter((o) => o.kind === 'CustomResourceDefinition')
  for (const object of definitions) store.putRaw(CUSTOM_RESOURCE_DEFINITIONS, object)
  for (const object of objects) {
    const { apiVersion, kind, metadata } = object
    const known = kindsOf(store).named(apiVersion, kind)
    if (known === undefined) throw new SpecError(`objects: no kind ${kind} in ${apiVersion}`)
    if (typeof metadata?.name !== 'string' || metadata.name === '') throw new SpecError(`objects: a ${kind} without a name`)
    store.putRaw(known.key, storedAs(known, object))
  }
}
