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
