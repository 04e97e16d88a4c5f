const two = (n: number) => String(n).padStart(2, '0')

/** Microseconds of a virtual time whose fraction of a millisecond counts. */
function microseconds(at: number): number {
  return Math.round(at * 1000)
}

function clock(us: number): string {
  const seconds = Math.floor(us / 1_000_000)
  const rest = String(us - seconds * 1_000_000).padStart(6, '0')
  return `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${rest}`
}

/** ts_print: by how often -t was given. UTC, as the nodes' clocks are. */
export function stamp(at: number, mode: number, before: number | undefined, first: number): string {
  const us = microseconds(at)
  if (mode === 1) return ''
  if (mode === 2) return `${Math.floor(us / 1_000_000)}.${String(us % 1_000_000).padStart(6, '0')} `
  if (mode === 3) return ` ${clock(us - microseconds(before ?? at))} `
  if (mode === 5) return ` ${clock(us - microseconds(first))} `
  const date = mode === 4 ? `${new Date(Math.floor(us / 1000)).toISOString().slice(0, 10)} ` : ''
  return `${date}${clock(us)} `
}
