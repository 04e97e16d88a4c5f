const FORM = /^([+-]?)(\d+\.?\d*|\.\d+)([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
/** Quantities are exact down to a billionth. */
const NANO = 9

/** The form of resource.Quantity: a decimal number with an SI, binary or exponent suffix. */
export function isQuantity(text: string): boolean {
  return FORM.test(text)
}

/** The value in billionths, rounded up as Go does. */
function nanos(sign: string, number: string, exponent: number, factor: bigint): bigint {
  const [whole = '', fraction = ''] = number.split('.')
  const digits = BigInt(`${whole}${fraction}` || '0') * factor
  const shift = NANO + exponent - fraction.length
  const scale = 10n ** BigInt(Math.abs(shift))
  const value = shift >= 0 ? digits * scale : (digits + scale - 1n) / scale
  return sign === '-' ? -value : value
}

function reduced(value: bigint, base: bigint, steps: number): [bigint, number] {
  let v = value
  let n = 0
  while (v !== 0n && v % base === 0n && n < steps) {
    v /= base
    n++
  }
  return [v, n]
}

/** How the server writes a quantity: "1000m" is "1", "1024Mi" is "1Gi", "0.5" is "500m" (Quantity.CanonicalizeBytes). */
export function canonicalQuantity(text: string): string {
  const match = FORM.exec(text)
  if (match === null) return text
  const [, sign = '', number = '', suffix = ''] = match
  const power = BINARY.indexOf(suffix)
  if (power > 0) {
    const value = nanos(sign, number, 0, 1024n ** BigInt(power))
    const unit = 10n ** BigInt(NANO)
    const whole = value % unit === 0n ? value / unit : undefined
    // small or broken numbers are written in decimal whatever their suffix
    if (whole !== undefined && (whole >= 1024n || whole <= -1024n)) {
      const [v, n] = reduced(whole, 1024n, BINARY.length - 1)
      return `${v}${BINARY[n]}`
    }
    return decimal(value)
  }
  if (/^[eE]/.test(suffix) && suffix !== 'E') {
    const [v, n] = reduced(nanos(sign, number, Number(suffix.slice(1)), 1n), 1000n, DECIMAL.length - 1)
    const exponent = 3 * n - NANO
    return exponent === 0 ? String(v) : `${v}e${exponent}`
  }
  return decimal(nanos(sign, number, 3 * DECIMAL.indexOf(suffix) - NANO, 1n))
}

function decimal(value: bigint): string {
  if (value === 0n) return '0'
  const [v, n] = reduced(value, 1000n, DECIMAL.length - 1)
  return `${v}${DECIMAL[n]}`
}

/** An exact quantity: billionths, and the family of suffixes it is written with. */
export interface Amount {
  readonly nanos: bigint
  readonly binary: boolean
}

/** Reads a quantity exactly; what is none counts as 0. */
export function amountOf(text: string | number | undefined): Amount {
  const match = FORM.exec(String(text ?? '0'))
  if (match === null) return { nanos: 0n, binary: false }
  const [, sign = '', number = '', suffix = ''] = match
  const power = BINARY.indexOf(suffix)
  if (power > 0) return { nanos: nanos(sign, number, 0, 1024n ** BigInt(power)), binary: true }
  if (/^[eE]/.test(suffix) && suffix !== 'E') return { nanos: nanos(sign, number, Number(suffix.slice(1)), 1n), binary: false }
  return { nanos: nanos(sign, number, 3 * DECIMAL.indexOf(suffix) - NANO, 1n), binary: false }
}

/** Quantity.String of an exact amount. */
export function formatAmount({ nanos: value, binary }: Amount): string {
  const unit = 10n ** BigInt(NANO)
  if (!binary || value % unit !== 0n) return decimal(value)
  const whole = value / unit
  if (whole < 1024n && whole > -1024n) return decimal(value)
  const [v, n] = reduced(whole, 1024n, BINARY.length - 1)
  return `${v}${BINARY[n]}`
}

/** Negative, zero or positive, as a is less than, equal to or more than b (Quantity.Cmp). */
export function compareQuantities(a: string, b: string): number {
  const [x, y] = [amountOf(a).nanos, amountOf(b).nanos]
  return x < y ? -1 : x > y ? 1 : 0
}

/** a + b, written like a unless that is zero (Quantity.Add). */
export function addQuantities(a: string, b: string): string {
  const [x, y] = [amountOf(a), amountOf(b)]
  return formatAmount({ nanos: x.nanos + y.nanos, binary: x.nanos === 0n ? y.binary : x.binary })
}

/** a - b (Quantity.Sub). */
export function subtractQuantities(a: string, b: string): string {
  const [x, y] = [amountOf(a), amountOf(b)]
  return formatAmount({ nanos: x.nanos - y.nanos, binary: x.nanos === 0n ? y.binary : x.binary })
}

const MILLI = 1_000_000n

/** Resource lists hold thousandths: anything finer is rounded up (SetDefaults_ResourceList). */
export function roundUpToMilli(text: string): string {
  const { nanos: value, binary } = amountOf(text)
  if (value % MILLI === 0n) return text
  const rest = ((value % MILLI) + MILLI) % MILLI
  return formatAmount({ nanos: value > 0n ? value + (MILLI - rest) : value - rest, binary })
}

/** Whether a quantity is a whole number. */
export function isWhole(text: string): boolean {
  return amountOf(text).nanos % 10n ** BigInt(NANO) === 0n
}
