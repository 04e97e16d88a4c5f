import { ASCII } from '../regex/chars.ts'
import type { LineMatcher, MatcherOptions } from './matcher.ts'

/** Raised by what of PCRE is not emulated; the message names it. */
class Unknown extends Error {}

/** Escapes that mean the same to JavaScript. */
const SAME = new Set('dDwWbBtnrfv123456789')
const OWN: Readonly<Record<string, string>> = {
  s: '[\\t-\\r ]',
  S: '[^\\t-\\r ]',
  h: '[\\t ]',
  A: '^',
  z: '$',
  Z: '$',
  e: '\\x1b',
  a: '\\x07',
}
const IN_CLASS: Readonly<Record<string, string>> = { s: '\\t-\\r ', h: '\\t ', e: '\\x1b', a: '\\x07', b: '\\b' }
const POSIX: Readonly<Partial<Record<string, string>>> = ASCII
const KEPT = '__kept'

/** `grep -P`, as far as JavaScript's expressions say the same as PCRE2's; otherwise what is not emulated. */
export function perlMatcher(pattern: string, options: MatcherOptions): LineMatcher | { readonly unknown: string } {
  try {
    const { source, icase } = translate(pattern)
    const [before, after] = options.whole === 'line' ? ['^', '$'] : options.whole === 'word' ? ['(?<!\\w)', '(?!\\w)'] : ['', '']
    const whole = before === '' ? source : `${before}(?:${source})${after}`
    if (before !== '' && source.includes(KEPT)) throw new Unknown('\\K with -w or -x')
    const expression = new RegExp(whole, `gu${options.icase || icase ? 'i' : ''}`)
    const find = (line: string, from: number) => {
      expression.lastIndex = from
      const found = expression.exec(line)
      if (found === null) return undefined
      const kept = found.groups?.[KEPT]
      return { start: found.index + (kept?.length ?? 0), end: found.index + found[0].length }
    }
    return { warnings: [], test: (line) => find(line, 0) !== undefined, find }
  } catch (error) {
    if (error instanceof Unknown) return { unknown: error.message }
    // What JavaScript refuses PCRE2 may take, or refuse in words of its own.
    if (error instanceof SyntaxError) return { unknown: 'this pattern' }
    throw error
  }
}

function translate(pattern: string): { readonly source: string; readonly icase: boolean } {
  const inline = /^\(\?i\)/.exec(pattern)
  const text = inline === null ? pattern : pattern.slice(4)
  let out = ''
  /** For every open group: whether something in it may repeat without bound. */
  const open: boolean[] = [false]
  let lastGroupRepeats = false
  for (let i = 0; i < text.length; ) {
    const ch = text[i] as string
    if (ch === '\\') {
      const next = text[i + 1] ?? ''
      if (next === 'K') {
        if (open.length > 1 || out.includes(KEPT) || /(^|[^\\])\|/.test(text)) throw new Unknown('\\K here')
        out = `(?<${KEPT}>${out})`
      } else if (Object.hasOwn(OWN, next)) out += OWN[next]
      else if (SAME.has(next) || /[^A-Za-z0-9]/.test(next)) out += /[-#%&,:;<=>@`~"'!_ ]/.test(next) ? next : `\\${next}`
      else if (/^\\x[0-9a-fA-F]{2}/.test(text.slice(i))) {
        out += text.slice(i, i + 4)
        i += 2
      } else throw new Unknown(`\\${next}`)
      i += 2
      lastGroupRepeats = false
      continue
    }
    if (ch === '[') {
      const { source, next } = bracket(text, i)
      out += source
      i = next
      lastGroupRepeats = false
      continue
    }
    if (ch === '(') {
      const kind = /^\((\?(?::|=|!|<=|<!|P?<[A-Za-z]\w*>))?/.exec(text.slice(i)) as RegExpExecArray
      if (kind[1] === undefined && (text[i + 1] === '?' || text[i + 1] === '*')) throw new Unknown(text.slice(i, i + 3))
      out += kind[0].replace('?P<', '?<')
      i += kind[0].length
      open.push(false)
      continue
    }
    if (ch === ')') {
      lastGroupRepeats = open.pop() ?? false
      if (open.length === 0) throw new SyntaxError('unmatched parentheses')
      if (lastGroupRepeats) open[open.length - 1] = true
      out += ch
      i++
      continue
    }
    const repeat = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(text.slice(i))?.[0]
    if (repeat !== undefined) {
      if (text[i + repeat.length] === '+') throw new Unknown('a possessive quantifier')
      const unbounded = /^[*+]|,\}$/.test(repeat)
      // PCRE2 gives up on such patterns by a limit of its own.
      if (unbounded && lastGroupRepeats) throw new Unknown('a repeat of a repeat')
      if (unbounded) open[open.length - 1] = true
      out += repeat
      i += repeat.length
      lastGroupRepeats = false
      continue
    }
    lastGroupRepeats = false
    out += ch === '{' || ch === '}' || ch === ']' ? `\\${ch}` : ch === '.' ? '[^\\n\\uDC80-\\uDCFF]' : ch
    i++
  }
  if (open.length !== 1) throw new SyntaxError('unmatched parentheses')
  return { source: out, icase: inline !== null }
}

function bracket(text: string, at: number): { readonly source: string; readonly next: number } {
  let i = at + 1
  const negated = text[i] === '^'
  if (negated) i++
  let out = ''
  for (let first = true; text[i] !== ']' || first; first = false) {
    if (i >= text.length) throw new SyntaxError('unmatched bracket')
    const name = /^\[:([a-z]+):\]/.exec(text.slice(i))
    if (name !== null) {
      const set = POSIX[name[1] as string]
      if (set === undefined) throw new Unknown(name[0])
      out += set
      i += name[0].length
    } else if (text[i] === '\\') {
      const next = text[i + 1] ?? ''
      if (Object.hasOwn(IN_CLASS, next)) out += IN_CLASS[next]
      else if ('dDwWtnrfv'.includes(next)) out += `\\${next}`
      else if (/[^A-Za-z0-9]/.test(next)) out += /[-\\\]^[]/.test(next) ? `\\${next}` : next
      else throw new Unknown(`[\\${next}]`)
      i += 2
    } else {
      const char = String.fromCodePoint(text.codePointAt(i) as number)
      out += /[[\]]/.test(char) ? `\\${char}` : char
      i += char.length
    }
  }
  return { source: `[${negated ? '^' : ''}${out}${negated ? '\\uDC80-\\uDCFF' : ''}]`, next: i + 1 }
}
