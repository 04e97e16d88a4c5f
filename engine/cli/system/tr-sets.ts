const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}

/** The C.UTF-8 locale's classes of single bytes. */
const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\0-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
}

export const ALL_BYTES: readonly string[] = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))

/** A set written out; `classes` are those named in it. */
export interface TrSet {
  readonly bytes: readonly string[]
  readonly classes: readonly string[]
}

/** A tr string written out; the complaint where it is wrong; undefined for a repeat ([c*n]), which is not emulated. */
export function trSet(text: string): TrSet | string | undefined {
  const bytes: string[] = []
  const classes: string[] = []
  let at = 0
  const next = (): string => {
    const byte = text[at++] as string
    if (byte !== '\\' || at === text.length) return byte
    const octal = /^(?:[0-3][0-7]{0,2}|[4-7][0-7]?)/.exec(text.slice(at))?.[0]
    if (octal !== undefined) {
      at += octal.length
      return String.fromCharCode(Number.parseInt(octal, 8))
    }
    const escaped = text[at++] as string
    return ESCAPES[escaped] ?? escaped
  }
  while (at < text.length) {
    const named = /^\[:([^\]]*?):\]/.exec(text.slice(at))
    if (named !== null) {
      const name = named[1] as string
      const rule = CLASSES[name]
      if (rule === undefined) return name === '' ? "missing character class name '[::]'" : `invalid character class ‘${name}’`
      bytes.push(...ALL_BYTES.filter((byte) => rule.test(byte)))
      classes.push(name)
      at += named[0].length
      continue
    }
    if (/^\[(?:=.=\]|(?:\\.|.)\*\d*\])/s.test(text.slice(at))) return undefined
    const from = next()
    if (text[at] !== '-' || at + 1 >= text.length) {
      bytes.push(from)
      continue
    }
    const dash = at++
    const to = next()
    if (to < from) return `range-endpoints of '${from}${text.slice(dash, at)}' are in reverse collating sequence order`
    for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code++) bytes.push(String.fromCharCode(code))
  }
  return { bytes, classes }
}
