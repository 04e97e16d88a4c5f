import type { Matcher } from '../extension.ts'
import {
  GUIDED_PORTS,
  type PortRange,
  portMatches,
  portNativeForm,
  portsRefuse,
  portsSave,
  portsText,
  turnInverted,
} from './ports.ts'

/** libxt_udp.c, xt_tcpudp.c */
export const udp: Matcher = {
  name: 'udp',
  options: GUIDED_PORTS,
  finish: turnInverted,
  print: (d, env) =>
    `udp${portsText('spt', d['sport'] as PortRange, d['sportInv'] === true, 'udp', env)}${portsText('dpt', d['dport'] as PortRange, d['dportInv'] === true, 'udp', env)}`,
  save: (d) =>
    portsSave('sport', d['sport'] as PortRange, d['sportInv'] === true) +
    portsSave('dport', d['dport'] as PortRange, d['dportInv'] === true),
  refuse: (d, { rule }) => portsRefuse(d, rule, 17, udp.nativeForm),
  nativeForm: (d) => {
    const ports = [portNativeForm(d['sport'] as PortRange), portNativeForm(d['dport'] as PortRange)]
    if (ports.includes('unreadable')) return 'unreadable'
    return ports.includes('native') ? 'native' : 'blob'
  },
  matches: (d, { packet }) =>
    packet.proto === 17 &&
    portMatches(packet.sport, d['sport'] as PortRange, d['sportInv'] === true) &&
    portMatches(packet.dport, d['dport'] as PortRange, d['dportInv'] === true),
}
