/** Plain data as Go's %v prints it: maps by key. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`
  if (typeof value !== 'object') return String(value)
  const map = value as Readonly<Record<string, unknown>>
  return `map[${Object.keys(map)
    .sort()
    .map((k) => `${k}:${goValue(map[k])}`)
    .join(' ')}]`
}
