import { type Cidr, cidrContains, type IpFamily } from '../../base/ip.ts'

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

export const FILTER_CHAINS = [
  'KUBE-SERVICES',
  'KUBE-EXTERNAL-SERVICES',
  'KUBE-FORWARD',
  'KUBE-NODEPORTS',
  'KUBE-FIREWALL',
  'KUBE-PROXY-FIREWALL',
] as const
export const NAT_CHAINS = ['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-MARK-MASQ'] as const

export const CANARY = 'KUBE-PROXY-CANARY'
/** Where the canary sits; the first is looked at first (pkg/util/iptables, Monitor). */
export const CANARY_TABLES = ['mangle', 'nat', 'filter'] as const

/** nfacct object that counts what conntrack calls INVALID (pkg/proxy/metrics). */
export const INVALID_COUNTER = 'ct_state_invalid_dropped_pkts'

const mark = (bit: number) => `0x${(2 ** bit).toString(16)}`

/** The nat rules that are the same for every Service: the mark and the masquerade it asks for. */
export function natRules(masqueradeBit: number): readonly string[] {
  const m = mark(masqueradeBit)
  return [
    `-A KUBE-POSTROUTING -m mark ! --mark ${m}/${m} -j RETURN`,
    // The mark is taken off again, so that the packet is not masqueraded twice if it comes by here once more.
    `-A KUBE-POSTROUTING -j MARK --xor-mark ${m}`,
    '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
    `-A KUBE-MARK-MASQ -j MARK --or-mark ${m}`,
  ]
}

export function filterRules(options: {
  readonly masqueradeBit: number
  readonly localhostNodePorts: boolean
  readonly conntrackTcpLiberal: boolean
  readonly counters: boolean
}): readonly string[] {
  const m = mark(options.masqueradeBit)
  const rules: string[] = []
  if (options.localhostNodePorts) {
    // route_localnet=1 opens 127.0.0.0/8 to neighbours (CVE-2020-8558); this closes it again.
    rules.push(
      '-A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 ' +
        '-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
    )
  }
  if (!options.conntrackTcpLiberal) {
    const counter = options.counters ? ` -m nfacct --nfacct-name ${INVALID_COUNTER}` : ''
    rules.push(`-A KUBE-FORWARD -m conntrack --ctstate INVALID${counter} -j DROP`)
  }
  rules.push(`-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark ${m}/${m} -j ACCEPT`)
  rules.push(
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
  )
  return rules
}

/** The last rules of nat KUBE-SERVICES: what is meant for this node goes on to the node ports. */
export function nodePortRules(
  family: IpFamily,
  ranges: readonly Cidr[] | undefined,
  addresses: readonly string[],
): readonly string[] {
  const why = '-m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain"'
  if (ranges === undefined || ranges.some((r) => r.family === family && r.bits === 0)) {
    // Node ports never answer on ::1, route_localnet has no IPv6 twin.
    const notLoopback = family === 6 ? ' ! -d ::1/128' : ''
    return [`-A KUBE-SERVICES ${why} -m addrtype --dst-type LOCAL${notLoopback} -j KUBE-NODEPORTS`]
  }
  const isLoopback = (a: string) => (family === 4 ? a.startsWith('127.') : a === '::1')
  return addresses
    .filter((a) => ranges.some((r) => cidrContains(r, a)) && (family === 4 || !isLoopback(a)))
    .map((a) => `-A KUBE-SERVICES ${why} -d ${a} -j KUBE-NODEPORTS`)
}
