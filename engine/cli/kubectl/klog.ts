import type { Invocation } from './invocation.ts'

/** From here on errors are logged with keys and values (apimachinery runtime.HandleError). */
const STRUCTURED_SINCE = 31
/** A process id: no command has one of its own here. */
const PID = 4242

type Logging = Pick<Invocation, 'now'>

/** klog's header: severity, date, time, process and place ("F1123 01:33:20.788000    4242 sorter.go:375]"). */
export function klogHead(call: Logging, severity: 'I' | 'W' | 'E' | 'F', where: string): string {
  const two = (n: number, size = 2) => String(n).padStart(size, '0')
  const at = new Date(call.now)
  const day = `${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())}`
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}.${two(at.getUTCMilliseconds(), 3)}000`
  return `${severity}${day} ${time} ${String(PID).padStart(7)} ${where}]`
}

/** A line of kubectl's own log: "E1123 01:40:22.123456    4242 file.go:1] …". */
export function klogError(call: Invocation, where: string, text: string): void {
  const words = call.minor >= STRUCTURED_SINCE ? `"Unhandled Error" err=${quotedText(text)}` : text
  call.err(`${klogHead(call, 'E', where)} ${words}\n`)
}

/** klog writes a text with a line break as a block, and any other quoted. */
export function quotedText(text: string): string {
  return text.includes('\n') ? `<\n\t${text.trimEnd().replaceAll('\n', '\n\t')}\n >` : JSON.stringify(text)
}
