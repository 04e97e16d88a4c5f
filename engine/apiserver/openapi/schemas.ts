import { typeNamed } from '../../api/schema/schema.ts'
import { TYPES } from '../../api/schema/types.data.ts'
import { ATOM_SCHEMAS, documentName, type FieldFacts, property, type Schema } from './property.ts'
import { COMMON, WORDS } from './words.data.ts'

/** What a type's text has for the documents alone. */
export interface TypeFacts {
  /** Fields whose default is the type's zero value. */
  readonly z?: readonly string[]
  readonly d?: Readonly<Record<string, Schema[string]>>
  readonly e?: Readonly<Record<string, readonly string[]>>
  /** [group, version, kind] of objects. */
  readonly g?: readonly (readonly [string, string, string])[]
  /** x-kubernetes-unions. */
  readonly u?: Schema[string]
  /** Fields whose schema no rule gives. */
  readonly s?: Readonly<Record<string, Schema>>
  /** Types that are no plain structure. */
  readonly w?: Schema
}

/** A field's default where the facts only say that it is Go's zero value. */
export function zeroDefault(type: string): Schema[string] {
  if (type === 'string') return ''
  if (type === 'bool') return false
  return type === 'int32' || type === 'int64' || type === 'float64' ? 0 : {}
}

/** One schema of the documents from a type's text. */
export function schemaOf(text: string, fields: Readonly<Record<string, FieldFacts>>): Schema {
  const facts = JSON.parse(text) as TypeFacts & { r?: readonly string[]; m?: string }
  if (facts.w !== undefined) return facts.w
  const properties: Record<string, Schema> = {}
  const zeros = new Set(facts.z)
  for (const [name, field] of Object.entries(fields)) {
    const special = facts.s?.[name]
    const fallback = zeros.has(name) ? zeroDefault(field.type) : facts.d?.[name]
    properties[name] = special ?? property({ ...field, enum: facts.e?.[name], default: fallback })
  }
  return {
    type: 'object',
    ...(facts.r === undefined ? {} : { required: facts.r }),
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    ...(facts.g === undefined
      ? {}
      : { 'x-kubernetes-group-version-kind': facts.g.map(([group, version, kind]) => ({ group, version, kind })) }),
    ...(facts.m === undefined ? {} : { 'x-kubernetes-map-type': facts.m }),
    ...(facts.u === undefined ? {} : { 'x-kubernetes-unions': facts.u }),
  }
}

let names: ReadonlyMap<string, string> | undefined

/** Document names to our own: "io.k8s.api.core.v1.Pod" → "core.v1.Pod". */
export function typeNames(): ReadonlyMap<string, string> {
  names ??= new Map(Object.keys(TYPES).map((name) => [documentName(name), name]))
  return names
}

/** The schema with what we say of it and its fields. */
function described(typeName: string, schema: Schema): Schema {
  const words = WORDS[typeName]
  const gvk = schema['x-kubernetes-group-version-kind'] as readonly { readonly kind: string }[] | undefined
  const kind = gvk?.length === 1 ? gvk[0]?.kind : undefined
  if ((words === undefined && kind === undefined) || schema.properties === undefined) return schema
  const properties = Object.entries(schema.properties as Record<string, Schema>).map(([name, property]) => {
    const text = words?.[name] ?? (kind === undefined ? undefined : COMMON[name]?.replace('{KIND}', kind))
    return [name, text === undefined ? property : { description: text, ...property }]
  })
  return {
    ...(words?.[''] === undefined ? {} : { description: words[''] }),
    ...schema,
    properties: Object.fromEntries(properties),
  }
}

const schemas = new Map<string, Schema>()

/** The schema of a document name, built when first asked for. */
export function schemaNamed(name: string): Schema | undefined {
  const known = schemas.get(name) ?? ATOM_SCHEMAS[name]
  if (known !== undefined) return known
  const typeName = typeNames().get(name)
  if (typeName === undefined) return undefined
  const schema = described(typeName, schemaOf(TYPES[typeName] as string, typeNamed(typeName)?.fields ?? {}))
  schemas.set(name, schema)
  return schema
}
