import type { Endpoint } from '../endpoints-map.ts'
import type { ServicePort } from '../service-map.ts'
import { type Fixed, fixed, type RuleLine, rule } from './rule-line.ts'

/** One chain of a Service port with its rules. */
export interface ServiceChain {
  readonly name: string
  readonly lines: readonly RuleLine[]
}

const TRANSPORT = { tcp: fixed('-m tcp -p tcp'), udp: fixed('-m udp -p udp'), sctp: fixed('-m sctp -p sctp') }

export const transport = (port: Pick<ServicePort, 'protocol'>) => TRANSPORT[port.protocol]

/** "--probability 1/n" with ten decimals, as many as there were endpoints to choose from (computeProbability). */
const PROBABILITIES: Fixed[] = []

function probability(n: number): Fixed {
  PROBABILITIES[n] ??= fixed(`-m statistic --mode random --probability ${(1 / n).toFixed(10)}`)
  return PROBABILITIES[n]
}

/**
 * How a policy's chain picks an endpoint (writeServiceToEndpointRules): first the one that a client with affinity had before, then
 * one of n with 1/n, of the rest with 1/(n-1), and so on, so that each is as likely as any other.
 */
export function balanceRules(port: ServicePort, chain: string, endpoints: readonly Endpoint[], named: boolean): RuleLine[] {
  const lines: RuleLine[] = []
  if (port.affinitySeconds > 0) {
    for (const endpoint of endpoints) {
      const to = endpoint.chain
      lines.push(
        named
          ? rule`-A ${chain} -m comment --comment "${`${port.name} -> ${endpoint.text}`}" -m recent --name ${to} --rcheck --seconds ${port.affinitySeconds} --reap -j ${to}`
          : rule`-A ${chain} -m recent --name ${to} --rcheck --seconds ${port.affinitySeconds} --reap -j ${to}`,
      )
    }
  }
  endpoints.forEach((endpoint, i) => {
    const to = endpoint.chain
    const left = endpoints.length - i
    const why = `${port.name} -> ${endpoint.text}`
    if (left > 1) {
      lines.push(
        named
          ? rule`-A ${chain} -m comment --comment "${why}" ${probability(left)} -j ${to}`
          : rule`-A ${chain} ${probability(left)} -j ${to}`,
      )
    } else lines.push(named ? rule`-A ${chain} -m comment --comment "${why}" -j ${to}` : rule`-A ${chain} -j ${to}`)
  })
  return lines
}

/** The chain of one endpoint: a pod that reaches itself through its Service must not see its own address as the source. */
export function endpointRules(port: ServicePort, endpoint: Endpoint, named: boolean): ServiceChain {
  const name = endpoint.chain
  const why = port.name
  const hairpin = named
    ? rule`-A ${name} -m comment --comment ${why} -s ${endpoint.ip} -j KUBE-MARK-MASQ`
    : rule`-A ${name} -s ${endpoint.ip} -j KUBE-MARK-MASQ`
  const sticky = port.affinitySeconds > 0
  const withName = sticky
    ? rule`-A ${name} -m comment --comment ${why} -m recent --name ${name} --set ${transport(port)} -j DNAT --to-destination ${endpoint}`
    : rule`-A ${name} -m comment --comment ${why} ${transport(port)} -j DNAT --to-destination ${endpoint}`
  const without = sticky
    ? rule`-A ${name} -m recent --name ${name} --set ${transport(port)} -j DNAT --to-destination ${endpoint}`
    : rule`-A ${name} ${transport(port)} -j DNAT --to-destination ${endpoint}`
  return { name, lines: [hairpin, named ? withName : without] }
}
