import { parseGoDuration } from './duration.ts'

/** A crontab line as Kubernetes reads it (robfig/cron ParseStandard): sets of minutes, hours and days, or a plain interval. */
export interface CronSchedule {
  readonly minute: ReadonlySet<number>
  readonly hour: ReadonlySet<number>
  readonly dom: ReadonlySet<number>
  readonly month: ReadonlySet<number>
  readonly dow: ReadonlySet<number>
  /** Whether day of month or day of week is unrestricted: then both must fit, else one is enough. */
  readonly anyDay: boolean
  /** "@every 1h30m" in ms. */
  readonly every?: number
}

interface Bounds {
  readonly min: number
  readonly max: number
  readonly names?: readonly string[]
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
]

const NAMED: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

class Unreadable extends Error {}

function int(text: string): number {
  if (!/^[-+]?\d+$/.test(text))
    throw new Unreadable(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  const value = Number(text)
  if (value < 0) throw new Unreadable(`negative number (${value}) not allowed: ${text}`)
  return value
}

function intOrName(text: string, { min, names }: Bounds): number {
  const at = names?.indexOf(text.toLowerCase()) ?? -1
  return at < 0 ? int(text) : at + min
}

/** One range of a field ("*", "1-5", "10/3"); the second value says whether it was a star that leaves nothing out (getRange). */
function range(text: string, bounds: Bounds): { readonly values: readonly number[]; readonly isStar: boolean } {
  const parts = text.split('/')
  const ends = (parts[0] as string).split('-')
  let { min: start, max: end } = bounds
  let isStar = ends[0] === '*' || ends[0] === '?'
  if (!isStar) {
    start = intOrName(ends[0] as string, bounds)
    if (ends.length > 2) throw new Unreadable(`too many hyphens: ${text}`)
    end = ends.length === 1 ? start : intOrName(ends[1] as string, bounds)
  }
  let step = 1
  if (parts.length > 2) throw new Unreadable(`too many slashes: ${text}`)
  if (parts.length === 2) {
    step = int(parts[1] as string)
    if (ends.length === 1) end = bounds.max
    if (step > 1) isStar = false
  }
  if (start < bounds.min) throw new Unreadable(`beginning of range (${start}) below minimum (${bounds.min}): ${text}`)
  if (end > bounds.max) throw new Unreadable(`end of range (${end}) above maximum (${bounds.max}): ${text}`)
  if (start > end) throw new Unreadable(`beginning of range (${start}) beyond end of range (${end}): ${text}`)
  if (step === 0) throw new Unreadable(`step of range should be a positive number: ${text}`)
  const values: number[] = []
  for (let value = start; value <= end; value += step) values.push(value)
  return { values, isStar }
}

function field(text: string, bounds: Bounds): { readonly values: ReadonlySet<number>; readonly isStar: boolean } {
  const ranges = text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => range(part, bounds))
  return { values: new Set(ranges.flatMap((r) => r.values)), isStar: ranges.some((r) => r.isStar) }
}

/** The schedule, or what is wrong with it in the words of robfig/cron. */
export function parseCron(text: string): CronSchedule | { readonly error: string } {
  if (text === '') return { error: 'empty spec string' }
  let spec = text
  if (spec.startsWith('TZ=') || spec.startsWith('CRON_TZ=')) {
    const space = spec.indexOf(' ')
    if (space < 0) return { error: 'invalid schedule format: runtime error: slice bounds out of range [:-1]' }
    const zone = spec.slice(spec.indexOf('=') + 1, space)
    if (zone !== '' && !isTimeZone(zone)) return { error: `provided bad location ${zone}: unknown time zone ${zone}` }
    spec = spec.slice(space).trim()
  }
  if (spec.startsWith('@every ')) {
    const every = parseGoDuration(spec.slice(7))
    if (typeof every !== 'number') return { error: `failed to parse duration ${spec}: ${every.error}` }
    return { ...(parseCron('* * * * *') as CronSchedule), every: Math.max(1000, Math.floor(every / 1000) * 1000) }
  }
  if (spec.startsWith('@')) {
    const named = NAMED[spec]
    return named === undefined ? { error: `unrecognized descriptor: ${spec}` } : parseCron(named)
  }
  const fields = spec.split(/\s+/).filter((f) => f !== '')
  if (fields.length !== 5) return { error: `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]` }
  try {
    const [minute, hour, dom, month, dow] = fields.map((f, i) => field(f, FIELDS[i] as Bounds)) as [F, F, F, F, F]
    return {
      minute: minute.values,
      hour: hour.values,
      dom: dom.values,
      month: month.values,
      dow: dow.values,
      anyDay: dom.isStar || dow.isStar,
    }
  } catch (error) {
    if (error instanceof Unreadable) return { error: error.message }
    throw error
  }
}

type F = ReturnType<typeof field>

/** Whether the IANA database has such a zone. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** What a clock on the wall of a zone shows, as if it were UTC. */
function wallClock(at: number, zone: string | undefined): number {
  if (zone === undefined || zone === 'UTC' || zone === 'Etc/UTC') return at
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const part = Object.fromEntries(format.formatToParts(new Date(at)).map(({ type, value }) => [type, Number(value)]))
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 86_400_000

/** The next time strictly after `after` (ms); undefined if there is none within five years. */
export function nextCron(schedule: CronSchedule, after: number, zone?: string): number | undefined {
  if (schedule.every !== undefined) return Math.floor((after + schedule.every) / 1000) * 1000
  const fits = (wall: number): 'yes' | number => {
    const d = new Date(wall)
    if (!schedule.month.has(d.getUTCMonth() + 1)) return Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + 1, 1)
    const [dom, dow] = [schedule.dom.has(d.getUTCDate()), schedule.dow.has(d.getUTCDay())]
    if (!(schedule.anyDay ? dom && dow : dom || dow)) return (Math.floor(wall / DAY) + 1) * DAY
    if (!schedule.hour.has(d.getUTCHours())) return (Math.floor(wall / HOUR) + 1) * HOUR
    return schedule.minute.has(d.getUTCMinutes()) ? 'yes' : wall + MINUTE
  }
  const begin = wallClock(after, zone)
  let wall = (Math.floor(begin / MINUTE) + 1) * MINUTE
  while (wall - begin < 5 * 366 * DAY) {
    const step = fits(wall)
    if (step !== 'yes') {
      wall = step
      continue
    }
    // Back from the wall to the time: twice, because the offset may change on the way.
    let at = wall - (wallClock(wall, zone) - wall)
    at = wall - (wallClock(at, zone) - at)
    // A time that the change to summer leaves out does not come that day.
    if (at > after && wallClock(at, zone) === wall) return at
    wall += MINUTE
  }
  return undefined
}

/** A time as RFC 3339 writes it in a zone: "2026-11-22T19:00:00+07:00". */
export function rfc3339In(at: number, zone?: string): string {
  const wall = wallClock(at, zone)
  const offset = Math.round((wall - at) / MINUTE)
  const text = new Date(wall).toISOString().slice(0, 19)
  if (offset === 0) return `${text}Z`
  const two = (n: number) => String(n).padStart(2, '0')
  const abs = Math.abs(offset)
  return `${text}${offset < 0 ? '-' : '+'}${two(Math.floor(abs / 60))}:${two(abs % 60)}`
}
