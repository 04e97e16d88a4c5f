import { type ArrayParam, type ListNode, PathError, type PathNode } from './nodes.ts'
import { unquoteExtend } from './unquote.ts'

const DIGIT = /\p{Nd}/u
const WORD = /[\p{L}\p{Nd}_]/u

/** Parses a template such as `{.items[*].metadata.name}{"\n"}` (client-go util/jsonpath/parser.go). */
export function parseJsonPath(text: string): ListNode {
  const root: ListNode = { type: 'list', nodes: [] }
  new Parser(text, root).text()
  return root
}

class Parser {
  private readonly input: string
  private readonly root: ListNode
  private at = 0

  constructor(input: string, root: ListNode) {
    this.input = input
    this.root = root
  }

  text(): void {
    while (this.at < this.input.length) {
      const open = this.input.indexOf('{', this.at)
      const text = this.input.slice(this.at, open < 0 ? undefined : open)
      if (text !== '') this.root.nodes.push({ type: 'text', text })
      if (open < 0) return
      this.at = open + 1
      const list: ListNode = { type: 'list', nodes: [] }
      this.root.nodes.push(list)
      while (this.step(list));
    }
  }

  /** One element inside braces; false behind the closing one. */
  private step(list: ListNode): boolean {
    if (this.input.startsWith('}', this.at)) {
      this.at++
      return false
    }
    if (this.input.startsWith('[?(', this.at)) list.nodes.push(this.filter())
    else if (this.input.startsWith('..', this.at)) this.recursive(list)
    else this.element(list)
    return true
  }

  private element(list: ListNode): void {
    const ch = this.peek()
    if (ch === '' || ch === '\n' || ch === '\r') throw new PathError('unclosed action')
    if (ch === ' ' || ch === '@' || ch === '$') this.at++
    else if (ch === '[') this.array(list)
    else if (ch === '"' || ch === "'") list.nodes.push({ type: 'text', text: this.quoted(ch) })
    else if (ch === '.') this.field(list, 1)
    else if (ch === '+' || ch === '-' || DIGIT.test(ch)) list.nodes.push(this.number())
    else if (WORD.test(ch)) list.nodes.push(this.identifier())
    else {
      const code = ch.codePointAt(0)!
      throw new PathError(
        `unrecognized character in action: U+${code.toString(16).toUpperCase().padStart(4, '0')}${code < 32 ? '' : ` '${ch}'`}`,
      )
    }
  }

  private recursive(list: ListNode): void {
    if (list.nodes.at(-1)?.type === 'recursive') throw new PathError('invalid multiple recursive descent')
    this.at += 2
    list.nodes.push({ type: 'recursive' })
    if (WORD.test(this.peek())) this.field(list, 0)
  }

  private identifier(): PathNode {
    const start = this.at
    while (!terminates(this.peek())) this.at += this.peek().length
    const name = this.input.slice(start, this.at)
    return name === 'true' || name === 'false' ? { type: 'bool', value: name === 'true' } : { type: 'identifier', name }
  }

  private number(): PathNode {
    const word = /^[-+]?[\p{Nd}.]*/u.exec(this.input.slice(this.at))![0]
    this.at += word.length
    if (/^[-+]?\d+$/.test(word)) return { type: 'number', value: Number(word), float: false }
    if (/^[-+]?(\d+\.\d*|\.\d+)$/.test(word)) return { type: 'number', value: Number(word), float: true }
    throw new PathError(`cannot parse number ${word}`)
  }

  /** A field behind `skip` characters, up to a terminator that no backslash precedes. */
  private field(list: ListNode, skip: number): void {
    this.at += skip
    const start = this.at
    while (this.at < this.input.length) {
      const ch = this.peek()
      if (ch === '\\') this.at++
      else if (terminates(ch)) break
      this.at += this.peek().length
    }
    const name = this.input.slice(start, this.at)
    list.nodes.push(name === '*' ? { type: 'wildcard' } : { type: 'field', name: name.replaceAll('\\', '') })
  }

  private quoted(mark: string): string {
    const start = this.at++
    for (; ; this.at++) {
      const ch = this.input[this.at]
      if (ch === undefined || ch === '\n') throw new PathError('unterminated quoted string')
      if (ch === mark && this.input[this.at - 1] !== '\\') break
    }
    const value = this.input.slice(start, ++this.at)
    const text = unquoteExtend(value)
    if (text === undefined) throw new PathError(`unquote string ${value} error invalid syntax`)
    return text
  }

  /** What follows "[": an index, a slice, a name in quotes, "*", or a union of them. */
  private array(list: ListNode): void {
    const end = /[\n\]]/.exec(this.input.slice(this.at))
    if (end === null || end[0] === '\n') throw new PathError('unterminated array')
    const given = this.input.slice(this.at + 1, this.at + end.index)
    this.at += end.index + 1
    const text = given === '*' ? ':' : given
    const parts = text.split(',')
    if (parts.length > 1) {
      list.nodes.push({ type: 'union', nodes: parts.map((part) => action(`[${part.replace(/^ +| +$/g, '')}]`)) })
      return
    }
    const key = /^'([^']*)'$/.exec(text)
    if (key !== null) list.nodes.push(...action(`.${key[1]}`).nodes)
    else list.nodes.push({ type: 'array', params: arrayParams(text) })
  }

  /** `[?(left op right)]`: the text ends at the first parenthesis outside the one pair of quotes. */
  private filter(): PathNode {
    this.at += 3
    const start = this.at
    let begin = false
    let end = false
    let pair = ''
    for (; ; this.at++) {
      const ch = this.input[this.at]
      if (ch === undefined || ch === '\n') throw new PathError('unterminated filter')
      if (ch === ')' && begin === end) break
      if (ch !== '"' && ch !== "'") continue
      if (!begin) {
        begin = true
        pair = ch
      } else if (this.input[this.at - 1] !== '\\' && ch === pair) end = true
    }
    const body = this.input.slice(start, this.at)
    if (this.input[this.at + 1] !== ']') throw new PathError('unclosed array expect ]')
    this.at += 2
    const parts = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(body)
    if (parts === null) return { type: 'filter', left: action(body), right: { type: 'list', nodes: [] }, operator: 'exists' }
    return { type: 'filter', left: action(parts[1]!), right: action(parts[3]!), operator: parts[2]! }
  }

  private peek(): string {
    const code = this.input.codePointAt(this.at)
    return code === undefined ? '' : String.fromCodePoint(code)
  }
}

function terminates(ch: string): boolean {
  return ch === '' || ' \t\r\n.,[]$@{}'.includes(ch)
}

function action(text: string): ListNode {
  return parseJsonPath(`{${text}}`).nodes[0] as ListNode
}

function arrayParams(text: string): ArrayParam[] {
  const slice = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text)
  if (slice === null) throw new PathError(`invalid array index ${text}`)
  const first = slice[1] === '' ? undefined : slice[1]
  if (first === '-') throw new PathError(`array index ${first} is not a number`)
  const params: ArrayParam[] = [{ value: Number(first ?? 0), known: first !== undefined }]
  for (const i of [2, 3]) {
    const part = slice[i]
    if (part === ':-') throw new PathError('array index - is not a number')
    if (part === undefined || part === '')
      params.push(i === 2 ? { value: params[0]!.value + 1, known: true, derived: true } : { value: 0, known: false })
    else params.push(part === ':' ? { value: 0, known: false } : { value: Number(part.slice(1)), known: true })
  }
  return params
}

/** kubectl accepts `x.y`, `.x.y` and `{.x.y}` where a field is meant (get.RelaxedJSONPathExpression). */
export function relaxedJsonPath(text: string): string {
  if (text === '') return text
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(text)
  if (match === null) {
    throw new PathError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    )
  }
  return `{.${match[1] ?? match[2] ?? ''}}`
}
