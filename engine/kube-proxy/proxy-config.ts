import type { Cidr } from '../base/ip.ts'

export type DetectLocalMode = 'ClusterCIDR' | 'NodeCIDR' | 'BridgeInterface' | 'InterfaceNamePrefix'

/** Conntrack settings that kube-proxy writes to sysctls when it starts; times in ms, 0: as they are. */
export interface ConntrackSettings {
  readonly maxPerCore: number
  readonly min: number
  readonly tcpEstablishedTimeout: number
  readonly tcpCloseWaitTimeout: number
  readonly tcpBeLiberal: boolean
  readonly udpTimeout: number
  readonly udpStreamTimeout: number
}

/** kube-proxy's settings (KubeProxyConfiguration), from its flags or its configuration file. */
export interface ProxyConfig {
  readonly mode: 'iptables' | 'nftables' | 'ipvs'
  readonly detectLocalMode: DetectLocalMode
  readonly clusterCIDRs: readonly Cidr[]
  readonly bridgeInterface: string
  readonly interfaceNamePrefix: string
  readonly masqueradeAll: boolean
  readonly masqueradeBit: number
  readonly localhostNodePorts: boolean
  /** Empty: every local address takes node ports. 'primary': the Node's own. */
  readonly nodePortAddresses: readonly Cidr[] | 'primary'
  readonly conntrack: ConntrackSettings
  /** Least time between two syncs, ms. */
  readonly minSyncPeriod: number
  /** How often lost canaries are looked for and failed syncs tried again, ms. */
  readonly syncPeriod: number
  readonly hostnameOverride: string
  /** Not bound to: what kube-proxy takes for its node's address, unless unspecified. */
  readonly bindAddress: string
  /** "IP:PORT"; empty: nobody answers. */
  readonly healthzBindAddress: string
  readonly metricsBindAddress: string
}

/** pkg/proxy/apis/config/v1alpha1/defaults.go */
export const DEFAULT_PROXY_CONFIG: ProxyConfig = {
  mode: 'iptables',
  detectLocalMode: 'ClusterCIDR',
  clusterCIDRs: [],
  bridgeInterface: '',
  interfaceNamePrefix: '',
  masqueradeAll: false,
  masqueradeBit: 14,
  localhostNodePorts: true,
  nodePortAddresses: [],
  conntrack: {
    maxPerCore: 32_768,
    min: 131_072,
    tcpEstablishedTimeout: 86_400_000,
    tcpCloseWaitTimeout: 3_600_000,
    tcpBeLiberal: false,
    udpTimeout: 0,
    udpStreamTimeout: 0,
  },
  minSyncPeriod: 1000,
  syncPeriod: 30_000,
  hostnameOverride: '',
  bindAddress: '0.0.0.0',
  healthzBindAddress: '0.0.0.0:10256',
  metricsBindAddress: '127.0.0.1:10249',
}
