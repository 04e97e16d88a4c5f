/** Where the scan of a piece of bash input came to at its end. */
export interface End {
  readonly backslash: boolean
  /** The last token joins commands: `|`, `|&`, `&&`, `||`. */
  readonly operator: boolean
  readonly quote: boolean
  /** `$((` without its `))`. */
  readonly arithmetic: boolean
}

interface Heredoc {
  readonly delimiter: string
  readonly tabs: boolean
}

/** The index just after a quoted stretch that starts at `i`, or -1 if it never ends. Knows '…', "…", $'…', `…` and \x. */
export function afterQuote(text: string, i: number): number {
  const ch = text[i]
  if (ch === '\\') return i + 1 < text.length ? i + 2 : -1
  if (ch === "'") {
    const end = text.indexOf("'", i + 1)
    return end < 0 ? -1 : end + 1
  }
  const close = ch === '$' ? "'" : ch
  for (let j = ch === '$' ? i + 2 : i + 1; j < text.length; j++) {
    if (text[j] === '\\') j++
    else if (text[j] === close) return j + 1
    else if (ch === '"' && text[j] === '$' && text[j + 1] === '(') {
      j = afterParen(text, j + 1) - 1
      if (j < 0) return -1
    }
  }
  return -1
}

/** The index just after the parenthesis that starts at `i` is closed, or -1. */
function afterParen(text: string, i: number): number {
  let depth = 0
  for (let j = i; j < text.length; ) {
    if (startsQuote(text, j)) {
      j = afterQuote(text, j)
      if (j < 0) return -1
      continue
    }
    if (text[j] === '(') depth++
    else if (text[j] === ')' && --depth === 0) return j + 1
    j++
  }
  return -1
}

export function startsQuote(text: string, i: number): boolean {
  const ch = text[i]
  return ch === '\\' || ch === "'" || ch === '"' || ch === '`' || (ch === '$' && text[i + 1] === "'")
}

/** Reads `<<WORD` at `i`: the here-document it announces, and the index after it. */
export function heredocAt(text: string, i: number): { readonly doc: Heredoc; readonly next: number } | undefined {
  const match = /^<<(-?)[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|((?:\\.|[^\s;|&<>()'"])+))/.exec(text.slice(i, i + 300))
  if (match === null || text[i + 2] === '<') return undefined
  const delimiter = match[2] ?? match[3] ?? (match[4] as string).replace(/\\(.)/g, '$1')
  return { doc: { delimiter, tabs: match[1] === '-' }, next: i + match[0].length }
}

/** The index after the bodies of here-documents that begin at line start `i`, or -1 when one never ends. */
export function afterHeredocs(text: string, i: number, docs: readonly Heredoc[]): number {
  for (const { delimiter, tabs } of docs) {
    for (;;) {
      if (i > text.length) return -1
      const end = text.indexOf('\n', i)
      const line = text.slice(i, end < 0 ? text.length : end)
      i = end < 0 ? text.length + 1 : end + 1
      if ((tabs ? line.replace(/^\t+/, '') : line) === delimiter) break
    }
  }
  return Math.min(i, text.length)
}

/** Scans input that parses, for what its very end leaves open. */
export function atEnd(text: string): End {
  let operator = false
  let wordStart = true
  let docs: Heredoc[] = []
  const open = (over: Partial<End>): End => ({ backslash: false, operator: false, quote: false, arithmetic: false, ...over })
  for (let i = 0; i < text.length; ) {
    const ch = text[i] as string
    if (ch === '#' && wordStart) {
      const end = text.indexOf('\n', i)
      i = end < 0 ? text.length : end
    } else if (startsQuote(text, i)) {
      const next = afterQuote(text, i)
      if (next < 0) return ch === '\\' ? open({ backslash: true }) : open({ quote: true })
      if (text[i] !== '\\' || text[i + 1] !== '\n') [operator, wordStart] = [false, false]
      i = next
    } else if (ch === '$' && text.startsWith('$((', i)) {
      const next = afterParen(text, i + 1)
      if (next < 0) return open({ arithmetic: true })
      ;[operator, wordStart] = [false, false]
      i = next
    } else if (ch === '\n') {
      i = docs.length > 0 ? afterHeredocs(text, i + 1, docs) : i + 1
      if (i < 0) return open({ quote: true })
      docs = []
      wordStart = true
    } else if (ch === '<' && heredocAt(text, i) !== undefined) {
      const found = heredocAt(text, i) as NonNullable<ReturnType<typeof heredocAt>>
      docs.push(found.doc)
      ;[operator, wordStart] = [false, true]
      i = found.next
    } else {
      const joins = /^(\|\||&&|\|&|\|)/.exec(text.slice(i, i + 2))?.[0]
      if (joins !== undefined) operator = true
      else if (!/\s/.test(ch)) operator = false
      wordStart = joins !== undefined || /[\s;&()]/.test(ch)
      i += joins?.length ?? 1
    }
  }
  return open({ operator })
}
