import type { Field } from '../../api/schema/schema.ts'
import type { Json } from '../../base/json.ts'

/** A JSON schema as OpenAPI v3 writes it. */
export type Schema = { readonly [key: string]: Json }

/** What a field has in the documents beyond its type: enum values, a default, list and patch rules. */
export interface FieldFacts extends Field {
  readonly enum?: readonly string[]
  /** Undefined: none. */
  readonly default?: Json
}

const REFS = '#/components/schemas/'
const ATOMS: Readonly<Record<string, string>> = {
  time: 'io.k8s.apimachinery.pkg.apis.meta.v1.Time',
  microtime: 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime',
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  intorstring: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
}
const PLAIN: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  float64: { type: 'number', format: 'double' },
}

/** The shared types that are no structures of fields, as the documents define them. */
export const ATOM_SCHEMAS: Readonly<Record<string, Schema>> = {
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': { type: 'string', format: 'date-time' },
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': { type: 'string', format: 'date-time' },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { oneOf: [{ type: 'string' }, { type: 'number' }] },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': {
    format: 'int-or-string',
    oneOf: [{ type: 'integer' }, { type: 'string' }],
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': { type: 'object' },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': { type: 'object' },
}

const PACKAGES: readonly (readonly [string, string])[] = [
  ['meta.', 'io.k8s.apimachinery.pkg.apis.'],
  ['apiextensions.', 'io.k8s.apiextensions-apiserver.pkg.apis.'],
  ['apiregistration.', 'io.k8s.kube-aggregator.pkg.apis.'],
]

/** "core.v1.PodSpec" → "io.k8s.api.core.v1.PodSpec": the name of a type in the documents. */
export function documentName(typeName: string): string {
  if (typeName.startsWith('io.')) return typeName
  const found = PACKAGES.find(([start]) => typeName.startsWith(start))
  return `${found?.[1] ?? 'io.k8s.api.'}${typeName}`
}

/** Go's zero value of a plain type, which the documents give as the default of what is no pointer. */
function zeroOf(type: string): Json | undefined {
  if (type === 'string') return ''
  if (type === 'bool') return false
  return type === 'int32' || type === 'int64' || type === 'float64' ? 0 : undefined
}

/** The default that an element of a list or map has. */
function elementDefault(type: string): Json | undefined {
  if (type.startsWith('@')) return {}
  return zeroOf(type)
}

/** A field's schema in OpenAPI v3. */
export function property(facts: FieldFacts): Schema {
  const rules: Record<string, Json> = {}
  if (facts.keys) rules['x-kubernetes-list-map-keys'] = facts.keys
  if (facts.list) rules['x-kubernetes-list-type'] = facts.list
  if (facts.map) rules['x-kubernetes-map-type'] = facts.map
  if (facts.mergeKey) rules['x-kubernetes-patch-merge-key'] = facts.mergeKey
  if (facts.patch) rules['x-kubernetes-patch-strategy'] = facts.patch
  return { ...bare(facts.type, facts.default, facts.enum), ...rules }
}

function bare(type: string, fallback: Json | undefined, values: readonly string[] | undefined): Schema {
  if (type.startsWith('[')) return { type: 'array', items: element(type.slice(1), values) }
  if (type.startsWith('{')) return { type: 'object', additionalProperties: element(type.slice(1), values) }
  const rest = { ...(fallback === undefined ? {} : { default: fallback }), ...(values === undefined ? {} : { enum: values }) }
  const name = ATOMS[type] ?? (type.startsWith('@') ? documentName(type.slice(1)) : undefined)
  if (name !== undefined) return { allOf: [{ $ref: REFS + name }], ...rest }
  return { ...(PLAIN[type] ?? { type: 'object' }), ...rest }
}

function element(type: string, values: readonly string[] | undefined): Schema {
  // references that carry nothing beside them are written bare
  if (ATOMS[type] !== undefined) return { $ref: REFS + ATOMS[type] }
  return bare(type, elementDefault(type), values)
}
