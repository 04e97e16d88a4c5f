import { goValue } from '../../../base/go-value.ts'
import { isMap, type Obj, sortedKeys } from '../values.ts'
import { indented, wordWrap } from './wrap.ts'

type Schema = Readonly<Record<string, Obj>>
/** References on the way to here. */
type Trail = ReadonlySet<string>

const NONE: Trail = new Set()
/** How many values of an enum a field's line shows. */
const ENUM_LIMIT = 4

/** What explain prints of an OpenAPI v3 document (kubectl/pkg/explain/v2, template plaintext). */
export class Explainer {
  private readonly document: Obj
  private readonly recursive: boolean
  /** Whether the values of an enum are shown. */
  private readonly enums: boolean

  constructor(document: Obj, recursive: boolean, enums: boolean) {
    this.document = document
    this.recursive = recursive
    this.enums = enums
  }

  /** The kind that is served at a resource's paths, as an operation names it. */
  kindAt(group: string, version: string, resource: string): Obj | undefined {
    const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
    let found: Obj | undefined
    for (const scope of ['', '/namespaces/{namespace}']) {
      for (const name of ['', '/{name}']) {
        const item = this.document.paths?.[`${root}${scope}/${resource}${name}`]
        for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
          const kind = item?.[method]?.['x-kubernetes-group-version-kind']
          if (kind === undefined) continue
          found = kind
          break
        }
      }
    }
    return found
  }

  /** What follows the kind's heading; undefined where the fields lead nowhere. */
  output(kind: Obj, fields: readonly string[]): string | undefined {
    for (const schema of Object.values<Schema>(this.document.components?.schemas ?? {})) {
      const kinds: readonly Obj[] = schema['x-kubernetes-group-version-kind'] ?? []
      const same = kinds.some((k) => k.group === kind.group && k.version === kind.version && k.kind === kind.kind)
      if (same) return this.follow(schema, fields, NONE) || undefined
    }
    return undefined
  }

  private resolve(ref: unknown): Schema | undefined {
    if (typeof ref !== 'string') return undefined
    return this.document.components?.schemas?.[ref.slice(ref.lastIndexOf('/') + 1)]
  }

  private follow(schema: Schema, fields: readonly string[], trail: Trail): string {
    const ref: string = schema.$ref ?? ''
    const here = new Set([...trail, ref])
    const resolved = this.resolve(schema.$ref) ?? schema
    const [first] = fields
    if (first === undefined) {
      const words = this.description(resolved) || '<empty>'
      const list = this.fieldList(resolved, 1, NONE)
      return `DESCRIPTION:\n${indented(wordWrap(words, 76), 4)}\n${list === '' ? '' : `FIELDS:\n${list}`}`
    }
    if (ref !== '' && trail.has(ref)) return ''
    const own: Schema | undefined = resolved.properties?.[first]
    if (own !== undefined) {
      const head = fields.length === 1 ? `FIELD: ${first} <${this.typeOf(own)}>\n${this.values(own)}\n` : ''
      return head + this.follow(own, fields.slice(1), NONE)
    }
    if (resolved.items) return this.follow(resolved.items, fields, here)
    if (isMap(resolved.additionalProperties)) return this.follow(resolved.additionalProperties, fields, here)
    for (const inner of resolved.allOf ?? []) {
      const found = this.follow(inner, fields, here)
      if (found !== '') return found
    }
    return ''
  }

  /** The schema's own words, then those of what it refers to. */
  private description(schema: Schema): string {
    const s = this.resolve(schema.$ref) ?? schema
    let out = s.description ? `${s.description}\n` : ''
    for (const inner of s.allOf ?? []) out += this.description(inner)
    if (s.items) out += this.description(s.items)
    if (isMap(s.additionalProperties)) out += this.description(s.additionalProperties)
    return out
  }

  private fieldList(schema: Schema, level: number, trail: Trail): string {
    const ref: string = schema.$ref ?? ''
    if (ref !== '' && trail.has(ref)) return ''
    const here = new Set([...trail, ref])
    const s = this.resolve(schema.$ref) ?? schema
    let out = ''
    for (const name of sortedKeys(s.properties)) {
      out += this.field(s, name, level)
      if (this.recursive) out += this.fieldList(s.properties[name], level + 1, here)
    }
    for (const inner of s.allOf ?? []) out += this.fieldList(inner, level, here)
    if (s.items) out += this.fieldList(s.items, level, here)
    if (isMap(s.additionalProperties)) out += this.fieldList(s.additionalProperties, level, here)
    return out
  }

  private field(schema: Schema, name: string, level: number): string {
    const amount = level * 2
    const own: Schema = schema.properties[name]
    const required = (schema.required ?? []).includes(name) ? ' -required-' : ''
    const line = `${indented(name, amount)}\t<${this.typeOf(own)}>${required}${this.shortValues(own, amount)}\n`
    if (this.recursive) return line
    return `${line}${indented(wordWrap(own.description || '<no description>', 78 - amount), amount + 2)}\n\n`
  }

  private typeOf(schema: Schema): string {
    if (schema.items) return `[]${this.typeOf(schema.items)}`
    if (isMap(schema.additionalProperties)) return `map[string]${this.typeOf(schema.additionalProperties)}`
    if (schema.allOf?.length === 1 && !schema.properties) return this.typeOf(schema.allOf[0])
    if (schema.$ref) {
      const target = this.resolve(schema.$ref)
      if (target?.type && target.type !== 'object') return target.type
      return schema.$ref.split('/').at(-1).split('.').at(-1) || 'Object'
    }
    return schema.type === 'object' ? 'Object' : schema.type || 'Object'
  }

  private values(schema: Schema): string {
    const values: readonly Obj[] = schema.enum ?? []
    if (!this.enums) return ''
    return values.length === 0 ? '\n' : `ENUM:${values.map((v) => `\n    ${shown(v)}`).join('')}\n`
  }

  private shortValues(schema: Schema, amount: number): string {
    const values: readonly Obj[] = schema.enum ?? []
    if (values.length === 0 || !this.enums) return ''
    const more = values.length > ENUM_LIMIT ? ', ....' : ''
    return `\n${' '.repeat(amount)}enum: ${values.slice(0, ENUM_LIMIT).map(shown).join(', ')}${more}`
  }
}

function shown(value: Obj): string {
  return value === '' ? '""' : goValue(value)
}
