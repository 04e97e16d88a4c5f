const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** An age as kubectl and the API server print it ("47h", "5h10m", "2y3d"); apimachinery util/duration.HumanDuration. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / SECOND)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const two = (big: number, bigUnit: string, small: number, smallUnit: string) =>
    small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`
  const minutes = Math.floor(ms / MINUTE)
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(ms / HOUR)
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (hours < 24 * 8) return two(days, 'd', hours % 24, 'h')
  if (hours < 24 * 365 * 2) return `${days}d`
  const years = Math.floor(days / 365)
  if (hours < 24 * 365 * 8) return two(years, 'y', days % 365, 'd')
  return `${years}y`
}

/** A duration as Go's time.Duration prints it: "1h0m0s", "1.5s", "300ms", "0s". */
export function goDuration(ms: number): string {
  if (ms === 0) return '0s'
  const sign = ms < 0 ? '-' : ''
  let rest = Math.abs(ms)
  if (rest < 1e-3) return `${sign}${Math.round(rest * 1e6)}ns`
  if (rest < 1) return `${sign}${rest * 1000}µs`
  if (rest < SECOND) return `${sign}${rest}ms`
  const hours = Math.floor(rest / HOUR)
  rest -= hours * HOUR
  const minutes = Math.floor(rest / MINUTE)
  rest -= minutes * MINUTE
  const seconds = `${rest / SECOND}s`
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`
}

const UNITS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: SECOND, m: MINUTE, h: HOUR }

/** The milliseconds of a Go duration ("1h30m", "500ms", "0"), or the words of time.ParseDuration's error. */
export function parseGoDuration(text: string): number | { readonly error: string } {
  const quoted = JSON.stringify(text)
  const match = /^([-+]?)(.*)$/s.exec(text)
  const sign = match?.[1] === '-' ? -1 : 1
  let rest = match?.[2] ?? ''
  if (rest === '0') return 0
  if (rest === '') return { error: `time: invalid duration ${quoted}` }
  let total = 0
  while (rest !== '') {
    const part = /^(\d+\.?\d*|\.\d+)([^\d.]*)/.exec(rest)
    if (part === null) return { error: `time: invalid duration ${quoted}` }
    const unit = part[2] ?? ''
    if (unit === '') return { error: `time: missing unit in duration ${quoted}` }
    const factor = UNITS[unit]
    if (factor === undefined) return { error: `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}` }
    total += Number(part[1]) * factor
    rest = rest.slice(part[0].length)
  }
  return sign * total
}
