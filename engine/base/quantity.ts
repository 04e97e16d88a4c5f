const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** A resource.Quantity: its value and how it was written. */
export interface Quantity {
  readonly value: number
  readonly format: 'binary' | 'decimal'
}

/** Reads "100m", "64Mi", "1.5", "2e3"; undefined if it is no quantity. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = /^([-+]?(?:\d+\.?\d*|\.\d+))([eE][-+]?\d+|[numkMGTPE]|[KMGTPE]i)?$/.exec(text)
  if (match === null) return undefined
  const suffix = match[2] ?? ''
  const exponent = /^[eE][-+]?\d+$/.test(suffix)
  const value = exponent ? Number(match[1] + suffix) : Number(match[1]) * SUFFIXES[suffix]!
  return { value, format: suffix.endsWith('i') ? 'binary' : 'decimal' }
}

/** The shortest exact way to write a value, as Quantity.String does. */
export function formatQuantity(quantity: Quantity): string {
  const { value, format } = quantity
  if (value === 0) return '0'
  if (format === 'binary' && Number.isInteger(value)) {
    for (const suffix of ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki']) {
      const unit = SUFFIXES[suffix]!
      if (value % unit === 0) return `${value / unit}${suffix}`
    }
    return String(value)
  }
  if (Number.isInteger(value)) {
    for (const suffix of ['E', 'P', 'T', 'G', 'M', 'k']) {
      const unit = SUFFIXES[suffix]!
      if (value % unit === 0) return `${value / unit}${suffix}`
    }
    return String(value)
  }
  for (const suffix of ['m', 'u', 'n']) {
    const scaled = value / SUFFIXES[suffix]!
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6) return `${Math.round(scaled)}${suffix}`
  }
  return String(value)
}

/** The sum of two, written like the first that is not zero. */
export function addQuantity(x: Quantity | undefined, y: Quantity): Quantity {
  if (x === undefined || x.value === 0) return y
  return { value: x.value + y.value, format: x.format }
}
