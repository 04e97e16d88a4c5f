/** What differs from node to node in the rules that cilium-agent feeds to iptables. */
export interface CiliumRuleData {
  readonly hostAddress: string
  readonly podCIDR: string
  readonly clusterPodCIDR: string
  /** Port of the agent's DNS proxy. */
  readonly dnsProxyPort: number
}

/** MARK_MAGIC_TO_PROXY with the proxy's port, in network byte order, above it. */
function proxyMark(port: number): string {
  const swapped = ((port & 255) << 8) | (port >> 8)
  return `0x${(((swapped << 16) | 0x200) >>> 0).toString(16)}`
}

const comment = (text: string) => `-m comment --comment "${text}"`

/** Feeders go to the top of their chain (prepend-iptables-chains, Cilium's default). */
function feeder(chain: string, own: string): string {
  return `-I ${chain} 1 ${comment(`cilium-feeder: ${own}`)} -j ${own}`
}

const NOT_CILIUM_MARKS = ['0xe00/0xf00', '0xd00/0xf00', '0x400/0xf00', '0xa00/0xe00', '0x800/0xe00', '0xf00/0xf00']

/** The chains of pkg/datapath/iptables (iptables.go), as an iptables-restore --noflush input. The feeders go in front. */
export function ciliumRules(data: CiliumRuleData): string {
  const { hostAddress, podCIDR, clusterPodCIDR } = data
  const mark = proxyMark(data.dnsProxyPort)
  const tproxy = (proto: string) =>
    `-A CILIUM_PRE_mangle -p ${proto} -m mark --mark ${mark} ${comment('cilium: TPROXY to host cilium-dns-egress proxy')} -j TPROXY --tproxy-mark 0x200 --on-ip 127.0.0.1 --on-port ${data.dnsProxyPort}`
  const notrack = (match: string, why: string) =>
    `-A CILIUM_OUTPUT_raw ${match} ${comment(`cilium: NOTRACK for ${why}`)} -j CT --notrack`
  const proxyReturn = '-m mark --mark 0xa00/0xfffffeff'
  const upstream = '-m mark --mark 0x800/0xe00'
  return [
    '*mangle',
    ':CILIUM_POST_mangle - [0:0]',
    ':CILIUM_PRE_mangle - [0:0]',
    feeder('PREROUTING', 'CILIUM_PRE_mangle'),
    feeder('POSTROUTING', 'CILIUM_POST_mangle'),
    `-A CILIUM_PRE_mangle -m socket --transparent -m mark ! --mark 0xe00/0xf00 -m mark ! --mark 0x800/0xf00 ${comment('cilium: any->pod redirect proxied traffic to host proxy')} -j MARK --set-mark 0x200`,
    tproxy('tcp'),
    tproxy('udp'),
    'COMMIT',
    '*raw',
    ':CILIUM_OUTPUT_raw - [0:0]',
    ':CILIUM_PRE_raw - [0:0]',
    feeder('PREROUTING', 'CILIUM_PRE_raw'),
    feeder('OUTPUT', 'CILIUM_OUTPUT_raw'),
    notrack(`-d ${clusterPodCIDR} ${proxyReturn}`, 'proxy return traffic'),
    notrack(`-o lxc+ ${proxyReturn}`, 'proxy return traffic'),
    notrack(`-o cilium_host ${proxyReturn}`, 'proxy return traffic'),
    notrack(`-o lxc+ ${upstream}`, 'L7 proxy upstream traffic'),
    notrack(`-o cilium_host ${upstream}`, 'L7 proxy upstream traffic'),
    `-A CILIUM_PRE_raw -d ${clusterPodCIDR} -m mark --mark 0x200/0xf00 ${comment('cilium: NOTRACK for proxy traffic')} -j CT --notrack`,
    'COMMIT',
    '*filter',
    ':CILIUM_FORWARD - [0:0]',
    ':CILIUM_INPUT - [0:0]',
    ':CILIUM_OUTPUT - [0:0]',
    feeder('INPUT', 'CILIUM_INPUT'),
    feeder('FORWARD', 'CILIUM_FORWARD'),
    feeder('OUTPUT', 'CILIUM_OUTPUT'),
    `-A CILIUM_FORWARD -o cilium_host ${comment('cilium: any->cluster on cilium_host forward accept')} -j ACCEPT`,
    `-A CILIUM_FORWARD -i cilium_host ${comment('cilium: cluster->any on cilium_host forward accept (nodeport)')} -j ACCEPT`,
    `-A CILIUM_FORWARD -i lxc+ ${comment('cilium: cluster->any on lxc+ forward accept')} -j ACCEPT`,
    `-A CILIUM_FORWARD -i cilium_net ${comment('cilium: cluster->any on cilium_net forward accept (nodeport)')} -j ACCEPT`,
    `-A CILIUM_INPUT -m mark --mark 0x200/0xf00 ${comment('cilium: ACCEPT for proxy traffic')} -j ACCEPT`,
    `-A CILIUM_OUTPUT -m mark --mark 0xa00/0xe00 ${comment('cilium: ACCEPT for proxy traffic')} -j ACCEPT`,
    `-A CILIUM_OUTPUT -m mark --mark 0x800/0xe00 ${comment('cilium: ACCEPT for l7 proxy upstream traffic')} -j ACCEPT`,
    `-A CILIUM_OUTPUT ${NOT_CILIUM_MARKS.map((m) => `-m mark ! --mark ${m}`).join(' ')} ${comment('cilium: host->any mark as from host')} -j MARK --set-xmark 0xc00/0xf00`,
    'COMMIT',
    '*nat',
    ':CILIUM_OUTPUT_nat - [0:0]',
    ':CILIUM_POST_nat - [0:0]',
    ':CILIUM_PRE_nat - [0:0]',
    feeder('PREROUTING', 'CILIUM_PRE_nat'),
    feeder('OUTPUT', 'CILIUM_OUTPUT_nat'),
    feeder('POSTROUTING', 'CILIUM_POST_nat'),
    `-A CILIUM_POST_nat -s ${podCIDR} ! -d ${clusterPodCIDR} ! -o cilium_+ ${comment('cilium masquerade non-cluster')} -j MASQUERADE`,
    `-A CILIUM_POST_nat -m mark --mark 0xa00/0xe00 ${comment('exclude proxy return traffic from masquerade')} -j ACCEPT`,
    `-A CILIUM_POST_nat ! -s ${podCIDR} ! -d ${podCIDR} -o cilium_host ${comment('cilium host->cluster masquerade')} -j SNAT --to-source ${hostAddress}`,
    `-A CILIUM_POST_nat -s 127.0.0.1 -o cilium_host ${comment('cilium host->cluster from 127.0.0.1 masquerade')} -j SNAT --to-source ${hostAddress}`,
    `-A CILIUM_POST_nat -o cilium_host -m mark --mark 0xf00/0xf00 -m conntrack --ctstate DNAT ${comment('hairpin traffic that originated from a local pod')} -j SNAT --to-source ${hostAddress}`,
    'COMMIT',
    '',
  ].join('\n')
}
