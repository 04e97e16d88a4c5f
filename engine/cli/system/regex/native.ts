import { type Node, nodesOf } from './ast.ts'
import { classSource, WORD } from './chars.ts'

/** How a pattern becomes a JavaScript expression. */
export interface NativeOptions {
  readonly icase: boolean
  /** The u flag: text beyond ASCII. */
  readonly unicode: boolean
  /** ^ and $ hold at every newline (sed's M). */
  readonly multiline: boolean
}

/** The pattern as a JavaScript expression with the g flag. */
export function nativeExpression(node: Node, options: NativeOptions): RegExp {
  return new RegExp(source(node, options), `g${options.icase ? 'i' : ''}${options.unicode ? 'u' : ''}`)
}

function source(node: Node, options: NativeOptions): string {
  switch (node.type) {
    case 'set':
      return classSource(node.set, options.unicode)
    case 'seq':
      return node.items.map((item) => (item.type === 'alt' ? `(?:${source(item, options)})` : source(item, options))).join('')
    case 'alt':
      return node.items.map((item) => source(item, options)).join('|')
    case 'group':
      return `(${source(node.body, options)})`
    case 'repeat': {
      const { min, max } = node
      const body =
        node.body.type === 'set' || node.body.type === 'group' ? source(node.body, options) : `(?:${source(node.body, options)})`
      if (max === Number.POSITIVE_INFINITY) return body + (min === 0 ? '*' : min === 1 ? '+' : `{${min},}`)
      return body + (min === 0 && max === 1 ? '?' : `{${min},${max}}`)
    }
    case 'back':
      return `\\${node.index}(?:)`
    case 'assert':
      return assertion(node.kind, options)
  }
}

function assertion(kind: (Node & { type: 'assert' })['kind'], { unicode, multiline }: NativeOptions): string {
  const word = classSource(WORD, unicode)
  switch (kind) {
    case 'line start':
      return multiline ? '(?<![^\\n])' : '^'
    case 'line end':
      return multiline ? '(?![^\\n])' : '$'
    case 'text start':
      return '^'
    case 'text end':
      return '$'
    case 'word start':
      return `(?<!${word})(?=${word})`
    case 'word end':
      return `(?<=${word})(?!${word})`
    case 'after no word':
      return `(?<!${word})`
    case 'before no word':
      return `(?!${word})`
    case 'word edge':
      return `(?:(?<!${word})(?=${word})|(?<=${word})(?!${word}))`
    case 'no word edge':
      return `(?:(?<!${word})(?!${word})|(?<=${word})(?=${word}))`
  }
}

/** Unbounded repeats in a row that a backtracking matcher may try in every combination before it gives up. */
const SAFE_REPEATS = 3

/**
 * Whether JavaScript's matcher gives POSIX's answer, the leftmost longest, and in good time: without choices, and with only single
 * characters repeated, the greedy way is the longest (what a greedy repeat takes more of, no later one can make up for).
 */
export function isGreedyLongest(node: Node): boolean {
  let repeats = 0
  for (const each of nodesOf(node)) {
    if (each.type === 'alt' || each.type === 'back') return false
    if (each.type !== 'repeat') continue
    if (each.body.type !== 'set' && each.min !== each.max) return false
    if (each.body.type !== 'set' && [...nodesOf(each.body)].some(({ type }) => type === 'repeat')) return false
    if (each.min !== each.max && ++repeats > SAFE_REPEATS) return false
  }
  return true
}

/** Whether JavaScript's matcher finds in good time whether and where the leftmost match begins (which end it finds is another matter). */
export function isQuick(node: Node): boolean {
  let repeats = 0
  for (const each of nodesOf(node)) {
    if (each.type === 'back') return false
    if (each.type !== 'repeat') continue
    const wide = each.max > 4
    if (wide && each.min !== each.max && ++repeats > SAFE_REPEATS) return false
    if (each.body.type === 'set') continue
    if (wide && [...nodesOf(each.body)].some(({ type }) => type === 'repeat' || type === 'alt')) return false
  }
  return true
}
