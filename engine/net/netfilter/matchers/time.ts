import { parameterProblem } from '../errors.ts'
import type { Matcher } from '../extension.ts'
import { scanUint } from '../numbers.ts'

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
/** INT_MAX: no end. */
const LAST = 2 ** 31 - 1

function parseTime(text: string): number {
  const parts = text.split(':')
  const [h = Number.NaN, m = Number.NaN, s = 0] = parts.map((part) => (/^\d{1,2}$/.test(part) ? Number(part) : Number.NaN))
  if (parts.length < 2 || parts.length > 3 || !(h < 24 && m < 60 && s < 60))
    parameterProblem(`invalid time "${text}" specified, should be hh:mm[:ss] format and within the boundaries`)
  return h * 3600 + m * 60 + s
}

function timeText(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}

/** "2026-01-02[T10[:20[:30]]]" as seconds since the epoch (time_parse_date). */
function parseDate(text: string): number {
  const match = /^(\d{4})(?:-(\d\d?)(?:-(\d\d?)(?:T(\d\d?)(?::(\d\d?)(?::(\d\d?))?)?)?)?)?$/.exec(text)
  if (match === null) return parameterProblem(`invalid date "${text}" specified. Should be YYYY[-MM[-DD[Thh[:mm[:ss]]]]]`)
  const part = (at: number, otherwise: number) => (match[at] === undefined ? otherwise : Number(match[at]))
  return Date.UTC(part(1, 1970), part(2, 1) - 1, part(3, 1), part(4, 0), part(5, 0), part(6, 0)) / 1000
}

function dateText(seconds: unknown): string {
  return new Date((seconds as number) * 1000).toISOString().slice(0, 19)
}

/** libxt_time.c, xt_time.c: times, weekdays and dates in UTC; month days are not emulated. */
export const time: Matcher = {
  name: 'time',
  options: [
    {
      name: 'timestart',
      arg: true,
      use: ({ draft, arg }) => {
        draft['start'] = parseTime(arg)
      },
    },
    {
      name: 'timestop',
      arg: true,
      use: ({ draft, arg }) => {
        draft['stop'] = parseTime(arg)
      },
    },
    {
      name: 'datestart',
      arg: true,
      use: ({ draft, arg }) => {
        draft['dateStart'] = parseDate(arg)
      },
    },
    {
      name: 'datestop',
      arg: true,
      use: ({ draft, arg }) => {
        const at = parseDate(arg)
        if (at !== LAST) draft['dateStop'] = at
      },
    },
    {
      name: 'weekdays',
      arg: true,
      invert: true,
      use: ({ draft, arg, invert }) => {
        const given = arg.split(',').map((word) => {
          const number = scanUint(word)
          if (number !== undefined && number.rest === '') {
            if (number.value < 1 || number.value > 7) parameterProblem(`"${word}" is not a valid value for --weekdays`)
            return number.value - 1
          }
          // Two letters are looked at, more are taken for granted (time_parse_weekdays).
          const at = DAYS.findIndex((day) => word.length >= 2 && day.toLowerCase().startsWith(word.slice(0, 2).toLowerCase()))
          if (at < 0) parameterProblem(`${word} is not a valid day specifier`)
          return at
        })
        draft['weekdays'] = DAYS.map((_, at) => at).filter((at) => given.includes(at) !== invert)
      },
    },
    { name: 'utc', type: { kind: 'none' }, key: '_utc' },
    { name: 'kerneltz', type: { kind: 'none' }, key: 'kerneltz' },
  ],
  knownOptions: ['monthdays'],
  finish: (draft) => {
    const start = (draft['start'] as number | undefined) ?? 0
    const stop = (draft['stop'] as number | undefined) ?? 86399
    delete draft['start']
    delete draft['stop']
    // The whole day is no time of day.
    if (start !== 0 || stop !== 86399) Object.assign(draft, { start, stop })
  },
  print: (d) => {
    let text = 'TIME'
    if (d['start'] !== undefined || d['stop'] !== undefined)
      text += ` from ${timeText((d['start'] as number) ?? 0)} to ${timeText((d['stop'] as number) ?? 86399)}`
    if (d['weekdays'] !== undefined) text += ` on ${days(d['weekdays'])}`
    if (d['dateStart'] !== undefined) text += ` starting from ${dateText(d['dateStart']).replace('T', ' ')}`
    if (d['dateStop'] !== undefined) text += ` until date ${dateText(d['dateStop']).replace('T', ' ')}`
    return d['kerneltz'] ? `${text} kerneltz` : `${text} UTC`
  },
  save: (d) =>
    `${d['start'] === undefined && d['stop'] === undefined ? '' : ` --timestart ${timeText((d['start'] as number) ?? 0)} --timestop ${timeText((d['stop'] as number) ?? 86399)}`}${
      d['weekdays'] === undefined ? '' : ` --weekdays ${days(d['weekdays'])}`
    }${d['dateStart'] === undefined ? '' : ` --datestart ${dateText(d['dateStart'])}`} --datestop ${dateText(d['dateStop'] ?? LAST)}${d['kerneltz'] ? ' --kerneltz' : ''}`,
  matches: (d, _, { hook }) => {
    const date = hook.now / 1000
    if (date < ((d['dateStart'] as number | undefined) ?? 0) || date > ((d['dateStop'] as number | undefined) ?? LAST))
      return false
    const at = new Date(hook.now)
    const seconds = at.getUTCHours() * 3600 + at.getUTCMinutes() * 60 + at.getUTCSeconds()
    const start = (d['start'] as number | undefined) ?? 0
    const stop = (d['stop'] as number | undefined) ?? 86399
    // A span that ends where it begins, or before, goes over midnight (time_mt).
    const within = start < stop ? seconds >= start && seconds <= stop : seconds >= start || seconds <= stop
    const weekdays = d['weekdays'] as readonly number[] | undefined
    return within && (weekdays === undefined || weekdays.includes((at.getUTCDay() + 6) % 7))
  },
}

function days(value: unknown): string {
  return (value as readonly number[]).map((at) => DAYS[at]).join(',')
}
