import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml'
import { structOf, type Type, typeOfKind } from '../../api/schema/schema.ts'
import type { EditProblem } from '../command.ts'

/** What an object's scalar must be, by the schema's type, as a sentence; undefined when it fits. */
function misfit(value: unknown, type: string): string | undefined {
  const is = typeof value
  if (type === 'bool' && is !== 'boolean') return 'true or false is wanted here'
  if ((type === 'int32' || type === 'int64') && !Number.isInteger(value)) return 'a whole number is wanted here'
  if ((type === 'string' || type === 'bytes' || type === 'time') && is !== 'string')
    return 'a text is wanted here: put it in quotes'
  if (type.startsWith('[')) return 'a list is wanted here'
  if (type.startsWith('{') || type.startsWith('@')) return 'a mapping is wanted here'
  return undefined
}

class Check {
  readonly problems: EditProblem[] = []
  private readonly counter: LineCounter

  constructor(counter: LineCounter) {
    this.counter = counter
  }

  say(offset: number, message: string): void {
    const { line, col } = this.counter.linePos(offset)
    this.problems.push({ line, column: col, message })
  }

  value(node: Node | null | undefined, type: string, at: number): void {
    if (node === null || node === undefined || isAlias(node) || type === '*') return
    const offset = node.range?.[0] ?? at
    if (isScalar(node)) {
      const wrong = node.value === null ? undefined : misfit(node.value, type)
      if (wrong !== undefined) this.say(offset, wrong)
    } else if (isSeq(node)) {
      if (!type.startsWith('[')) this.say(offset, 'a list is not wanted here')
      else for (const item of node.items) this.value(item as Node, type.slice(1), offset)
    } else if (isMap(node)) {
      if (type.startsWith('{')) for (const { value } of node.items) this.value(value as Node, type.slice(1), offset)
      else if (!type.startsWith('@')) this.say(offset, 'a mapping is not wanted here')
      else this.struct(node, structOf(type))
    }
  }

  /** Every key must be a field of the type. Types without one are not known here: nothing is said. */
  struct(node: Node, type: Type | undefined): void {
    if (type === undefined || !isMap(node)) return
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue
      const name = String(key.value)
      const offset = key.range?.[0] ?? 0
      const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined
      if (field === undefined) this.say(offset, `unknown field "${name}"${nearest(name, Object.keys(type.fields))}`)
      else this.value(value as Node, field.type, offset)
    }
    for (const name of type.required) {
      if (!node.has(name)) this.say(node.range?.[0] ?? 0, `the field "${name}" is required`)
    }
  }
}

/** A field that was probably meant: the same but for case, for one letter, or for two that changed places. */
function nearest(name: string, fields: readonly string[]): string {
  const lower = name.toLowerCase()
  const near = fields.find((f) => f.toLowerCase() === lower) ?? fields.find((f) => oneApart(f.toLowerCase(), lower))
  return near === undefined ? '' : `: is "${near}" meant?`
}

function oneApart(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let i = 0
  while (i < a.length && a[i] === b[i]) i++
  const rest = (text: string, from: number) => text.slice(from)
  const swapped = a[i] === b[i + 1] && a[i + 1] === b[i] && rest(a, i + 2) === rest(b, i + 2)
  return swapped || rest(a, i + 1) === rest(b, i + 1) || rest(a, i) === rest(b, i + 1) || rest(a, i + 1) === rest(b, i)
}

/** What is wrong with a manifest: mistakes of YAML, then fields that the kind does not have. Kinds that are not known are left alone. */
export function checkManifest(text: string): readonly EditProblem[] {
  const counter = new LineCounter()
  const check = new Check(counter)
  for (const document of parseAllDocuments(text, { lineCounter: counter })) {
    for (const error of document.errors)
      check.say(error.pos[0], error.message.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? '')
    const { contents } = document
    if (document.errors.length > 0 || !isMap(contents)) continue
    const items = String(contents.get('kind')) === 'List' ? contents.get('items') : undefined
    for (const node of isSeq(items) ? items.items : [contents]) {
      if (!isMap(node)) continue
      check.struct(node, typeOfKind(String(node.get('apiVersion')), String(node.get('kind'))))
    }
  }
  return check.problems
}
