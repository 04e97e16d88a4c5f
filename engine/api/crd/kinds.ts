// biome-ignore-all lint/suspicious/noExplicitAny: a CustomResourceDefinition as it is in the store
import type { KindDescriptor } from '../kinds/kind.ts'
import type { Kind, Subresource } from '../kinds/registry.ts'
import type { KubeObject } from '../object.ts'
import { compareVersions } from '../schema/versions.ts'
import { cellsOf, columnsOf } from './columns.ts'
import { decoder } from './decode.ts'
import { customStrategy } from './strategy.ts'
import { prune, type Structural } from './structural.ts'
import { typesOf } from './types.ts'

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
  const stored = kindOfVersion(definition, storage, storage)
  return {
    stored,
    served: versions
      .filter((v) => v.served === true)
      .map((v) => (v === storage ? stored : kindOfVersion(definition, v, storage))),
  }
}

/** The schema of a version; without one anything goes. */
export function schemaOf(version: any): Structural {
  return version.schema?.openAPIV3Schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
}

function kindOfVersion(definition: KubeObject, version: any, storage: any): Kind {
  const { group, scope, names } = definition.spec
  const accepted = definition.status?.acceptedNames ?? names
  const apiVersion = `${group}/${version.name}`
  const schema = schemaOf(version)
  const key = `${names.plural}.${group}`
  const descriptor: KindDescriptor = {
    resource: key,
    suite: 'modelled',
    cells: cellsOf(version),
    strategy: customStrategy(definition, version),
    fields: selectable(version),
  }
  // conversion.strategy None: versions differ in apiVersion, and in what their schemas let through
  const through = (into: Structural) => (object: KubeObject) => prune(object, into, '', [], true) as KubeObject
  return {
    key,
    group,
    version: version.name,
    apiVersion,
    kind: accepted.kind,
    resource: names.plural,
    singular: accepted.singular ?? names.singular,
    shortNames: accepted.shortNames ?? [],
    categories: accepted.categories ?? [],
    namespaced: scope === 'Namespaced',
    verbs: VERBS,
    subresources: subresourcesOf(definition, version),
    columns: columnsOf(version),
    descriptor,
    custom: true,
    schema: version.schema?.openAPIV3Schema ?? {},
    revision: `${definition.metadata.uid}/${definition.metadata.generation}`,
    ...(version.deprecated === true ? { deprecation: version.deprecationWarning ?? deprecation(definition, version) } : {}),
    typeName: typesOf(schema, key),
    decode: decoder(schema),
    ...(version.subresources?.scale === undefined ? {} : { scale: version.subresources.scale }),
    ...(version === storage ? {} : { conversion: { to: through(schema), from: through(schemaOf(storage)) } }),
  }
}

/** The server's own words, with the newest version that is to be used instead. */
function deprecation({ spec }: KubeObject, version: any): string {
  const others: readonly string[] = spec.versions.filter((v: any) => v.served && !v.deprecated).map((v: any) => v.name)
  const [newest] = others.filter((name) => compareVersions(name, version.name) < 0).sort(compareVersions)
  const words = `${spec.group}/${version.name} ${spec.names.kind} is deprecated`
  return newest === undefined ? words : `${words}; use ${spec.group}/${newest} ${spec.names.kind}`
}

/** Field selectors of a version (selectableFields). */
function selectable(version: any): NonNullable<KindDescriptor['fields']> {
  const fields: Record<string, (object: KubeObject) => string> = {}
  for (const { jsonPath } of version.selectableFields ?? []) {
    const path: readonly string[] = jsonPath.split('.').filter((p: string) => p !== '')
    fields[path.join('.')] = (object) => {
      const value = path.reduce<any>((at, name) => at?.[name], object)
      return value === undefined || value === null ? '' : String(value)
    }
  }
  return fields
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
