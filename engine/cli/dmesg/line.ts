import type { KernelLine } from '../../net/kernel-log.ts'

/** Names in the order of their numbers (syslog.h). */
export const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug']
export const FACILITIES = ['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp']

export interface LineStyle {
  readonly bootedAt: number
  readonly time: 'uptime' | 'ctime' | 'delta' | 'none'
  readonly raw: boolean
  readonly decode: boolean
  readonly color: boolean
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (n: number) => String(n).padStart(2, '0')

/** Seconds since the machine started, to the microsecond. */
function uptime(line: KernelLine, bootedAt: number): string {
  return ((line.at - bootedAt) / 1000).toFixed(6)
}

function ctime(at: number): string {
  const t = new Date(Math.floor(at))
  const clock = `${two(t.getUTCHours())}:${two(t.getUTCMinutes())}:${two(t.getUTCSeconds())}`
  return `${DAYS[t.getUTCDay()]} ${MONTHS[t.getUTCMonth()]} ${String(t.getUTCDate()).padStart(2)} ${clock} ${t.getUTCFullYear()}`
}

const paint = (code: string, text: string, on: boolean) => (on && text !== '' ? `\x1b[${code}m${text}\x1b[0m` : text)
/** What a message's level adds to it (dmesg.c: default_color of its schemes). */
const LEVEL_COLORS: Readonly<Record<number, string>> = { 1: '7;31', 2: '1;31', 3: '31', 4: '1' }

/** print_record of dmesg.c */
export function lineText(line: KernelLine, before: KernelLine | undefined, style: LineStyle): string {
  if (style.raw) return `<${line.level}>[${uptime(line, style.bootedAt).padStart(12)}] ${line.text}\n`
  const decoded = style.decode ? `${'kern'.padEnd(6)}:${(LEVELS[line.level] as string).padEnd(6)}: ` : ''
  const stamp = stampText(line, before, style)
  const subsystem = style.color ? (/^[^:]+: /.exec(line.text)?.[0] ?? '') : ''
  const message = line.text.slice(subsystem.length)
  const level = LEVEL_COLORS[line.level]
  const body = style.color && level !== undefined ? paint(level, message, true) : message
  return `${decoded}${paint('32', stamp, style.color)}${paint('33', subsystem, style.color)}${body}\n`
}

function stampText(line: KernelLine, before: KernelLine | undefined, style: LineStyle): string {
  if (style.time === 'none') return ''
  if (style.time === 'ctime') return `[${ctime(line.at)}] `
  const seconds = uptime(line, style.bootedAt).padStart(12)
  if (style.time === 'uptime') return `[${seconds}] `
  const delta = before === undefined ? 0 : (line.at - before.at) / 1000
  return `[${seconds} <${delta.toFixed(6).padStart(12)}>] `
}

/** dmesg -J */
export function printJson(lines: readonly KernelLine[], bootedAt: number): string {
  if (lines.length === 0) return '{\n   "dmesg": [\n\n   ]\n}\n'
  const items = lines.map(
    (line) =>
      `{\n         "pri": ${line.level},\n         "time": ${uptime(line, bootedAt).padStart(12)},\n         "msg": ${JSON.stringify(line.text)}\n      }`,
  )
  return `{\n   "dmesg": [\n      ${items.join(',')}\n   ]\n}\n`
}
