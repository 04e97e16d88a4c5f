/** The part of JSON Schema 2020-12 that the schemas under docs/ use. */
export interface Schema {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
}

const KNOWN = new Set(
  '$schema $id title description $ref $defs type enum const properties required additionalProperties items minItems maxItems minimum maximum'.split(
    ' ',
  ),
)

/** What of a value the schema does not allow, each with its place; nothing where it fits. */
export function violations(root: Schema, value: unknown, schema: Schema = root, at = '$'): readonly string[] {
  const unknown = Object.keys(schema).filter((key) => !KNOWN.has(key))
  if (unknown.length > 0) throw new Error(`this checker does not know ${unknown.join(', ')}`)
  const found: string[] = []
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.replace('#/$defs/', '')]
    if (target === undefined) throw new Error(`no ${schema.$ref}`)
    found.push(...violations(root, value, target, at))
  }
  if (schema.const !== undefined && value !== schema.const) found.push(`${at}: not ${schema.const}`)
  if (schema.enum !== undefined && !schema.enum.includes(value))
    found.push(`${at}: ${value} is none of ${schema.enum.join(', ')}`)
  if (schema.type !== undefined && !hasType(value, schema.type)) return [...found, `${at}: no ${schema.type}`]
  if (typeof value === 'number') {
    if (schema.minimum !== undefined && value < schema.minimum) found.push(`${at}: ${value} < ${schema.minimum}`)
    if (schema.maximum !== undefined && value > schema.maximum) found.push(`${at}: ${value} > ${schema.maximum}`)
  }
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? value.length))
      found.push(`${at}: ${value.length} items`)
    const { items } = schema
    for (const [i, item] of items === undefined ? [] : value.entries())
      found.push(...violations(root, item, items, `${at}[${i}]`))
  } else if (typeof value === 'object' && value !== null)
    found.push(...ofObject(root, value as Record<string, unknown>, schema, at))
  return found
}

function ofObject(root: Schema, value: Record<string, unknown>, schema: Schema, at: string): readonly string[] {
  const found = (schema.required ?? []).filter((key) => !(key in value)).map((key) => `${at}: ${key} is missing`)
  for (const [key, part] of Object.entries(value)) {
    const known = schema.properties?.[key]
    const other = schema.additionalProperties
    if (known !== undefined) found.push(...violations(root, part, known, `${at}.${key}`))
    else if (other === false) found.push(`${at}: ${key} is not expected`)
    else if (typeof other === 'object') found.push(...violations(root, part, other, `${at}.${key}`))
  }
  return found
}

function hasType(value: unknown, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}
