import { afterQuote, atEnd, startsQuote } from './scan.ts'

export type Expansion = { readonly text: string; readonly changed: boolean } | { readonly error: string }

/** History expansion as bash's reader does it (readline's histexpand.c): `!!`, `!n`, `!-n`, `!text`, `!?text?`, word designators, ^a^b. */
export function expandHistory(text: string, history: readonly string[]): Expansion {
  const quick = /^\^([^^]*)\^([^^]*)(?:\^(.*))?$/.exec(text)
  if (quick !== null) {
    const last = history.at(-1)
    const [, from = '', to = '', rest = ''] = quick
    if (last === undefined || !last.includes(from)) return { error: `bash: :s${text}: substitution failed` }
    return { text: last.replace(from, () => to) + rest, changed: true }
  }
  let out = ''
  let changed = false
  let inDouble = false
  for (let i = 0; i < text.length; ) {
    const ch = text[i] as string
    if (ch === '"') inDouble = !inDouble
    if (ch === '\\' || (ch === "'" && !inDouble)) {
      const end = ch === '\\' ? i + 2 : afterQuote(text, i)
      out += text.slice(i, end < 0 ? text.length : end)
      i = end < 0 ? text.length : end
      continue
    }
    const next = text[i + 1]
    const literal = next === undefined || /[\s=(]/.test(next) || (inDouble && next === '"')
    if (ch !== '!' || literal || text[i - 1] === '$' || (text[i - 1] === '[' && next === ']')) {
      out += ch
      i++
      continue
    }
    const found = eventAt(text.slice(i), history, inDouble)
    if ('error' in found) return found
    out += found.text
    i += found.length
    changed = true
  }
  return { text: out, changed }
}

function eventAt(at: string, history: readonly string[], inDouble: boolean) {
  const fail = (what: string) => ({ error: `bash: ${what}: event not found` })
  let line: string | undefined
  let length: number
  const short = /^!(?=[$^*])/.exec(at)
  const number = /^!(-?\d+)/.exec(at)
  const inside = /^!\?([^?\n]+)\??/.exec(at)
  const start = (inDouble ? /^!([^\s:;&|()"]+)/ : /^!([^\s:;&|()]+)/).exec(at)
  if (at.startsWith('!!')) [line, length] = [history.at(-1), 2]
  else if (short !== null) [line, length] = [history.at(-1), 1]
  else if (number !== null) {
    const n = Number(number[1])
    ;[line, length] = [n < 0 ? history.at(n) : history[n - 1], number[0].length]
  } else if (inside !== null) {
    ;[line, length] = [history.findLast((each) => each.includes(inside[1] as string)), inside[0].length]
  } else if (start !== null) {
    ;[line, length] = [history.findLast((each) => each.startsWith(start[1] as string)), start[0].length]
  } else return { text: '!', length: 1 }
  if (line === undefined) return fail(at.slice(0, Math.max(length, 2)))
  const designator = /^(?::(\d+-\d+|\d+-?|\d+\*|[$^*])|([$^*]))/.exec(at.slice(length))
  if (designator === null) return { text: line, length }
  const words = splitWords(line)
  const spec = (designator[1] ?? designator[2]) as string
  const picked = pickWords(words, spec)
  if (picked === undefined) return { error: `bash: ${designator[0]}: bad word specifier` }
  return { text: picked.join(' '), length: length + designator[0].length }
}

function pickWords(words: readonly string[], spec: string): readonly string[] | undefined {
  const last = words.length - 1
  if (spec === '$') return words.slice(-1)
  if (spec === '*') return words.slice(1)
  if (spec === '^') return last < 1 ? undefined : [words[1] as string]
  const [from, to] = spec.replace('*', '-$').split('-')
  const first = Number(from)
  const end = to === undefined ? first : to === '$' ? last : to === '' ? last - 1 : Number(to)
  return first > last || end > last ? undefined : words.slice(first, end + 1)
}

/** The words of a line as history counts them. */
export function splitWords(line: string): string[] {
  const words: string[] = []
  for (let i = 0; i < line.length; ) {
    if (/\s/.test(line[i] as string)) {
      i++
      continue
    }
    const operator = /^(\|\||&&|>>|<<|[;|&<>()])/.exec(line.slice(i, i + 2))?.[0]
    let j = i + (operator?.length ?? 0)
    while (operator === undefined && j < line.length && !/[\s;|&<>()]/.test(line[j] as string)) {
      const next = startsQuote(line, j) ? afterQuote(line, j) : j + 1
      j = next < 0 ? line.length : next
    }
    words.push(line.slice(i, j))
    i = j
  }
  return words
}

/** After these a new line needs no semicolon. */
const NO_SEMICOLON = /(^|[\s;&|])(do|then|else|elif|in|\{|\(|;|;;|&|\||\|\||&&)\s*$|^\s*$|[({;&|]\s*$/

/** An input of several lines as history keeps it (bash's `cmdhist`): one line, but for quotes and here-documents. */
export function oneLine(text: string): string {
  const [first = '', ...rest] = text.split('\n')
  if (text.includes('<<')) return text
  let all = first
  for (const line of rest) {
    const end = atEnd(all)
    if (end.backslash) all = all.slice(0, -1) + line
    else if (end.quote) all += `\n${line}`
    else all += `${NO_SEMICOLON.test(all) ? ' ' : '; '}${line.trimStart()}`
  }
  return all
}
