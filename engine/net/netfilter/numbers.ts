/** What strtoul(3) read: the value, and the text it stopped at. */
export interface Scanned {
  readonly value: number
  readonly rest: string
}

const DIGITS = [/^0[xX]([0-9a-fA-F]+)/, /^0([0-7]*)/, /^([0-9]+)/] as const
const BASES = [16, 8, 10] as const

/**
 * strtoul(3) with base 0 as xtables_strtoul uses it: blanks in front are skipped, "-" is refused, and a text without a digit is no
 * number. Values above `max` are refused.
 */
export function scanUint(text: string, max = 0xffffffff): Scanned | undefined {
  const from = text.trimStart()
  for (let i = 0; i < DIGITS.length; i++) {
    const match = (DIGITS[i] as RegExp).exec(from)
    if (match === null) continue
    const value = match[1] === '' ? 0 : Number.parseInt(match[1] as string, BASES[i])
    return value > max ? undefined : { value, rest: from.slice(match[0].length) }
  }
  return undefined
}

/** A whole text as a number in any base, or undefined (xtables_strtoui without an end pointer). */
export function parseUint(text: string, max = 0xffffffff): number | undefined {
  // Almost every number in a ruleset is plain decimal.
  const first = text.charCodeAt(0)
  if (text.length === 1 && first >= 48 && first <= 57) return first - 48 > max ? undefined : first - 48
  const scanned = scanUint(text, max)
  return scanned?.rest === '' ? scanned.value : undefined
}

/** "VALUE[/MASK]": the pair, or what is wrong with it (xtables_parse_mark_mask). */
export function scanMark(text: string): readonly [number, number] | 'integer' | 'garbage' {
  const value = scanUint(text)
  if (value === undefined) return 'integer'
  const mask = value.rest.startsWith('/') ? scanUint(value.rest.slice(1)) : { value: 0xffffffff, rest: value.rest }
  if (mask === undefined) return 'integer'
  return mask.rest === '' ? [value.value, mask.value] : 'garbage'
}

export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`
}

/** "0x1/0xff", or "0x1" under a full mask. */
export function markText(value: number, mask: number): string {
  return mask === 0xffffffff ? hex(value) : `${hex(value)}/${hex(mask)}`
}
