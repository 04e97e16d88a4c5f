import type { ProxyKernel } from '../../engine/kube-proxy/iptables/kernel.ts'
import type { RulesWriter } from '../../engine/net/netfilter/writer.ts'

/** A node's kernel of which a test looks at the rules only: every port can be bound, no setting is kept, no flow is known. */
export function quietKernel(rules: RulesWriter, addresses: ProxyKernel['addresses'] = () => []): ProxyKernel {
  return {
    ...rules,
    addresses,
    sysctl: () => undefined,
    setSysctl: () => {},
    counter: () => undefined,
    listen: () => true,
    closePort: () => {},
    closePorts: () => {},
    deleteFlows: () => 0,
  }
}
