import { customKinds } from '../crd/kinds.ts'
import type { GroupResource, KubeObject } from '../object.ts'
import type { Store } from '../store.ts'
import { type Kind, kindAtPath, kindNamed, kindOf } from './registry.ts'

export const CUSTOM_RESOURCE_DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io'

/** Every kind that the server serves: the API's own, and what the store's CustomResourceDefinitions define. */
export interface Kinds {
  /** "apps/v1", "deployments" → its kind, or undefined if no such path is served. */
  atPath(apiVersion: string, resource: string): Kind | undefined
  /** The stored kind behind a store key. */
  ofKey(key: GroupResource): Kind | undefined
  /** "apps/v1" and "Deployment" → its kind. */
  named(apiVersion: string, kind: string): Kind | undefined
  /** The custom ones that are served, in the order of their definitions' names. */
  readonly custom: readonly Kind[]
}

const OWN: Kinds = { atPath: kindAtPath, ofKey: kindOf, named: kindNamed, custom: [] }

/** A store hands out the same list until one of its objects changes, so a list stands for a state of the definitions. */
const known = new WeakMap<readonly KubeObject[], Kinds>()

/** The kinds of a server whose objects are in `store`. */
export function kindsOf(store: Pick<Store, 'list'>): Kinds {
  const definitions = store.list(CUSTOM_RESOURCE_DEFINITIONS)
  if (definitions.length === 0) return OWN
  let kinds = known.get(definitions)
  if (kinds === undefined) {
    kinds = withCustom(definitions)
    known.set(definitions, kinds)
  }
  return kinds
}

function withCustom(definitions: readonly KubeObject[]): Kinds {
  const byPath = new Map<string, Kind>()
  const byKind = new Map<string, Kind>()
  const byKey = new Map<GroupResource, Kind>()
  const custom: Kind[] = []
  for (const definition of definitions) {
    const { stored, served } = customKinds(definition)
    if (stored !== undefined) byKey.set(stored.key, stored)
    for (const kind of served) {
      byPath.set(`${kind.apiVersion}/${kind.resource}`, kind)
      byKind.set(`${kind.apiVersion}/${kind.kind}`, kind)
      custom.push(kind)
    }
  }
  return {
    atPath: (apiVersion, resource) => kindAtPath(apiVersion, resource) ?? byPath.get(`${apiVersion}/${resource}`),
    ofKey: (key) => kindOf(key) ?? byKey.get(key),
    named: (apiVersion, kind) => kindNamed(apiVersion, kind) ?? byKind.get(`${apiVersion}/${kind}`),
    custom,
  }
}

/** A stored object as its kind's version shows it. */
export function shownAs(kind: Kind, stored: KubeObject): KubeObject {
  if (kind.conversion === undefined) return stored
  return { ...kind.conversion.to(stored), apiVersion: kind.apiVersion, kind: kind.kind }
}

/** An object of the kind's version as the store holds it; the write path gives it the stored apiVersion. */
export function storedAs(kind: Kind, given: KubeObject): KubeObject {
  return kind.conversion === undefined ? given : kind.conversion.from(given)
}
