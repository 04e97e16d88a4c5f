/** Plain data as Go programs print it. */

/** Whether `value` is a JSON object (not null, not a list). */
// biome-ignore lint/suspicious/noExplicitAny: what a map holds is for its reader to know
export function isMap(value: unknown): value is Record<string, any> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Keys in the order Go's sort.Strings gives (by bytes). */
export function sortedKeys(map: object | undefined | null): string[] {
  return Object.keys(map ?? {}).sort(byteOrder)
}

const SURROGATE = /[\ud800-\udfff]/

/** Order by UTF-8 bytes, which is order by code points. */
export function byteOrder(x: string, y: string): number {
  if (x === y) return 0
  // Only surrogates order differently by UTF-16 units than by code points.
  if (!SURROGATE.test(x) && !SURROGATE.test(y)) return x < y ? -1 : 1
  const a = [...x]
  const b = [...y]
  for (let i = 0; i < a.length && i < b.length; i++) {
    const d = a[i]!.codePointAt(0)! - b[i]!.codePointAt(0)!
    if (d !== 0) return d
  }
  return a.length - b.length
}

/** A value as Go's %v prints what encoding/json made of it: maps sorted, lists in brackets, nil as <nil>. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`
  if (isMap(value))
    return `map[${sortedKeys(value)
      .map((key) => `${key}:${goValue(value[key])}`)
      .join(' ')}]`
  if (typeof value === 'number') return goNumber(value)
  return String(value)
}

/** A number as Go prints an int64 or a float64 (%v: shortest, exponent from 1e21). */
export function goNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value)
  const text = String(value)
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}
