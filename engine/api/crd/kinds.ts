// biome-ignore-all lint/suspicious/noExplicitAny: a CustomResourceDefinition as it is in the store
import type { KindDescriptor, VersionConversion } from '../kinds/kind.ts'
import { age } from '../kinds/kind.ts'
import type { Column, Kind, Subresource } from '../kinds/registry.ts'
import type { KubeObject } from '../object.ts'

/** What one CustomResourceDefinition defines. */
export interface CustomKinds {
  /** The kind under which the store keeps the objects; undefined until the definition is established. */
  readonly stored?: Kind
  readonly served: readonly Kind[]
}

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']
const PART_VERBS = ['get', 'patch', 'update']

const known = new WeakMap<KubeObject, CustomKinds>()

/** The kinds of an established definition: one for each version it serves. */
export function customKinds(definition: KubeObject): CustomKinds {
  let kinds = known.get(definition)
  if (kinds === undefined) {
    kinds = established(definition) ? compiled(definition) : { served: [] }
    known.set(definition, kinds)
  }
  return kinds
}

function established(definition: KubeObject): boolean {
  return (definition.status?.conditions ?? []).some((c: any) => c.type === 'Established' && c.status === 'True')
}

function compiled(definition: KubeObject): CustomKinds {
  const versions: readonly any[] = definition.spec?.versions ?? []
  const storage = versions.find((v) => v.storage === true)
  if (storage === undefined) return { served: [] }
  const stored = kindOfVersion(definition, storage, undefined)
  return {
    stored,
    served: versions
      .filter((v) => v.served === true)
      .map((v) => (v === storage ? stored : kindOfVersion(definition, v, SAME_FIELDS))),
  }
}

/** conversion.strategy None: versions differ in apiVersion alone. */
const SAME_FIELDS: VersionConversion = { to: (stored) => stored, from: (given) => given }

function kindOfVersion(definition: KubeObject, version: any, conversion: VersionConversion | undefined): Kind {
  const { group, scope } = definition.spec
  const names = definition.status?.acceptedNames ?? definition.spec.names
  const apiVersion = `${group}/${version.name}`
  const resource: string = definition.spec.names.plural
  const columns = columnsOf(version)
  const descriptor: KindDescriptor = {
    resource: `${resource}.${group}`,
    suite: 'modelled',
    cells: (object, at) => [object.metadata.name, age(object.metadata.creationTimestamp, at)],
    strategy: { name: 'subdomain' },
  }
  return {
    key: descriptor.resource,
    group,
    version: version.name,
    apiVersion,
    kind: names.kind,
    resource,
    singular: names.singular,
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    verbs: VERBS,
    subresources: subresourcesOf(definition, version),
    columns,
    descriptor,
    custom: true,
    ...(conversion === undefined ? {} : { conversion }),
  }
}

function subresourcesOf(definition: KubeObject, version: any): readonly Subresource[] {
  const out: Subresource[] = []
  const { kind } = definition.spec.names
  const { group } = definition.spec
  if (version.subresources?.status) out.push({ name: 'status', kind, group, version: version.name, verbs: PART_VERBS })
  if (version.subresources?.scale)
    out.push({ name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: PART_VERBS })
  return out
}

function columnsOf(_version: any): readonly Column[] {
  return [
    { name: 'Name', type: 'string', format: 'name', priority: 0 },
    { name: 'Age', type: 'date', format: '', priority: 0 },
  ]
}
