/** A node of a JSONPath template (client-go util/jsonpath). */
export type PathNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'list'; readonly nodes: readonly PathNode[] }
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'array'; readonly params: readonly { value: number; known: boolean }[] }
  | { readonly type: 'filter'; readonly left: PathNode; readonly right: PathNode; readonly operator: string }
  | { readonly type: 'union'; readonly nodes: readonly PathNode[] }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'identifier'; readonly name: string }
  | { readonly type: 'wildcard' }
  | { readonly type: 'recursive' }

type ListNode = Extract<PathNode, { type: 'list' }>
type OpenList = { type: 'list'; nodes: PathNode[] }

/** A template that does not parse; the message is the library's. */
export class PathError extends Error {}

const WORD_END = '=<>!|&'

/** Parses a template such as `{.items[*].metadata.name}{"\n"}`. */
export function parseJsonPath(text: string): ListNode {
  return new Parser(text).template()
}

class Parser {
  private readonly input: string
  private at = 0

  constructor(input: string) {
    this.input = input
  }

  template(): ListNode {
    const root: OpenList = { type: 'list', nodes: [] }
    while (this.at < this.input.length) {
      const open = this.input.indexOf('{', this.at)
      const text = this.input.slice(this.at, open < 0 ? undefined : open)
      if (text !== '') root.nodes.push({ type: 'text', text })
      if (open < 0) break
      this.at = open + 1
      root.nodes.push(this.action())
    }
    return root
  }

  /** Everything up to the closing brace. */
  private action(): ListNode {
    const list: OpenList = { type: 'list', nodes: [] }
    while (this.input[this.at] !== '}') {
      if (!this.step(list)) throw new PathError('unclosed action')
    }
    this.at++
    return list
  }

  /** One element; false at the end of the text. */
  private step(list: OpenList): boolean {
    const ch = this.input[this.at]
    if (ch === undefined || ch === '\n' || ch === '\r') return false
    if (ch === ' ' || ch === '@' || ch === '$') this.at++
    else if (ch === '[') list.nodes.push(this.array())
    else if (ch === '"' || ch === "'") list.nodes.push({ type: 'text', text: this.quoted(ch) })
    else if (ch === '.') this.field(list)
    else if (ch === '+' || ch === '-' || /[0-9]/.test(ch)) list.nodes.push(this.number())
    else if (/[\p{L}\p{N}_]/u.test(ch)) list.nodes.push(this.identifier())
    else
      throw new PathError(
        `unrecognized character in action: U+${ch.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${ch}'`,
      )
    return true
  }

  private identifier(): PathNode {
    const word = this.take(/^[\p{L}\p{N}_]+/u)
    if (/^(true|false)$/i.test(word)) return { type: 'bool', value: word.toLowerCase() === 'true' }
    return { type: 'identifier', name: word }
  }

  private number(): PathNode {
    const word = this.take(/^[-+]?[0-9.]*/)
    if (!/^[-+]?(\d+\.?\d*|\.\d+)$/.test(word)) throw new PathError(`cannot parse number ${word}`)
    return { type: 'number', value: Number(word) }
  }

  private field(list: OpenList): void {
    this.at++
    if (this.input[this.at] === '.') {
      this.at++
      list.nodes.push({ type: 'recursive' })
      if (/^[\p{L}\p{N}_]/u.test(this.input.slice(this.at))) this.name(list)
      else if (this.input[this.at] === '*') this.name(list)
      return
    }
    this.name(list)
  }

  private name(list: OpenList): void {
    let name = ''
    for (; this.at < this.input.length; this.at++) {
      const ch = this.input[this.at]!
      if (ch === '\\') {
        name += this.input[++this.at] ?? ''
        continue
      }
      if (' \t\r\n.,[]$@{}()'.includes(ch) || WORD_END.includes(ch)) break
      name += ch
    }
    list.nodes.push(name === '*' ? { type: 'wildcard' } : { type: 'field', name })
  }

  private quoted(mark: string): string {
    for (let end = this.at + 1; end < this.input.length; end++) {
      const ch = this.input[end]
      if (ch === '\\') end++
      else if (ch === '\n') break
      else if (ch === mark) {
        const body = this.input.slice(this.at + 1, end)
        this.at = end + 1
        return unquote(body)
      }
    }
    throw new PathError('unterminated quoted string')
  }

  /** What follows "[": an index, a slice, a name in quotes, "*", a union or a filter. */
  private array(): PathNode {
    this.at++
    if (this.input[this.at] === '?' && this.input[this.at + 1] === '(') return this.filter()
    const start = this.at
    for (let mark = ''; ; this.at++) {
      const ch = this.input[this.at]
      if (ch === undefined || (ch === '\n' && mark === '')) throw new PathError('unterminated array')
      if (mark !== '') {
        if (ch === '\\') this.at++
        else if (ch === mark) mark = ''
      } else if (ch === '"' || ch === "'") mark = ch
      else if (ch === ']') break
    }
    const body = this.input.slice(start, this.at++)
    const parts = splitUnion(body)
    if (parts.length > 1)
      return { type: 'union', nodes: parts.map((p) => ({ type: 'list', nodes: [subscript(p.trim())] }) as const) }
    return subscript(body)
  }

  private filter(): PathNode {
    this.at += 2
    const start = this.at
    let depth = 1
    for (let mark = ''; ; this.at++) {
      const ch = this.input[this.at]
      if (ch === undefined || ch === '\n') throw new PathError('unterminated filter')
      if (mark !== '') {
        if (ch === '\\') this.at++
        else if (ch === mark) mark = ''
      } else if (ch === '"' || ch === "'") mark = ch
      else if (ch === '(') depth++
      else if (ch === ')' && --depth === 0) break
    }
    const body = this.input.slice(start, this.at++)
    if (this.input[this.at] !== ']') throw new PathError('unclosed array expect ]')
    this.at++
    const parts = /^([^!<>=]+)([!<>=]+)(.+?)$/s.exec(body)
    if (parts === null) return { type: 'filter', left: expression(body), right: { type: 'list', nodes: [] }, operator: 'exists' }
    const operator = parts[2]!
    if (!['<', '<=', '>', '>=', '==', '!='].includes(operator)) throw new PathError(`unrecognized filter operator ${operator}`)
    return { type: 'filter', left: expression(parts[1]!), right: expression(parts[3]!), operator }
  }

  private take(pattern: RegExp): string {
    const word = pattern.exec(this.input.slice(this.at))?.[0] ?? ''
    this.at += word.length
    return word
  }
}

function expression(text: string): ListNode {
  return parseJsonPath(`{${text.trim()}}`).nodes[0] as ListNode
}

function subscript(text: string): PathNode {
  const name = /^(['"])(.*)\1$/s.exec(text)
  if (name !== null) return { type: 'field', name: unquote(name[2]!) }
  if (text === '*') return { type: 'wildcard' }
  const slice = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text)
  if (slice === null) throw new PathError(`invalid array index ${text}`)
  const params = [0, 1, 2].map((i) => {
    const part = i === 0 ? slice[1] : slice[i + 1]?.slice(1)
    return part === undefined || part === '' ? { value: 0, known: false } : { value: Number(part), known: true }
  })
  if (slice[2] === undefined && params[0]!.known) params[1] = { value: params[0]!.value + 1, known: true }
  return { type: 'array', params }
}

function splitUnion(text: string): string[] {
  const parts = ['']
  let mark = ''
  for (const ch of text) {
    if (ch === ',' && mark === '') parts.push('')
    else {
      if (mark === '' && (ch === '"' || ch === "'")) mark = ch
      else if (ch === mark) mark = ''
      parts[parts.length - 1] += ch
    }
  }
  return parts
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' }

function unquote(body: string): string {
  return body.replace(/\\(.)/gs, (_, ch: string) => ESCAPES[ch] ?? ch)
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
