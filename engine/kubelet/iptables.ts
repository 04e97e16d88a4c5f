import type { Ruleset } from '../net/netfilter/ruleset.ts'
import { rulesWriter } from '../net/netfilter/writer.ts'

const FIREWALL =
  '-A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 ' +
  '-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP'

/**
 * What a kubelet writes with the node's own iptables (pkg/kubelet/kubelet_network_linux.go): a hint which backend is in use,
 * canaries that tell of a flush, and the wall around 127.0.0.0/8.
 */
export function ensureKubeletChains(ruleset: Ruleset, iptables: string): void {
  const kernel = rulesWriter(ruleset, iptables)
  for (const family of [4, 6] as const) {
    const ensure = (table: 'mangle' | 'nat' | 'filter', chain: string, rules = '') => {
      if (!kernel.chains(family, table).includes(chain)) kernel.restore(family, `*${table}\n:${chain} - [0:0]\n${rules}COMMIT\n`)
    }
    ensure('mangle', 'KUBE-IPTABLES-HINT')
    for (const table of ['mangle', 'nat', 'filter'] as const) ensure(table, 'KUBE-KUBELET-CANARY')
    ensure('filter', 'KUBE-FIREWALL', family === 4 ? `${FIREWALL}\n` : '')
    for (const chain of ['OUTPUT', 'INPUT']) {
      if (!kernel.hasRule(family, 'filter', chain, '-j KUBE-FIREWALL')) {
        kernel.restore(family, `*filter\n-I ${chain} 1 -j KUBE-FIREWALL\nCOMMIT\n`)
      }
    }
  }
}
