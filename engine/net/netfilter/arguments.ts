import type { Counters } from './chain.ts'
import type { Dialect } from './dialect.ts'
import { parameterProblem } from './errors.ts'
import { parseUint } from './numbers.ts'

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

/** A rule's number behind -I, -R, -L, -S and -Z (parse_rulenumber). */
export function parseRuleNumber(text: string): number {
  const value = parseUint(text, 0x7fffffff)
  return value === undefined || value === 0 ? parameterProblem(`Invalid rule number \`${text}'`) : value
}

/** A rule's number behind -D, which later versions read as the start of a range (parse_rule_range). */
export function parseDeleteNumber(text: string, dialect: Dialect): number {
  if (!dialect.readsRuleRanges) return parseRuleNumber(text)
  if (text.includes(':')) parameterProblem('Rule ranges are not supported')
  const value = /^\s*[-+]?\d+$/.test(text) ? Number(text) : 0
  return value === 0 ? parameterProblem(`Invalid rule number \`${text}'`) : value
}

/** Seconds of -w, as sscanf("%i") reads them: what follows a number is ignored. */
export function parseWait(text: string): number {
  const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|\d+)/.exec(text)
  if (match === null) return parameterProblem('wait seconds not numeric')
  return (match[1] === '-' ? -1 : 1) * Number(match[2])
}

/** Microseconds of -W, which only 1.8.7 uses. */
export function parseWaitInterval(text: string | undefined): number {
  if (text === undefined) return parameterProblem('wait interval value required')
  if (!/^\s*[-+]?\d/.test(text)) parameterProblem('wait interval not numeric')
  const usec = Number.parseInt(text, 10)
  return usec > 999999 ? parameterProblem(`too long usec wait ${usec} > 999999 usec`) : usec
}
