import { isMap, type Obj, sortedKeys } from '../values.ts'

type Schema = Readonly<Record<string, Obj>>
type Definitions = Readonly<Record<string, Schema>>

const WIDTH = 80
const BULLET = /^(\d+\.?|-|\*)\s/

/** Wraps a description, keeping code, empty lines and lists (kubectl/pkg/explain formatter.go). */
function wrapped(text: string, width: number): string[] {
  const out: string[] = []
  let line: string[] = []
  let last = ''
  const flush = () => {
    if (line.length > 0) {
      out.push(line.join(' '))
      last = ''
    }
    line = []
  }
  for (const part of text.split('\n')) {
    const bare = part.trim()
    if (part.startsWith('    ')) {
      flush()
      out.push(part)
      continue
    }
    if (out.length > 0 && bare === '') {
      flush()
      out.push('')
      continue
    }
    if (last.endsWith(':') || bare === '' || BULLET.test(bare)) flush()
    for (const word of bare.split(/\s+/).filter((w) => w !== '')) {
      last = word
      if (line.length > 0 && [...line, word].join(' ').length > width) flush()
      line.push(word)
      last = word
    }
  }
  flush()
  return out
}

/** What explain prints of an OpenAPI v2 document (-o plaintext-openapiv2). */
export class FormerExplainer {
  private readonly definitions: Definitions
  private readonly recursive: boolean
  private text = ''
  private readonly visited = new Set<string>()

  constructor(document: Obj, recursive: boolean) {
    this.definitions = document.definitions
    this.recursive = recursive
  }

  /** The definition of a kind, or undefined. */
  find(group: string, version: string, kind: string): Schema | undefined {
    return Object.values(this.definitions).find((d) =>
      (d['x-kubernetes-group-version-kind'] ?? []).some(
        (k: Obj) => k.group === group && k.version === version && k.kind === kind,
      ),
    )
  }

  private target(schema: Schema): Schema {
    return schema.$ref ? (this.definitions[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)] ?? {}) : schema
  }

  /** Follows the fields; throws the name of the first that is not there. */
  private lookup(schema: Schema, fields: readonly string[]): Schema {
    let at = schema
    for (const field of fields) {
      let target = this.target(at)
      while (target.items || isMap(target.additionalProperties)) target = this.target(target.items ?? target.additionalProperties)
      const next: Schema | undefined = target.properties?.[field]
      if (next === undefined) throw new NoSuchField(field)
      at = next
    }
    return at
  }

  print(schema: Schema, fields: readonly string[], apiVersion: string, kind: string): string {
    const found = this.lookup(schema, fields)
    const name = fields.at(-1)
    const type = this.typeOf(found)
    const words: string[] = []
    let at = found
    for (let next: Schema | undefined = at; next !== undefined; ) {
      at = next
      next = at.$ref ? this.target(at) : (at.items ?? (isMap(at.additionalProperties) ? at.additionalProperties : undefined))
      if (next !== undefined) words.push(at.description ?? '')
    }
    words.push(at.description ?? '')
    const structure = at.properties !== undefined
    this.write(0, `KIND:     ${kind}`)
    this.write(0, `VERSION:  ${apiVersion}\n`)
    if (name !== undefined && structure) this.write(0, `RESOURCE: ${name} <${type}>\n`)
    else if (name !== undefined && at.type !== 'object') this.write(0, `FIELD:    ${name} <${type}>\n`)
    this.describe(words)
    if (!structure) return this.text
    this.write(0, '\nFIELDS:')
    if (this.recursive) this.tree(at, 3)
    else this.fields(at)
    return this.text
  }

  private describe(words: readonly string[]): void {
    this.write(0, 'DESCRIPTION:')
    let empty = true
    for (const [i, text] of words.entries()) {
      if (text === '') continue
      empty = false
      if (i !== 0) this.write(0, '')
      this.paragraph(5, text)
    }
    if (empty) this.paragraph(5, '<empty>')
  }

  private fields(schema: Schema): void {
    for (const key of sortedKeys(schema.properties)) {
      const own: Schema = schema.properties[key]
      this.write(3, `${key}\t<${this.typeOf(own)}>${(schema.required ?? []).includes(key) ? ' -required-' : ''}`)
      this.paragraph(5, own.description ?? '')
      this.write(0, '')
    }
  }

  private tree(given: Schema, indent: number): void {
    let schema = given
    const entered: string[] = []
    while (schema.$ref || schema.items || isMap(schema.additionalProperties)) {
      if (schema.$ref) {
        if (this.visited.has(schema.$ref)) break
        this.visited.add(schema.$ref)
        entered.push(schema.$ref)
        schema = this.target(schema)
      } else schema = schema.items ?? schema.additionalProperties
    }
    if (schema.$ref === undefined) {
      for (const key of sortedKeys(schema.properties)) {
        this.write(indent, `${key}\t<${this.typeOf(schema.properties[key])}>`)
        this.tree(schema.properties[key], indent + 3)
      }
    }
    for (const ref of entered) this.visited.delete(ref)
  }

  private typeOf(schema: Schema): string {
    if (schema.$ref) return this.typeOf(this.target(schema))
    if (schema.items) return `[]${this.typeOf(schema.items)}`
    if (isMap(schema.additionalProperties)) return `map[string]${this.typeOf(schema.additionalProperties)}`
    if (schema.properties) return 'Object'
    // an object of nobody knows what is a map of nothing that has a name
    return schema.type === 'object' ? 'map[string]' : (schema.type ?? '')
  }

  private write(indent: number, text: string): void {
    this.text += text === '' ? '\n' : `${' '.repeat(indent)}${text}\n`
  }

  private paragraph(indent: number, text: string): void {
    for (const line of wrapped(text, WIDTH - indent)) this.write(indent, line)
  }
}

/** A path names a field that its kind does not have. */
export class NoSuchField extends Error {}
