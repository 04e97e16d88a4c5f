import type { Cidr, IpFamily } from '../../base/ip.ts'
import { isLoopback, matching } from '../addresses.ts'
import { fixed, type RuleLine, rule } from './rule-line.ts'

/** A rule in a built-in chain that leads into one of kube-proxy's (iptablesJumpChains in proxier.go). */
export interface Jump {
  readonly table: 'filter' | 'nat'
  readonly from: string
  readonly to: string
  /** Matches of the rule, as on a command line. */
  readonly match: string
}

const newConnections = '-m conntrack --ctstate NEW '
const jump = (table: Jump['table'], from: string, to: string, why: string, conntrack = ''): Jump => ({
  table,
  from,
  to,
  match: why === '' ? '' : `${conntrack}-m comment --comment "${why}"`,
})

/** In the order kube-proxy puts them in; each goes to the top, so the last one ends up first. */
export const JUMPS: readonly Jump[] = [
  jump('filter', 'INPUT', 'KUBE-EXTERNAL-SERVICES', 'kubernetes externally-visible service portals', newConnections),
  jump('filter', 'FORWARD', 'KUBE-EXTERNAL-SERVICES', 'kubernetes externally-visible service portals', newConnections),
  jump('filter', 'INPUT', 'KUBE-NODEPORTS', 'kubernetes health check service ports'),
  jump('filter', 'FORWARD', 'KUBE-SERVICES', 'kubernetes service portals', newConnections),
  jump('filter', 'OUTPUT', 'KUBE-SERVICES', 'kubernetes service portals', newConnections),
  jump('filter', 'FORWARD', 'KUBE-FORWARD', 'kubernetes forwarding rules'),
  jump('filter', 'INPUT', 'KUBE-PROXY-FIREWALL', 'kubernetes load balancer firewall', newConnections),
  jump('filter', 'OUTPUT', 'KUBE-PROXY-FIREWALL', 'kubernetes load balancer firewall', newConnections),
  jump('filter', 'FORWARD', 'KUBE-PROXY-FIREWALL', 'kubernetes load balancer firewall', newConnections),
  jump('nat', 'OUTPUT', 'KUBE-SERVICES', 'kubernetes service portals'),
  jump('nat', 'PREROUTING', 'KUBE-SERVICES', 'kubernetes service portals'),
  jump('nat', 'POSTROUTING', 'KUBE-POSTROUTING', 'kubernetes postrouting rules'),
  jump('filter', 'INPUT', 'KUBE-FIREWALL', ''),
  jump('filter', 'OUTPUT', 'KUBE-FIREWALL', ''),
]

/** Written at every sync; KUBE-FIREWALL joins them where kube-proxy has a rule of its own for it. */
export const FILTER_CHAINS = [
  'KUBE-SERVICES',
  'KUBE-EXTERNAL-SERVICES',
  'KUBE-FORWARD',
  'KUBE-NODEPORTS',
  'KUBE-PROXY-FIREWALL',
] as const
export const FIREWALL_CHAIN = 'KUBE-FIREWALL'
export const NAT_CHAINS = ['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-MARK-MASQ'] as const

export const CANARY = 'KUBE-PROXY-CANARY'
/** Where the canary sits; the first is looked at first (pkg/util/iptables, Monitor). */
export const CANARY_TABLES = ['mangle', 'nat', 'filter'] as const

/** nfacct object that counts what conntrack calls INVALID (pkg/proxy/metrics). */
export const INVALID_COUNTER = 'ct_state_invalid_dropped_pkts'

const mark = (bit: number) => `0x${(2 ** bit).toString(16)}`

/** The nat rules that are the same for every Service: the mark and the masquerade it asks for. */
export function natRules(masqueradeBit: number): readonly RuleLine[] {
  const m = mark(masqueradeBit)
  return [
    rule`-A ${'KUBE-POSTROUTING'} -m mark ! --mark ${fixed(`${m}/${m}`)} -j RETURN`,
    // The mark is taken off again, so that the packet is not masqueraded twice if it comes by here once more.
    rule`-A ${'KUBE-POSTROUTING'} -j MARK --xor-mark ${fixed(m)}`,
    rule`-A ${'KUBE-POSTROUTING'} -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully`,
    rule`-A ${'KUBE-MARK-MASQ'} -j MARK --or-mark ${fixed(m)}`,
  ]
}

export interface FilterOptions {
  readonly masqueradeBit: number
  readonly localhostNodePorts: boolean
  readonly conntrackTcpLiberal: boolean
  readonly counters: boolean
}

/** The filter rules that are the same for every Service. */
export function filterRules(options: FilterOptions): readonly RuleLine[] {
  const m = mark(options.masqueradeBit)
  const lines: RuleLine[] = []
  if (options.localhostNodePorts) {
    // route_localnet=1 opens 127.0.0.0/8 to neighbours (CVE-2020-8558); this closes it again.
    lines.push(
      rule`-A ${'KUBE-FIREWALL'} -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP`,
    )
  }
  if (!options.conntrackTcpLiberal) {
    const counter = fixed(options.counters ? `-m nfacct --nfacct-name ${INVALID_COUNTER} ` : '')
    lines.push(rule`-A ${'KUBE-FORWARD'} -m conntrack --ctstate INVALID ${counter}-j DROP`)
  }
  lines.push(
    rule`-A ${'KUBE-FORWARD'} -m comment --comment "kubernetes forwarding rules" -m mark --mark ${fixed(`${m}/${m}`)} -j ACCEPT`,
    rule`-A ${'KUBE-FORWARD'} -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
  )
  return lines
}

/** The last rules of nat KUBE-SERVICES: what is meant for this node goes on to the node ports. `ranges` undefined: all addresses. */
export function nodePortRules(
  family: IpFamily,
  ranges: readonly Cidr[] | undefined,
  addresses: readonly string[],
  localhostNodePorts: boolean,
): readonly RuleLine[] {
  const why = 'kubernetes service nodeports; NOTE: this must be the last rule in this chain'
  if (ranges === undefined) {
    // On ::1 node ports never answer: route_localnet has no IPv6 twin.
    const except = fixed(family === 6 ? ' ! -d ::1/128' : localhostNodePorts ? '' : ' ! -d 127.0.0.0/8')
    return [rule`-A ${'KUBE-SERVICES'} -m comment --comment "${why}" -m addrtype --dst-type LOCAL${except} -j KUBE-NODEPORTS`]
  }
  return matching(ranges, addresses)
    .filter((address) => localhostNodePorts || !isLoopback(address))
    .map((address) => rule`-A ${'KUBE-SERVICES'} -m comment --comment "${why}" -d ${address} -j KUBE-NODEPORTS`)
}
