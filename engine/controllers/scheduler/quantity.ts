const BINARY: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 }
const DECIMAL: Readonly<Record<string, number>> = {
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
}

/** A resource.Quantity as a number; NaN if it is none. */
export function quantity(value: string | number | undefined): number {
  if (value === undefined) return 0
  const match = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([A-Za-z]*)$/.exec(String(value))
  if (match === null) return Number.NaN
  const unit = match[2] as string
  return Number(match[1]) * (BINARY[unit] ?? DECIMAL[unit] ?? Number.NaN)
}
