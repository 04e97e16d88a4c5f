import type { Protocol } from './ast.ts'

/** Words that name a protocol (scanner.l). */
export const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  ether: 'ether',
  link: 'ether',
  ip: 'ip',
  ip6: 'ip6',
  arp: 'arp',
  rarp: 'rarp',
  tcp: 'tcp',
  udp: 'udp',
  sctp: 'sctp',
  icmp: 'icmp',
  icmp6: 'icmp6',
  igmp: 'igmp',
  esp: 'esp',
  ah: 'ah',
  pim: 'pim',
  vrrp: 'vrrp',
}

/** IP protocol numbers of those that have one. */
export const IP_PROTOCOL: Readonly<Partial<Record<Protocol, number>>> = {
  tcp: 6,
  udp: 17,
  sctp: 132,
  icmp: 1,
  icmp6: 58,
  igmp: 2,
  esp: 50,
  ah: 51,
  pim: 103,
  vrrp: 112,
}

/** Names that stand for numbers in comparisons. */
export const CONSTANTS: Readonly<Record<string, number>> = {
  tcpflags: 13,
  'tcp-fin': 1,
  'tcp-syn': 2,
  'tcp-rst': 4,
  'tcp-push': 8,
  'tcp-ack': 16,
  'tcp-urg': 32,
  'tcp-ece': 64,
  'tcp-cwr': 128,
  icmptype: 0,
  icmpcode: 1,
  'icmp-echoreply': 0,
  'icmp-unreach': 3,
  'icmp-sourcequench': 4,
  'icmp-redirect': 5,
  'icmp-echo': 8,
  'icmp-routeradvert': 9,
  'icmp-routersolicit': 10,
  'icmp-timxceed': 11,
  'icmp-paramprob': 12,
  'icmp-tstamp': 13,
  'icmp-tstampreply': 14,
  'icmp-ireq': 15,
  'icmp-ireqreply': 16,
  'icmp-maskreq': 17,
  'icmp-maskreply': 18,
  icmp6type: 0,
  icmp6code: 1,
  'icmp6-destinationrunreach': 1,
  'icmp6-packettoobig': 2,
  'icmp6-timeexceeded': 3,
  'icmp6-parameterproblem': 4,
  'icmp6-echo': 128,
  'icmp6-echoreply': 129,
  'icmp6-routersolicit': 133,
  'icmp6-routeradvert': 134,
  'icmp6-neighborsolicit': 135,
  'icmp6-neighboradvert': 136,
}

/** Primitives of the real language that this one does not emulate: about headers and devices that no frame here has. */
export const UNEMULATED_WORDS: readonly string[] =
  'vlan mpls pppoed pppoes geneve vxlan atm lane llc metac bcc sc ilmic vpi vci oam oamf4 oamf4ec oamf4sc decnet lat moprc mopdl iso esis isis clnp stp ipx netbeui aarp atalk ifname on rset ruleset ruleno rnum srnr subrulenum reason rulenum action protochain wlan type subtype dir fddi tr ppp slip radio'.split(
    ' ',
  )

/** Words that are no names unless a backslash stands before them. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ...Object.keys(PROTOCOLS),
  ...Object.keys(CONSTANTS),
  ...UNEMULATED_WORDS,
  ...'gateway host net port portrange proto src dst and or not less greater len length broadcast multicast inbound outbound mask netmask'.split(
    ' ',
  ),
])
