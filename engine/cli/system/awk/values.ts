/** A field, a line or an element of split(): text that counts as a number where it looks like one. */
export class Input {
  readonly text: string
  private looks: number | undefined
  private asked = false

  constructor(text: string) {
    this.text = text
  }

  /** Its number if all of it is one. */
  get number(): number | undefined {
    if (!this.asked) {
      this.asked = true
      this.looks = wholeNumber(this.text)
    }
    return this.looks
  }
}

/** A value; undefined is a variable never assigned. */
export type Value = number | string | Input | undefined

const NUMBER =
  /^[ \t\n\v\f\r]*([-+]?(?:0[xX][0-9a-fA-F]+(?:\.[0-9a-fA-F]*)?|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|inf(?:inity)?|nan))/i

function parsed(text: string): number {
  const lower = text.toLowerCase()
  const sign = lower.startsWith('-') ? -1 : 1
  const plain = lower.replace(/^[-+]/, '')
  if (plain.startsWith('0x')) return sign * Number.parseInt(plain, 16)
  if (plain.startsWith('inf')) return sign * Number.POSITIVE_INFINITY
  if (plain === 'nan') return Number.NaN
  return sign * Number(plain)
}

function wholeNumber(text: string): number | undefined {
  const match = NUMBER.exec(text)
  if (match === null || /[^ \t\n\v\f\r]/.test(text.slice(match[0].length))) return undefined
  return parsed(match[1] as string)
}

/** strtod(3): as much of the text's beginning as is a number. */
export function toNumber(value: Value): number {
  if (typeof value === 'number') return value
  if (value === undefined) return 0
  const text = typeof value === 'string' ? value : value.text
  const match = NUMBER.exec(text)
  return match === null ? 0 : parsed(match[1] as string)
}

export function isTrue(value: Value): boolean {
  if (typeof value === 'number') return value !== 0
  if (value === undefined) return false
  if (typeof value === 'string') return value !== ''
  return value.number === undefined ? value.text !== '' : value.number !== 0
}

/** mawk writes whole numbers up to 2^31-1 as such. */
export function isPlainInteger(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= 0x7fffffff
}

export function compare(left: Value, right: Value, text: (value: Value) => string): number {
  const a = numeric(left)
  const b = numeric(right)
  if (a !== undefined && b !== undefined) return a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN
  const x = text(left)
  const y = text(right)
  return x < y ? -1 : x > y ? 1 : 0
}

function numeric(value: Value): number | undefined {
  if (typeof value === 'number') return value
  if (value === undefined) return 0
  return typeof value === 'string' ? undefined : value.number
}
