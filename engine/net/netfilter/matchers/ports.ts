import { dialectOf } from '../dialect.ts'
import { type Errno, parameterProblem } from '../errors.ts'
import type { Draft, ExtensionOption, Matcher, OptionUse, ParseEnv, PrintEnv } from '../extension.ts'
import type { NameService } from '../names.ts'
import { parseUint } from '../numbers.ts'
import type { ExtensionData, Rule } from '../rule.ts'

/** xtables_parse_port: a number or a service's name. */
export function parsePort(text: string, proto: string | undefined, names: NameService): number {
  const number = parseUint(text, 65535)
  if (number !== undefined) return number
  const service = /^\d/.test(text) ? undefined : names.servicePort(text, proto)
  return service ?? parameterProblem(`invalid port/service \`${text}' specified`)
}

/** "80", "80:90", ":90", "80:" (parse_tcp_ports, parse_udp_ports). */
export function parsePortRange(text: string, proto: string, names: NameService): [number, number] {
  const colon = text.indexOf(':')
  if (colon < 0) {
    const port = parsePort(text, proto, names)
    return [port, port]
  }
  const low = text.slice(0, colon)
  const high = text.slice(colon + 1)
  const from = low === '' ? 0 : parsePort(low, proto, names)
  const to = high === '' ? 65535 : parsePort(high, proto, names)
  if (from > to) parameterProblem('invalid portrange (min > max)')
  return [from, to]
}

/** --sport and --dport with their aliases as tcp and sctp read them by themselves. */
export function portOptions(proto: string): readonly ExtensionOption[] {
  const take = (key: string, long: string) => (use: OptionUse) => {
    if (use.draft[`_${key}`]) parameterProblem(`Only one \`--${long}' allowed`)
    use.draft[`_${key}`] = true
    const range = parsePortRange(use.arg, proto, use.env.names)
    if (range[0] !== 0 || range[1] !== 65535 || use.invert) use.draft[key] = range
    if (use.invert) use.draft[`${key}Inv`] = true
  }
  return [
    { name: 'source-port', arg: true, ownChecks: true, use: take('sport', 'source-port') },
    { name: 'sport', arg: true, ownChecks: true, use: take('sport', 'source-port') },
    { name: 'destination-port', arg: true, ownChecks: true, use: take('dport', 'destination-port') },
    { name: 'dport', arg: true, ownChecks: true, use: take('dport', 'destination-port') },
  ]
}

/** The same options as udp and dccp leave them to libxtables (XTTYPE_PORTRC). */
export const GUIDED_PORTS: readonly ExtensionOption[] = (['sport', 'dport'] as const).flatMap((key) => {
  const long = key === 'sport' ? 'source-port' : 'destination-port'
  return [long, key].map(
    (name): ExtensionOption => ({
      name,
      same: long,
      arg: true,
      type: { kind: 'ports' },
      invert: true,
      use: ({ draft, value, invert }) => {
        const [low, high] = value as readonly [number, number]
        if (low !== 0 || high !== 65535 || invert) draft[key] = [low, high]
        if (invert) draft[`${key}Inv`] = true
      },
    }),
  )
})

export type PortRange = readonly [number, number]

/** "dpt:80", "dpts:!1:100" as -L shows it (print_ports). */
export function portsText(label: string, range: PortRange | undefined, invert: boolean, proto: string, env: PrintEnv): string {
  if (range === undefined) return ''
  const name = (port: number) => (env.numeric ? undefined : env.names.serviceName(port, proto)) ?? String(port)
  const bang = invert ? '!' : ''
  return range[0] === range[1] ? ` ${label}:${bang}${name(range[0])}` : ` ${label}s:${bang}${name(range[0])}:${name(range[1])}`
}

/** " ! --dport 80" as -S shows it. */
export function portsSave(option: string, range: PortRange | undefined, invert: boolean): string {
  if (range === undefined) return ''
  return `${invert ? ' !' : ''} --${option} ${range[0] === range[1] ? range[0] : `${range[0]}:${range[1]}`}`
}

/** Whether a port lies in the range; a packet without ports (a later fragment) never matches. */
export function portMatches(port: number | undefined, range: PortRange | undefined, invert: boolean): boolean {
  if (range === undefined) return true
  if (port === undefined) return false
  return (port >= range[0] && port <= range[1]) !== invert
}

/**
 * The form in which nft writers of 1.8.8 and later store a port: equal and "up to" become a plain compare, other ranges a
 * `range` expression that 1.8.7 does not know.
 */
export function portNativeForm(range: PortRange | undefined): 'none' | 'native' | 'unreadable' {
  if (range === undefined) return 'none'
  return range[0] === range[1] || range[0] === 0 ? 'native' : 'unreadable'
}

/** xt_tcpudp.c wants its protocol; expressions that nft writers put in its place ask for nothing. */
export function portsRefuse(d: ExtensionData, rule: Rule, proto: number, form: Matcher['nativeForm']): Errno | undefined {
  if (rule.filter.proto === proto && !rule.filter.protoInv) return undefined
  return dialectOf(rule.writer).writesNative && form?.(d, rule) !== 'blob' ? undefined : 'EINVAL'
}

/** Expressions have no "not up to": nft writers of 1.8.8 and later store "! --dport :80" as "81:". */
export function turnInverted(draft: Draft, { dialect }: ParseEnv): void {
  if (!dialect.writesNative || draft['option'] !== undefined) return
  for (const key of ['sport', 'dport']) {
    const range = draft[key] as PortRange | undefined
    if (!draft[`${key}Inv`] || range === undefined || range[0] !== 0 || range[1] === 0 || range[1] === 65535) continue
    draft[key] = [range[1] + 1, 65535]
    delete draft[`${key}Inv`]
  }
}
