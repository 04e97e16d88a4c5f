/** A template that does not parse or fails while it runs, in text/template's words. */
export class TemplateError extends Error {
  /** What had been printed by then. */
  written = ''
}

export type Token =
  | { readonly type: 'text'; readonly text: string; readonly line: number; readonly pos: number }
  | {
      readonly type: 'open' | 'close' | 'lparen' | 'rparen' | 'pipe' | 'comma' | 'declare' | 'assign' | 'space' | 'dot'
      readonly text: string
      readonly line: number
      /** Where it begins, in characters of the whole source. */
      readonly pos: number
    }
  | {
      readonly type: 'field' | 'variable' | 'identifier' | 'string' | 'char' | 'number' | 'bool' | 'nil' | 'keyword'
      readonly text: string
      readonly line: number
      /** Where it begins, in characters of the whole source. */
      readonly pos: number
    }

const KEYWORDS = ['if', 'else', 'end', 'range', 'with', 'define', 'template', 'block', 'break', 'continue']

/** Splits a template into text and the tokens of its actions; {{- and -}} trim the text beside them. */
export function lex(source: string): Token[] {
  const out: Token[] = []
  let line = 1
  let at = 0
  let trimNext = false
  while (at <= source.length) {
    const open = source.indexOf('{{', at)
    let text = source.slice(at, open < 0 ? undefined : open)
    const trimBefore = open >= 0 && source[open + 2] === '-' && /\s/.test(source[open + 3] ?? '')
    const lines = count(text)
    if (trimNext) text = text.trimStart()
    if (trimBefore) text = text.trimEnd()
    if (text !== '') out.push({ type: 'text', text, line, pos: at })
    line += lines
    if (open < 0) break
    at = open + 2 + (trimBefore ? 1 : 0)
    if (/^\s*\/\*/.test(source.slice(at))) {
      const end = source.indexOf('*/', at)
      if (end < 0) throw at1(line, 'unclosed comment')
      const tail = /^(\s+-)?\}\}/.exec(source.slice(end + 2))
      if (tail === null) throw at1(line, 'comment ends before closing delimiter')
      line += count(source.slice(at, end))
      at = end + 2 + tail[0].length
      trimNext = tail[1] !== undefined
      continue
    }
    out.push({ type: 'open', text: '{{', line, pos: open })
    const done = action(source, at, line, out)
    line += count(source.slice(at, done.at))
    at = done.at
    trimNext = done.trim
  }
  return out
}

function at1(line: number, text: string): TemplateError {
  return new TemplateError(`template: output:${line}: ${text}`)
}

function count(text: string): number {
  return text.split('\n').length - 1
}

const PATTERNS: readonly [RegExp, Token['type']][] = [
  [/^\s+/, 'space'],
  [/^:=/, 'declare'],
  [/^=/, 'assign'],
  [/^\|/, 'pipe'],
  [/^,/, 'comma'],
  [/^\(/, 'lparen'],
  [/^\)/, 'rparen'],
  [/^"(?:[^"\\\n]|\\.)*"/, 'string'],
  [/^`[^`]*`/, 'string'],
  [/^'(?:[^'\\\n]|\\.)+'/, 'char'],
  [/^\.[\p{L}_][\p{L}\p{N}_]*/u, 'field'],
  [/^[-+]?(?:0[xX][0-9a-fA-F_]+|\d[\d_]*\.?\d*(?:[eE][-+]?\d+)?|\.\d+)/, 'number'],
  [/^\./, 'dot'],
  [/^\$[\p{L}\p{N}_]*/u, 'variable'],
  [/^[\p{L}_][\p{L}\p{N}_]*/u, 'identifier'],
]

function action(source: string, from: number, line: number, out: Token[]): { at: number; trim: boolean } {
  let at = from
  for (;;) {
    const rest = source.slice(at)
    const close = /^(\s+-)?\}\}/.exec(rest)
    if (close !== null) {
      out.push({ type: 'close', text: '}}', line, pos: at })
      return { at: at + close[0].length, trim: close[1] !== undefined }
    }
    if (rest === '') throw at1(line, 'unclosed action')
    if (rest[0] === '"' && !/^"(?:[^"\\\n]|\\.)*"/.test(rest)) throw at1(line, 'unterminated quoted string')
    const hit = PATTERNS.map(([pattern, type]) => ({ text: pattern.exec(rest)?.[0], type })).find((h) => h.text !== undefined)
    if (hit === undefined) {
      const ch = String.fromCodePoint(rest.codePointAt(0)!)
      throw at1(
        line,
        `unrecognized character in action: U+${ch.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${ch}'`,
      )
    }
    const text = hit.text!
    let type = hit.type
    if (type === 'identifier') {
      if (KEYWORDS.includes(text)) type = 'keyword'
      else if (text === 'true' || text === 'false') type = 'bool'
      else if (text === 'nil') type = 'nil'
    }
    out.push({ type, text, line, pos: at } as Token)
    at += text.length
  }
}
