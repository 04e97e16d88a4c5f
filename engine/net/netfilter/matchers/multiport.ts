import { parameterProblem } from '../errors.ts'
import type { Matcher, OptionUse, PrintEnv } from '../extension.ts'
import type { ExtensionData } from '../rule.ts'
import { parsePort } from './ports.ts'

type Ports = readonly (readonly [number, number])[]
const PROTOCOLS: Readonly<Record<number, string>> = { 6: 'tcp', 17: 'udp', 136: 'udplite', 132: 'sctp', 33: 'dccp' }
const WHICH = ['sports', 'dports', 'ports']

function take(which: string) {
  return ({ draft, arg, invert, env }: OptionUse) => {
    if (env.protoInv) parameterProblem('multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP')
    if (env.proto === 0) parameterProblem("multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'")
    const proto = PROTOCOLS[env.proto]
    if (proto === undefined) parameterProblem('multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP')
    if (draft['which'] !== undefined) parameterProblem('multiport can only have one option')
    const ports = arg.split(',').map((item): [number, number] => {
      const colon = item.indexOf(':')
      if (colon < 0) {
        const port = parsePort(item, proto, env.names)
        return [port, port]
      }
      const low = parsePort(item.slice(0, colon), proto, env.names)
      const high = parsePort(item.slice(colon + 1), proto, env.names)
      if (low >= high) parameterProblem('invalid portrange specified')
      return [low, high]
    })
    if (ports.reduce((n, [low, high]) => n + (low === high ? 1 : 2), 0) > 15) parameterProblem('too many ports specified')
    draft['which'] = which
    draft['ports'] = ports
    if (invert) draft['inv'] = true
  }
}

function list(d: ExtensionData, env: PrintEnv | undefined): string {
  const name = (port: number) =>
    (env === undefined || env.numeric ? undefined : env.names.serviceName(port, PROTOCOLS[env.proto])) ?? String(port)
  return (d['ports'] as Ports).map(([low, high]) => (low === high ? name(low) : `${name(low)}:${name(high)}`)).join(',')
}

/** libxt_multiport.c, xt_multiport.c (revision 1) */
export const multiport: Matcher = {
  name: 'multiport',
  options: [
    { name: 'source-ports', arg: true, invert: true, use: take('sports') },
    { name: 'sports', same: 'source-ports', arg: true, invert: true, use: take('sports') },
    { name: 'destination-ports', arg: true, invert: true, use: take('dports') },
    { name: 'dports', same: 'destination-ports', arg: true, invert: true, use: take('dports') },
    { name: 'ports', arg: true, invert: true, use: take('ports') },
  ],
  finish: (draft, { dialect }) => {
    if (draft['which'] === undefined)
      parameterProblem(dialect.longOptionNames ? 'no ports specified' : 'multiport expection an option')
  },
  print: (d, env) => `multiport ${d['which']} ${d['inv'] ? ' !' : ''}${list(d, env)}`,
  save: (d) => `${d['inv'] ? ' !' : ''} --${d['which']} ${list(d, undefined)}`,
  refuse: (_, { rule }) => (PROTOCOLS[rule.filter.proto ?? 0] !== undefined && !rule.filter.protoInv ? undefined : 'EINVAL'),
  matches: (d, { packet }) => {
    if (packet.sport === undefined || packet.dport === undefined) return false
    const hit = (port: number) => (d['ports'] as Ports).some(([low, high]) => port >= low && port <= high)
    const [first, second] = WHICH
    const found =
      d['which'] === first
        ? hit(packet.sport)
        : d['which'] === second
          ? hit(packet.dport)
          : hit(packet.sport) || hit(packet.dport)
    return found !== (d['inv'] === true)
  },
}
