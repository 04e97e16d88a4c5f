import { isMap } from '../../base/go-value.ts'

// biome-ignore lint/suspicious/noExplicitAny: a schema is an open structure that the definition's validation has seen
export type Structural = Readonly<Record<string, any>>

/** Whether fields that the schema does not name stay. */
function preserves(schema: Structural): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true
}

/** What every object with a kind has, whatever its schema says. */
const OBJECT_FIELDS = ['apiVersion', 'kind', 'metadata']

/**
 * Drops what the schema does not name (apiextensions schema/pruning); `unknown` grows with the paths. The object's own apiVersion,
 * kind and metadata stay, at the top and where a schema says that a whole object is embedded.
 */
export function prune(value: unknown, schema: Structural, path: string, unknown: string[], root = false): unknown {
  if (Array.isArray(value)) {
    const items = (schema.items ?? {}) as Structural
    if (schema.items === undefined && preserves(schema)) return value
    return value.map((item, i) => prune(item, items, `${path}[${i}]`, unknown))
  }
  if (!isMap(value)) return value
  const whole = root || schema['x-kubernetes-embedded-resource'] === true
  const out: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`
    const named: Structural | undefined = Object.hasOwn(schema.properties ?? {}, key) ? schema.properties[key] : undefined
    const other: Structural | boolean | undefined = schema.additionalProperties
    if (whole && OBJECT_FIELDS.includes(key)) out[key] = inner
    else if (named !== undefined) out[key] = prune(inner, named, at, unknown)
    else if (other !== undefined && other !== false) out[key] = other === true ? inner : prune(inner, other, at, unknown)
    else if (preserves(schema)) out[key] = inner
    else unknown.push(at)
  }
  return out
}

function refusesNull(schema: Structural | undefined): boolean {
  return schema !== undefined && schema.nullable !== true
}

/** Fills in defaults, and drops nulls where no null may be (apiextensions schema/defaulting). */
export function withDefaults(value: unknown, schema: Structural): unknown {
  if (Array.isArray(value)) {
    const items: Structural | undefined = schema.items
    return items === undefined ? value : value.map((item) => withDefaults(item, items))
  }
  if (!isMap(value)) return value
  const properties: Readonly<Record<string, Structural>> = schema.properties ?? {}
  const other: Structural | undefined = isMap(schema.additionalProperties) ? schema.additionalProperties : undefined
  const out: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    const own = Object.hasOwn(properties, key) ? properties[key] : other
    if (inner === null && refusesNull(own)) continue
    out[key] = own === undefined ? inner : withDefaults(inner, own)
  }
  for (const [key, own] of Object.entries(properties)) {
    if (out[key] === undefined && own.default !== undefined) out[key] = withDefaults(own.default, own)
  }
  return out
}
