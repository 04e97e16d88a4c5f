/** Lines are folded at the first blank past this column (emitterc.go best_width). */
const BEST_WIDTH = 80

/**
 * How go-yaml v2 writes a string: plain where it reads back as a string, else quoted, literal if it has several lines.
 * `indent` is that of the lines it may be folded onto, `column` where it starts; a key has no column and stays on its line.
 */
export function scalarText(text: string, indent: string, column?: number): string {
  const facts = analyze(text)
  if (text.includes('\n')) return facts.block && column !== undefined ? literal(text, indent) : doubleQuoted(text, indent, column)
  if (resolvesToString(text)) {
    if (facts.plain) return folded(text, indent, column, 0)
    if (facts.single) return `'${folded(text.replaceAll("'", "''"), indent, column, 1)}'`
  }
  return doubleQuoted(text, indent, column)
}

/** Plain and single-quoted text: a single blank past the best width becomes a line break; in quotes never the first or last. */
function folded(text: string, indent: string, column: number | undefined, quotes: 0 | 1): string {
  if (column === undefined) return text
  const chars = [...text]
  let out = ''
  let at = column + quotes
  for (let i = 0; i < chars.length; i++) {
    const ch = chars[i]!
    const inside = quotes === 0 || (i > 0 && i < chars.length - 1)
    if (ch === ' ' && at > BEST_WIDTH && inside && chars[i - 1] !== ' ' && chars[i + 1] !== ' ') {
      out += `\n${indent}`
      at = indent.length
    } else {
      out += ch
      at++
    }
  }
  return out
}

const WORDS = new Set(
  [
    '',
    '~',
    'null',
    'Null',
    'NULL',
    'y',
    'Y',
    'yes',
    'Yes',
    'YES',
    'true',
    'True',
    'TRUE',
    'on',
    'On',
    'ON',
    'n',
    'N',
    'no',
    'No',
    'NO',
    'false',
    'False',
    'FALSE',
    'off',
    'Off',
    'OFF',
  ].concat(['.nan', '.NaN', '.NAN', '.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF', '-.inf', '-.Inf', '-.INF', '<<']),
)
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/
const INTEGER = /^[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9][0-9]*|0)$/
const BASE60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
const TIMESTAMP =
  /^\d{4}-\d{1,2}-\d{1,2}([Tt]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?(Z|[-+]\d\d:\d\d)| +\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?)?$/

/** Whether the plain text would be read back as a string (resolve.go), and not as YAML 1.1's base 60. */
function resolvesToString(text: string): boolean {
  if (WORDS.has(text)) return false
  if (BASE60.test(text)) return false
  const first = text[0]!
  if (first === '.') return !/^\.[0-9_]*([eE][-+]?[0-9]+)?$/.test(text) || text === '.'
  if (!/[-+0-9]/.test(first)) return true
  const digits = text.replaceAll('_', '')
  return !(TIMESTAMP.test(text) || INTEGER.test(digits) || FLOAT.test(digits))
}

interface Facts {
  readonly plain: boolean
  readonly single: boolean
  readonly block: boolean
}

const isPrintable = (c: number) =>
  c === 0x0a ||
  (c >= 0x20 && c <= 0x7e) ||
  (c >= 0xa0 && c <= 0xd7ff) ||
  (c >= 0xe000 && c <= 0xfffd && c !== 0xfeff) ||
  (c >= 0x10000 && c <= 0x10ffff)
const isBreak = (ch: string | undefined) => ch === '\n' || ch === '\r' || ch === '\x85' || ch === '\u2028' || ch === '\u2029'

/** emitterc.go yaml_emitter_analyze_scalar, for block context. */
function analyze(text: string): Facts {
  if (text === '') return { plain: false, single: true, block: false }
  const chars = [...text]
  let indicators = text.startsWith('---') || text.startsWith('...')
  let breaks = false
  let special = false
  let leading = false
  let trailingSpace = false
  let trailingBreak = false
  let breakSpace = false
  let spaceBreak = false
  let previousSpace = false
  let previousBreak = false
  let afterSpace = true
  for (let i = 0; i < chars.length; i++) {
    const ch = chars[i]!
    const next = chars[i + 1]
    const beforeSpace = next === undefined || next === ' ' || next === '\t' || isBreak(next)
    if (i === 0) {
      if ('#,[]{}&*!|>\'"%@`'.includes(ch)) indicators = true
      else if ((ch === '?' || ch === ':' || ch === '-') && beforeSpace) indicators = true
    } else if ((ch === ':' && beforeSpace) || (ch === '#' && afterSpace)) indicators = true
    if (!isPrintable(ch.codePointAt(0)!)) special = true
    if (ch === ' ') {
      if (i === 0) leading = true
      if (i === chars.length - 1) trailingSpace = true
      if (previousBreak) breakSpace = true
      previousSpace = true
      previousBreak = false
    } else if (isBreak(ch)) {
      breaks = true
      if (i === 0) leading = true
      if (i === chars.length - 1) trailingBreak = true
      if (previousSpace) spaceBreak = true
      previousSpace = false
      previousBreak = true
    } else {
      previousSpace = false
      previousBreak = false
    }
    afterSpace = ch === ' ' || ch === '\t' || isBreak(ch)
  }
  const bad = spaceBreak || special
  return {
    plain: !(leading || trailingSpace || trailingBreak || breakSpace || bad || breaks || indicators),
    single: !(breakSpace || bad),
    block: !(trailingSpace || bad),
  }
}

/** A literal block: an indentation hint if the text starts with blank, "-" without a final newline, "+" with several. */
function literal(text: string, indent: string): string {
  const hint = text[0] === ' ' || text[0] === '\n' ? '2' : ''
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : ''
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  return `|${hint}${chomp}\n${lines.map((line) => (line === '' ? '' : indent + line)).join('\n')}`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\xa0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

function doubleQuoted(text: string, indent: string, column: number | undefined): string {
  const chars = [...text]
  let out = '"'
  let at = (column ?? 0) + 1
  for (let i = 0; i < chars.length; i++) {
    const ch = chars[i]!
    if (ch === ' ' && column !== undefined && at > BEST_WIDTH && i > 0 && i < chars.length - 1 && chars[i - 1] !== ' ') {
      // The blank goes with the line break; a second one has to be kept from being swallowed.
      const keep = chars[i + 1] === ' ' ? '\\' : ''
      out += `\n${indent}${keep}`
      at = indent.length + keep.length
      continue
    }
    const part = escapedChar(ch)
    out += part
    at += [...part].length
  }
  return `${out}"`
}

function escapedChar(ch: string): string {
  const code = ch.codePointAt(0)!
  const named = ESCAPES[ch]
  if (named !== undefined && ch !== '\xa0') return named
  if (isPrintable(code)) return ch
  const hex = code.toString(16).toUpperCase()
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
