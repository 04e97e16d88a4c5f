// biome-ignore-all lint/suspicious/noExplicitAny: a schema as it was sent
import { isMap } from '../../base/go-value.ts'
import { type FieldError, forbiddenField, invalid, notSupported, required } from '../status.ts'
import { schemaErrors } from './validate.ts'

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']
const LIST_TYPES = ['atomic', 'set', 'map']
const RECURRENT = ['allOf', 'anyOf', 'oneOf'] as const

/** A schema must be structural: every value's type is said once, outside of allOf, anyOf, oneOf and not. */
export function definitionSchemaErrors(schema: any, path: string): FieldError[] {
  if (schema.type === undefined || schema.type === '') return [required(`${path}.type`, 'must not be empty at the root')]
  if (schema.type !== 'object') return [invalid(`${path}.type`, schema.type, 'must be object at the root')]
  const metadata = schema.properties?.metadata
  if (isMap(metadata)) {
    const named = Object.keys(metadata.properties ?? {}).every((name) => name === 'name' || name === 'generateName')
    if (!named) {
      const words = 'must not specify anything other than name and generateName, but metadata is implicitly specified'
      return [forbiddenField(`${path}.properties[metadata]`, words)]
    }
  }
  const { metadata: _metadata, ...properties } = schema.properties ?? {}
  return levelErrors({ ...schema, properties }, path, '')
}

/** One schema and what is below it; `where` says what kind of place an empty type leaves unsaid. */
function levelErrors(schema: any, path: string, where: string): FieldError[] {
  const out = ownErrors(schema, path, where)
  if (out.some((e) => e.field === `${path}.$ref`)) return out
  if (isMap(schema.properties)) {
    for (const [name, inner] of Object.entries(schema.properties))
      out.push(...levelErrors(inner, `${path}.properties[${name}]`, 'specified object fields'))
  }
  if (isMap(schema.additionalProperties))
    out.push(...levelErrors(schema.additionalProperties, `${path}.additionalProperties`, 'specified object fields'))
  if (isMap(schema.items)) out.push(...levelErrors(schema.items, `${path}.items`, 'specified array items'))
  for (const word of RECURRENT) {
    if (schema['x-kubernetes-int-or-string'] === true && word === 'anyOf' && isEither(schema.anyOf)) continue
    for (const [i, inner] of (schema[word] ?? []).entries()) {
      // numbers or names may say so once more
      const either = schema['x-kubernetes-int-or-string'] === true && word === 'allOf' && i === 0 && isEither(inner.anyOf)
      out.push(...junctionErrors(either ? { ...inner, anyOf: undefined } : inner, `${path}.${word}[${i}]`))
    }
  }
  if (isMap(schema.not)) out.push(...junctionErrors(schema.not, `${path}.not`))
  return out
}

function isEither(schemas: any): boolean {
  return JSON.stringify(schemas) === JSON.stringify([{ type: 'integer' }, { type: 'string' }])
}

function ownErrors(schema: any, path: string, where: string): FieldError[] {
  const out: FieldError[] = []
  if (schema.$ref !== undefined) return [forbiddenField(`${path}.$ref`, '$ref is not supported')]
  const untyped = schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true
  if (!schema.type && !untyped) out.push(required(`${path}.type`, `must not be empty for ${where}`))
  else if (schema.type && !TYPES.includes(schema.type)) out.push(notSupported(`${path}.type`, schema.type, TYPES))
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    out.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'))
  const broken = schema.pattern === undefined ? undefined : brokenPattern(schema.pattern)
  if (broken !== undefined)
    out.push(invalid(`${path}.pattern`, schema.pattern, `must be a valid regular expression, but isn't: ${broken}`))
  if (schema.uniqueItems === true)
    out.push(
      forbiddenField(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'),
    )
  if (schema.additionalProperties !== undefined && schema.additionalProperties !== false && isMap(schema.properties)) {
    if (Object.keys(schema.properties).length > 0)
      out.push(forbiddenField(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'))
  }
  if (schema.type === 'array' && schema.items === undefined) out.push(required(`${path}.items`, 'must be specified'))
  if (schema.default !== undefined && schema.default !== null)
    for (const error of schemaErrors(schema.default, schema, ''))
      out.push({ ...error, field: `${path}.default${suffix(error.field)}` })
  out.push(...listErrors(schema, path))
  return out
}

/** What Go's regexp says of a pattern with something left open; other mistakes are let pass. */
function brokenPattern(pattern: string): string | undefined {
  try {
    RegExp(pattern)
    return undefined
  } catch {
    const bracket = /(?:^|[^\\])(\[[^\]]*)$/.exec(pattern)
    if (bracket !== null) return `error parsing regexp: missing closing ]: \`${bracket[1]}\``
    return /\([^)]*$/.test(pattern) ? `error parsing regexp: missing closing ): \`${pattern}\`` : undefined
  }
}

function suffix(field: string): string {
  if (field === '') return ''
  return field.startsWith('[') ? field : `.${field}`
}

function listErrors(schema: any, path: string): FieldError[] {
  const type: string | undefined = schema['x-kubernetes-list-type']
  if (type === undefined) return []
  const at = `${path}.x-kubernetes-list-type`
  if (!LIST_TYPES.includes(type)) {
    const list = LIST_TYPES.map((t) => `"${t}"`).join(', ')
    return [{ type: 'FieldValueNotSupported', field: at, detail: `supported values: ${list}`, value: { of: type } }]
  }
  if (type !== 'map') return []
  const out: FieldError[] = []
  const keys: readonly string[] = schema['x-kubernetes-list-map-keys'] ?? []
  if (keys.length === 0)
    out.push(required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'))
  if (schema.items?.type !== 'object') {
    const words = "must be object if parent array's x-kubernetes-list-type is map"
    out.push(invalid(`${path}.items.type`, schema.items?.type ?? '', words))
  }
  for (const [i, key] of keys.entries()) {
    const property = schema.items?.properties?.[key]
    if (property === undefined) {
      const words = 'entries must all be names of item properties'
      if (schema.items?.type === 'object') out.push(invalid(`${path}.x-kubernetes-list-map-keys[${i}]`, key, words))
    } else if (property.default === undefined && !(schema.items.required ?? []).includes(key)) {
      const words = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'
      out.push(required(`${path}.items.properties[${key}].default`, words))
    }
  }
  return out
}

const EMPTY = ['type', 'default', 'nullable', 'description', 'title', 'additionalProperties']

/** Inside of allOf and its like values are narrowed, never described. */
function junctionErrors(schema: any, path: string): FieldError[] {
  const out: FieldError[] = []
  if (!isMap(schema)) return out
  for (const word of EMPTY) {
    if (schema[word] !== undefined && !(word === 'type' && path.includes('IntOrString')))
      out.push(forbiddenField(`${path}.${word}`, 'must be empty to be structural'))
  }
  for (const [name, inner] of Object.entries(schema.properties ?? {}))
    out.push(...junctionErrors(inner, `${path}.properties[${name}]`))
  if (isMap(schema.items)) out.push(...junctionErrors(schema.items, `${path}.items`))
  for (const word of RECURRENT) {
    for (const [i, inner] of (schema[word] ?? []).entries()) out.push(...junctionErrors(inner, `${path}.${word}[${i}]`))
  }
  if (isMap(schema.not)) out.push(...junctionErrors(schema.not, `${path}.not`))
  return out
}
