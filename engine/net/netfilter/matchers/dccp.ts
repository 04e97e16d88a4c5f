import type { Matcher } from '../extension.ts'
import { GUIDED_PORTS, type PortRange, portMatches, portsSave, portsText } from './ports.ts'

/** libxt_dccp.c: ports only; DCCP packet types and options are not emulated. */
export const dccp: Matcher = {
  name: 'dccp',
  options: GUIDED_PORTS,
  knownOptions: ['dccp-types', 'dccp-option'],
  print: (d, env) =>
    `dccp${portsText('spt', d['sport'] as PortRange, d['sportInv'] === true, 'dccp', env)}${portsText('dpt', d['dport'] as PortRange, d['dportInv'] === true, 'dccp', env)}`,
  save: (d) =>
    portsSave('sport', d['sport'] as PortRange, d['sportInv'] === true) +
    portsSave('dport', d['dport'] as PortRange, d['dportInv'] === true),
  refuse: (_, { rule }) => (rule.filter.proto === 33 && !rule.filter.protoInv ? undefined : 'EINVAL'),
  matches: (d, { packet }) =>
    packet.proto === 33 &&
    portMatches(packet.sport, d['sport'] as PortRange, d['sportInv'] === true) &&
    portMatches(packet.dport, d['dport'] as PortRange, d['dportInv'] === true),
}
