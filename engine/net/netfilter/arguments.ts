import type { Counters } from './chain.ts'
import { parameterProblem } from './errors.ts'

/** xtables_parse_interface */
export function parseDevice(name: string, warn: (text: string) => void): string {
  if (name.length > 15) parameterProblem(`interface name \`${name}' must be shorter than IFNAMSIZ (15)`)
  if (/[/ ]/.test(name)) warn(`Warning: weird character in interface \`${name}' ('/' and ' ' are not allowed by the kernel).\n`)
  return name
}

/** "PKTS,BYTES", or "PKTS" with the bytes as the next word. */
export function parseCounters(arg: string, next: () => string | undefined, option: string): Counters {
  const comma = arg.indexOf(',', 1)
  const packets = comma < 0 ? arg : arg.slice(0, comma)
  const bytes = comma < 0 ? next() : arg.slice(comma + 1)
  if (bytes === undefined) return parameterProblem(`${option} requires packet and byte counter`)
  if (!/^\s*\d/.test(packets)) parameterProblem(`${option} packet counter not numeric`)
  if (!/^\s*\d/.test(bytes)) parameterProblem(`${option} byte counter not numeric`)
  return [Number.parseInt(packets, 10), Number.parseInt(bytes, 10)]
}
