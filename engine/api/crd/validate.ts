import { isMap } from '../../base/go-value.ts'
import { deepEqual } from '../deep-equal.ts'
import { duplicate, type FieldError, invalid, notSupported, required, tooLong, tooMany, typeInvalid } from '../status.ts'
import { hasFormat, isFormat } from './formats.ts'
import type { Structural } from './structural.ts'

/** A value's type as the validator names it. */
function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  if (isMap(value)) return 'object'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

/** The fields' own words start where the object does. */
const fieldOf = (path: string) => path.replace(/^\./, '')

function fails(path: string, value: unknown, what: string): FieldError {
  return invalid(fieldOf(path), value, `${path} in body ${what}`)
}

function typeErrors(value: unknown, schema: Structural, path: string): FieldError[] {
  const type = typeOf(value)
  if (type === 'null' && schema.nullable === true) return []
  const wanted: readonly string[] =
    schema['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : schema.type === undefined ? [] : [schema.type]
  if (type === 'string' && schema.format && !wanted.includes('integer') && !hasFormat(value as string, schema.format)) {
    return [typeInvalid(fieldOf(path), value, `${path} in body must be of type ${schema.format}: ${JSON.stringify(value)}`)]
  }
  if (wanted.length === 0 || wanted.includes(type) || (type === 'integer' && wanted.includes('number'))) return []
  if (schema.format && isFormat(schema.format) && type !== 'null') {
    // lists pass here, as they do in the real validator
    if (type === 'array') return []
    // where a format is asked for, the validator speaks of formats alone
    const given = type === 'integer' ? 'int64' : type === 'number' ? 'float64' : ''
    return [typeInvalid(fieldOf(path), given, `${path} in body must be of type ${schema.format}: "${given}"`)]
  }
  return [typeInvalid(fieldOf(path), type, `${path} in body must be of type ${wanted.join(',')}: "${type}"`)]
}

/** The first thing wrong with a text: too long, too short, not like the pattern. */
function textErrors(value: string, schema: Structural, path: string): FieldError[] {
  const length = [...value].length
  if (schema.maxLength !== undefined && length > schema.maxLength) return [tooLong(fieldOf(path), schema.maxLength)]
  if (schema.minLength !== undefined && length < schema.minLength)
    return [fails(path, value, `should be at least ${schema.minLength} chars long`)]
  if (schema.pattern !== undefined && !matches(value, schema.pattern))
    return [fails(path, value, `should match '${schema.pattern}'`)]
  return []
}

/** Go's regular expressions are, for what definitions use, those of this language. */
function matches(value: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value)
  } catch {
    return new RegExp(pattern).test(value)
  }
}

function numberErrors(value: number, schema: Structural, path: string): FieldError[] {
  const out: FieldError[] = []
  const { multipleOf, maximum, minimum } = schema
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf))
    out.push(fails(path, value, `should be a multiple of ${multipleOf}`))
  const tooHigh = schema.exclusiveMaximum === true ? value >= maximum : value > maximum
  if (maximum !== undefined && tooHigh)
    out.push(fails(path, value, `should be less than ${schema.exclusiveMaximum === true ? '' : 'or equal to '}${maximum}`))
  const tooLow = schema.exclusiveMinimum === true ? value <= minimum : value < minimum
  if (minimum !== undefined && tooLow)
    out.push(fails(path, value, `should be greater than ${schema.exclusiveMinimum === true ? '' : 'or equal to '}${minimum}`))
  return out
}

function listErrors(value: readonly unknown[], schema: Structural, path: string): FieldError[] {
  const out: FieldError[] = []
  if (schema.items !== undefined)
    value.forEach((item, i) => {
      out.push(...schemaErrors(item, schema.items, `${path}[${i}]`))
    })
  if (schema.minItems !== undefined && value.length < schema.minItems)
    out.push(fails(path, value.length, `should have at least ${schema.minItems} items`))
  if (schema.maxItems !== undefined && value.length > schema.maxItems)
    out.push(tooMany(fieldOf(path), value.length, schema.maxItems))
  if (schema.uniqueItems === true && value.some((v, i) => value.slice(0, i).some((w) => deepEqual(v, w))))
    out.push(fails(path, value, "shouldn't contain duplicates"))
  return out
}

function objectErrors(value: Readonly<Record<string, unknown>>, schema: Structural, path: string): FieldError[] {
  const out: FieldError[] = []
  const count = Object.keys(value).length
  if (schema.minProperties !== undefined && count < schema.minProperties)
    out.push(fails(path, count, `should have at least ${schema.minProperties} properties`))
  if (schema.maxProperties !== undefined && count > schema.maxProperties)
    out.push(tooMany(fieldOf(path), count, schema.maxProperties))
  const properties: Readonly<Record<string, Structural>> = schema.properties ?? {}
  for (const [key, inner] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`
    if (Object.hasOwn(properties, key)) out.push(...schemaErrors(inner, properties[key] as Structural, at))
    else if (isMap(schema.additionalProperties)) out.push(...schemaErrors(inner, schema.additionalProperties, at))
  }
  const embedded = schema['x-kubernetes-embedded-resource'] === true ? ['apiVersion', 'kind'] : []
  for (const key of [...(schema.required ?? []), ...embedded])
    if (value[key] === undefined) out.push(required(fieldOf(`${path}.${key}`)))
  return out
}

/** allOf, anyOf, oneOf and not: they have no field of their own in the server's words. */
function junctionErrors(value: unknown, schema: Structural, path: string): FieldError[] {
  const out: FieldError[] = []
  const say = (what: string) => out.push(invalid('<nil>', '', `${JSON.stringify(path)} ${what}`))
  const tried = (schemas: readonly Structural[]) => schemas.map((s) => schemaErrors(value, s, path))
  if (schema.anyOf !== undefined) {
    const results = tried(schema.anyOf)
    if (results.every((r) => r.length > 0)) {
      say('must validate at least one schema (anyOf)')
      out.push(...(results[0] ?? []))
    }
  }
  if (schema.oneOf !== undefined) {
    const results = tried(schema.oneOf)
    const valid = results.filter((r) => r.length === 0).length
    if (valid !== 1) {
      const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`
      say(`must validate one and only one schema (oneOf). ${found}`)
      if (valid === 0) out.push(...(results[0] ?? []))
    }
  }
  if (schema.allOf !== undefined) {
    const results = tried(schema.allOf)
    const valid = results.filter((r) => r.length === 0).length
    out.push(...results.flat())
    if (valid !== results.length) say(`must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`)
  }
  if (schema.not !== undefined && schemaErrors(value, schema.not, path).length === 0) say('must not validate the schema (not)')
  return out
}

/** What is wrong with a value by its schema (kube-openapi validation/validate), in the validator's own words and order. */
export function schemaErrors(value: unknown, schema: Structural, path: string): FieldError[] {
  const out = [...typeErrors(value, schema, path), ...junctionErrors(value, schema, path)]
  if (typeof value === 'string') out.push(...textErrors(value, schema, path))
  if (typeof value === 'number') out.push(...numberErrors(value, schema, path))
  if (Array.isArray(value)) out.push(...listErrors(value, schema, path))
  const values: readonly unknown[] | undefined = schema.enum
  if (values !== undefined && !(value === null && schema.nullable) && !values.some((v) => deepEqual(v, value))) {
    const words = values.map((v) => (typeof v === 'string' ? v : JSON.stringify(v)))
    // in the schema's order, which the other validators' words are not
    out.push({ ...notSupported(fieldOf(path), value, []), detail: `supported values: ${words.map((w) => `"${w}"`).join(', ')}` })
  }
  if (isMap(value)) out.push(...objectErrors(value, schema, path))
  return out
}

/** Lists of type set and map hold nothing twice (apiextensions schema/listtype). */
export function listTypeErrors(value: unknown, schema: Structural, path: string): FieldError[] {
  if (Array.isArray(value)) {
    const out = ownListErrors(value, schema, path)
    if (schema.items !== undefined)
      value.forEach((item, i) => {
        out.push(...listTypeErrors(item, schema.items, `${path}[${i}]`))
      })
    return out
  }
  if (!isMap(value)) return []
  const properties: Readonly<Record<string, Structural>> = schema.properties ?? {}
  return Object.entries(value).flatMap(([key, inner]) => {
    const own = Object.hasOwn(properties, key) ? properties[key] : schema.additionalProperties
    return isMap(own) ? listTypeErrors(inner, own, path === '' ? key : `${path}.${key}`) : []
  })
}

function ownListErrors(value: readonly unknown[], schema: Structural, path: string): FieldError[] {
  const type: string | undefined = schema['x-kubernetes-list-type']
  if (type === 'set') return repeated(value).map((i) => duplicate(`${path}[${i}]`, value[i]))
  if (type !== 'map') return []
  const odd = value.findIndex((item) => item !== null && !isMap(item))
  if (odd >= 0) return [invalid(`${path}[${odd}]`, value[odd], 'must be an object for an array of list-type map')]
  const names: readonly string[] = schema['x-kubernetes-list-map-keys'] ?? []
  const keys = value.map((item) =>
    Object.fromEntries(names.filter((n) => isMap(item) && n in item).map((n) => [n, (item as Structural)[n]])),
  )
  return repeated(keys).map((i) => duplicate(`${path}[${i}]`, keys[i]))
}

/** Where something stands for the second time: a third time says nothing new. */
function repeated(values: readonly unknown[]): number[] {
  const seen = new Map<string, number>()
  const out: number[] = []
  values.forEach((value, i) => {
    const text = JSON.stringify(value)
    const times = seen.get(text) ?? 0
    if (times === 1) out.push(i)
    seen.set(text, times + 1)
  })
  return out
}
