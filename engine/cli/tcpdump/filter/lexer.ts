/** What is wrong with an expression, in libpcap's words. */
export class FilterError extends Error {}

export const SYNTAX_ERROR = "can't parse filter expression: syntax error"

export type Token =
  | { readonly kind: 'word'; readonly text: string }
  /** A word behind a backslash: a name, whatever it means as a keyword. */
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  /** Two to four numbers with dots between them (scanner.l: HID). */
  | { readonly kind: 'address'; readonly text: string }
  | { readonly kind: 'address6'; readonly text: string }
  | { readonly kind: 'mac'; readonly text: string }
  | { readonly kind: 'sign'; readonly text: string }

/** Longest first; each takes the whole run of characters that a name may have. */
const MAC = /^[0-9a-f]{1,2}([:.-])[0-9a-f]{1,2}(\1[0-9a-f]{1,2}){4}(?![\w:.-])/i
const ADDRESS6 = /^(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{0,4}|\d+\.\d+\.\d+\.\d+)(?![\w:.])/i
const ADDRESS = /^\d+(?:\.\d+){1,3}(?![\w.-])/
const NUMBER = /^(?:0x[0-9a-f]+|\d+)(?![\w.]|-[\w.])/i
const WORD = /^[A-Za-z0-9][-_.A-Za-z0-9]*/
const SIGNS = ['<<', '>>', '>=', '<=', '!=', '==', '&&', '||', ...'!()[]:&|=<>+-*/%^']

/** scanner.l: an expression into its tokens. */
export function tokens(text: string): readonly Token[] {
  const found: Token[] = []
  let rest = text.trimStart()
  const take = (length: number, token: Token) => {
    found.push(token)
    rest = rest.slice(length).trimStart()
  }
  while (rest !== '') {
    const match = (pattern: RegExp) => pattern.exec(rest)?.[0]
    const sign = SIGNS.find((s) => rest.startsWith(s))
    const mac = match(MAC)
    const six = match(ADDRESS6)
    const four = match(ADDRESS)
    const number = match(NUMBER)
    const word = match(WORD)
    if (mac !== undefined) take(mac.length, { kind: 'mac', text: mac })
    else if (six !== undefined) take(six.length, { kind: 'address6', text: six })
    else if (four !== undefined) take(four.length, { kind: 'address', text: four })
    else if (number !== undefined) take(number.length, { kind: 'number', value: numberOf(number) })
    else if (word !== undefined) take(word.length, { kind: 'word', text: word })
    else if (rest.startsWith('\\')) {
      const name = /^\\([^ !()\n\t]+)/.exec(rest)
      if (name === null) throw new FilterError(SYNTAX_ERROR)
      take(name[0].length, { kind: 'name', text: name[1] as string })
    } else if (sign !== undefined) take(sign.length, { kind: 'sign', text: sign })
    else throw new FilterError(SYNTAX_ERROR)
  }
  return found
}

/** strtoul with base 0: hexadecimal, octal behind a 0, decimal. */
function numberOf(text: string): number {
  return /^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number(text)
}
