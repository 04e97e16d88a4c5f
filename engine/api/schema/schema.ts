import { KIND_TYPES, TYPES } from './types.data.ts'

/** One field of an API type: "string", "[string", "{string", "@core.v1.PodSpec", "*" (anything). */
export interface Field {
  readonly type: string
  /** x-kubernetes-list-type: atomic, set or map. */
  readonly list?: string
  readonly map?: string
  readonly keys?: readonly string[]
  /** x-kubernetes-patch-strategy: merge, replace, "merge,retainKeys". */
  readonly patch?: string
  readonly mergeKey?: string
  /** A struct that Go holds by value: present even when nothing in it is set. */
  readonly value?: boolean
}

export interface Type {
  readonly name: string
  readonly fields: Readonly<Record<string, Field>>
  readonly required: readonly string[]
  readonly map?: string
}

const types = new Map<string, Type>()

/** A type by its name ("core.v1.PodSpec"), parsed when first asked for. */
export function typeNamed(name: string): Type | undefined {
  const known = types.get(name)
  if (known !== undefined) return known
  const text = TYPES[name]
  if (text === undefined) return undefined
  const { f, r, m } = JSON.parse(text) as { f: Record<string, string | Field>; r?: readonly string[]; m?: string }
  const fields: Record<string, Field> = {}
  for (const [field, value] of Object.entries(f)) fields[field] = typeof value === 'string' ? { type: value } : value
  const type: Type = { name, fields, required: r ?? [], ...(m === undefined ? {} : { map: m }) }
  types.set(name, type)
  return type
}

/** Adds a type that no document of the API's own describes. */
export function defineType(type: Type): void {
  types.set(type.name, type)
}

/** The type of a kind: "apps/v1", "Deployment". */
export function typeOfKind(apiVersion: string, kind: string): Type | undefined {
  const name = KIND_TYPES[`${apiVersion}/${kind}`]
  return name === undefined ? undefined : typeNamed(name)
}

/** The struct behind "@core.v1.PodSpec", or undefined for scalars, lists and maps. */
export function structOf(type: string): Type | undefined {
  return type.startsWith('@') ? typeNamed(type.slice(1)) : undefined
}
