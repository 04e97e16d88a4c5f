import type { Dialect } from './dialect.ts'
import { parameterProblem } from './errors.ts'
import { type NameService, NO_NAMES } from './names.ts'
import { parseUint } from './numbers.ts'

/** xtables_parse_protocol */
export function parseProtocol(text: string, names: NameService, dialect: Dialect): number {
  const number = parseUint(text, 255)
  if (number !== undefined) return number
  const known = names.protocolNumber(text) ?? dialect.chainProtocols.find(([name]) => name === text)?.[1]
  return known ?? parameterProblem(`unknown protocol "${text}" specified`)
}

/** proto_to_name: what libc says (unless `nolookup`), else xtables' own table; undefined where only the number is left. */
export function protocolName(proto: number, nolookup: boolean, names: NameService, dialect: Dialect): string | undefined {
  const own = chainName(proto, dialect)
  if (proto === 0 || nolookup || (own !== undefined && dialect.ownProtocolsFirst)) return own
  return names.protocolName(proto) ?? own
}

/** How -S writes a protocol. A program without name databases has xtables' own names in every version. */
export function savedProtocol(proto: number, names: NameService, dialect: Dialect): string {
  if (dialect.saveProtocol === 'libc' && names !== NO_NAMES) return names.protocolName(proto) ?? String(proto)
  return protocolName(proto, dialect.saveProtocol === 'own', names, dialect) ?? String(proto)
}

const chainNames = new WeakMap<Dialect, Map<number, string>>()

/** xtables' own name for a protocol: the first of its table. */
function chainName(proto: number, dialect: Dialect): string | undefined {
  let names = chainNames.get(dialect)
  if (names === undefined) {
    names = new Map([...dialect.chainProtocols].reverse().map(([name, number]) => [number, name]))
    chainNames.set(dialect, names)
  }
  return names.get(proto)
}

/** The match that `-p PROTO` brings along when one of its options is used. */
export function protocolMatch(proto: number): string | undefined {
  return { 1: 'icmp', 6: 'tcp', 17: 'udp', 33: 'dccp', 50: 'esp', 51: 'ah', 58: 'icmp6', 132: 'sctp' }[proto]
}
