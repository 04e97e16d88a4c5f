/** One conversion of a printf(3) format, split into its parts. */
export interface Conversion {
  readonly flags: string
  readonly width: number
  /** Negative: none given. */
  readonly precision: number
}

export function padded(text: string, { flags, width }: Conversion, zeros = false): string {
  if (text.length >= width) return text
  if (flags.includes('-')) return text.padEnd(width)
  if (!zeros || !flags.includes('0')) return text.padStart(width)
  const sign = /^(?:[-+ ]|0[xX])*/.exec(text)?.[0] ?? ''
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}

function signed(negative: boolean, body: string, flags: string): string {
  return (negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + body
}

/** %d and %i of a whole number. */
export function formatInteger(value: number, conversion: Conversion): string {
  const whole = Number.isNaN(value) ? -0x80000000 : Math.trunc(value)
  const digits = atLeast(String(Math.abs(whole)), conversion)
  return padded(signed(whole < 0, digits, conversion.flags), conversion, conversion.precision < 0)
}

/** %o, %u, %x and %X; a negative number counts as none, a large one as the largest of 32 bits (mawk's d_to_U). */
export function formatUnsigned(value: number, letter: string, conversion: Conversion): string {
  const whole = value > 0 ? Math.min(Math.trunc(value), 0xffffffff) : 0
  const plain = whole.toString(letter === 'o' ? 8 : letter === 'u' ? 10 : 16)
  let digits = atLeast(letter === 'X' ? plain.toUpperCase() : plain, conversion)
  if (conversion.flags.includes('#') && whole !== 0 && letter !== 'u')
    digits = letter === 'o' ? `0${digits}` : `0${letter}${digits}`
  return padded(digits, conversion, conversion.precision < 0)
}

function atLeast(digits: string, { precision }: Conversion): string {
  if (precision === 0 && digits === '0') return ''
  return precision > 0 ? digits.padStart(precision, '0') : digits
}

/** %e, %f and %g in either case. */
export function formatDouble(value: number, letter: string, conversion: Conversion): string {
  const { flags } = conversion
  const lower = letter.toLowerCase()
  if (!Number.isFinite(value)) {
    // The not-a-number that x86 arithmetic makes has its sign set.
    const word = Number.isNaN(value) ? '-nan' : signed(value < 0, 'inf', flags)
    return padded(letter === lower ? word : word.toUpperCase(), conversion)
  }
  const negative = value < 0 || Object.is(value, -0)
  const size = Math.abs(value)
  const precision = conversion.precision < 0 ? 6 : conversion.precision
  const body =
    lower === 'f'
      ? fixed(size, precision)
      : lower === 'e'
        ? exponent(size, precision)
        : general(size, precision, flags.includes('#'))
  const point = flags.includes('#') && !body.includes('.') ? body.replace(/(?=e|$)/, '.') : body
  const text = signed(negative, point, flags)
  return padded(letter === lower ? text : text.toUpperCase(), conversion, true)
}

/** size * 10^shift to the nearest whole number, half to even, exactly (as glibc rounds). */
function scaled(size: number, shift: number): bigint {
  let power = 0
  let mantissa = size
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2
    power--
  }
  const above = BigInt(mantissa) * (shift > 0 ? 10n ** BigInt(shift) : 1n)
  const below = 2n ** BigInt(-power) * (shift < 0 ? 10n ** BigInt(-shift) : 1n)
  const quotient = above / below
  const twice = (above % below) * 2n
  return twice > below || (twice === below && quotient % 2n === 1n) ? quotient + 1n : quotient
}

function fixed(size: number, precision: number): string {
  const digits = scaled(size, precision)
    .toString()
    .padStart(precision + 1, '0')
  return precision === 0 ? digits : `${digits.slice(0, -precision)}.${digits.slice(-precision)}`
}

/** The digits of a size, `precision` of them after the first, and its power of ten after rounding. */
function rounded(size: number, precision: number): { readonly digits: string; readonly power: number } {
  if (size === 0) return { digits: '0'.repeat(precision + 1), power: 0 }
  let power = Number(size.toExponential(20).split('e')[1])
  let digits = scaled(size, precision - power).toString()
  if (digits.length > precision + 1) {
    power++
    digits = scaled(size, precision - power).toString()
  }
  return { digits, power }
}

function exponent(size: number, precision: number): string {
  const { digits, power } = rounded(size, precision)
  const point = precision === 0 ? '' : `.${digits.slice(1)}`
  return `${digits[0]}${point}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

function general(size: number, precision: number, keepZeros: boolean): string {
  const significant = precision === 0 ? 1 : precision
  const { power } = rounded(size, significant - 1)
  const text = power < -4 || power >= significant ? exponent(size, significant - 1) : fixed(size, significant - 1 - power)
  if (keepZeros || !text.includes('.')) return text
  return text.replace(/\.?0+(?=e|$)/, '')
}
