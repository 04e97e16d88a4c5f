import { formatCidr, type IpFamily, parseCidr } from '../base/ip.ts'
import type { ProxyConfig } from './proxy-config.ts'

/** How rules tell packets of this cluster's own pods from others (pkg/proxy/util/localdetector.go). */
export interface LocalDetector {
  readonly ifLocal: string
  readonly ifNotLocal: string
}

const bySource = (cidr: string): LocalDetector => ({ ifLocal: `-s ${cidr}`, ifNotLocal: `! -s ${cidr}` })
const byInterface = (match: string): LocalDetector => ({ ifLocal: `-i ${match}`, ifNotLocal: `! -i ${match}` })

/** The detector of one family; undefined where the mode knows no local range, and then nothing is masqueraded by it. */
export function localDetector(config: ProxyConfig, family: IpFamily, podCIDRs: readonly string[]): LocalDetector | undefined {
  switch (config.detectLocalMode) {
    case 'ClusterCIDR': {
      const cidr = config.clusterCIDRs.find((c) => c.family === family)
      return cidr && bySource(formatCidr(cidr))
    }
    case 'NodeCIDR': {
      const cidr = podCIDRs.map(parseCidr).find((c) => c?.family === family)
      return cidr && bySource(formatCidr(cidr))
    }
    case 'BridgeInterface':
      return byInterface(config.bridgeInterface)
    case 'InterfaceNamePrefix':
      return byInterface(`${config.interfaceNamePrefix}+`)
  }
}
