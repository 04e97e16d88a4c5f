import { parse } from 'yaml'
import { parseGoDuration } from '../base/duration.ts'
import { type Cidr, ipFamily } from '../base/ip.ts'
import { sloppyCidr } from './addresses.ts'
import { ProxyFlagError, withPort } from './config.ts'
import { DEFAULT_PROXY_CONFIG, type DetectLocalMode, type ProxyConfig } from './proxy-config.ts'
import { validated } from './validation.ts'

/** KubeProxyConfiguration as its file writes it (kubeproxy.config.k8s.io/v1alpha1); null and "" mean the default. */
interface FileConfig {
  readonly bindAddress?: string | null
  readonly healthzBindAddress?: string | null
  readonly metricsBindAddress?: string | null
  readonly hostnameOverride?: string | null
  readonly clusterCIDR?: string | null
  readonly mode?: string | null
  readonly nodePortAddresses?: readonly string[] | null
  readonly detectLocalMode?: string | null
  readonly detectLocal?: { readonly bridgeInterface?: string | null; readonly interfaceNamePrefix?: string | null } | null
  readonly iptables?: {
    readonly masqueradeBit?: number | null
    readonly masqueradeAll?: boolean | null
    readonly localhostNodePorts?: boolean | null
    readonly syncPeriod?: string | null
    readonly minSyncPeriod?: string | null
  } | null
  readonly conntrack?: {
    readonly maxPerCore?: number | null
    readonly min?: number | null
    readonly tcpEstablishedTimeout?: string | null
    readonly tcpCloseWaitTimeout?: string | null
    readonly tcpBeLiberal?: boolean | null
    readonly udpTimeout?: string | null
    readonly udpStreamTimeout?: string | null
  } | null
}

const refuse = (why: string): never => {
  throw new ProxyFlagError(`failed complete: ${why}`)
}

/** A duration of the file in ms; `zero` is what 0 and nothing stand for. */
function duration(text: string | null | undefined, zero: number): number {
  if (text === null || text === undefined || text === '') return zero
  const ms = parseGoDuration(text)
  return typeof ms === 'number' ? ms || zero : refuse(ms.error)
}

function cidrs(texts: readonly string[]): Cidr[] {
  return texts.map((text) => sloppyCidr(text) ?? refuse(`invalid CIDR address: ${text}`))
}

function modeOf(mode: string): ProxyConfig['mode'] {
  if (mode === '') return 'iptables'
  return mode === 'iptables' || mode === 'ipvs' || mode === 'nftables' ? mode : refuse(`unsupported proxy mode "${mode}"`)
}

/** Reads kube-proxy's configuration file (--config); throws {@link ProxyFlagError} where kube-proxy would not start. */
export function parseProxyConfigFile(text: string): ProxyConfig {
  let file: FileConfig
  try {
    file = (parse(text) ?? {}) as FileConfig
  } catch (error) {
    return refuse(`error converting YAML to JSON: ${(error as Error).message.split('\n')[0]}`)
  }
  const defaults = DEFAULT_PROXY_CONFIG
  const { iptables, conntrack, detectLocal } = file
  const bindAddress = file.bindAddress || defaults.bindAddress
  const isV6 = ipFamily(bindAddress) === 6
  const addresses = file.nodePortAddresses ?? []
  const config: ProxyConfig = {
    mode: modeOf(file.mode ?? ''),
    detectLocalMode: (file.detectLocalMode || defaults.detectLocalMode) as DetectLocalMode,
    clusterCIDRs: cidrs((file.clusterCIDR ?? '').split(',').filter((cidr) => cidr !== '')),
    bridgeInterface: detectLocal?.bridgeInterface ?? '',
    interfaceNamePrefix: detectLocal?.interfaceNamePrefix ?? '',
    masqueradeAll: iptables?.masqueradeAll ?? false,
    masqueradeBit: iptables?.masqueradeBit ?? defaults.masqueradeBit,
    localhostNodePorts: iptables?.localhostNodePorts ?? true,
    nodePortAddresses: addresses.length === 1 && addresses[0] === 'primary' ? 'primary' : cidrs(addresses),
    conntrack: {
      maxPerCore: conntrack?.maxPerCore ?? defaults.conntrack.maxPerCore,
      min: conntrack?.min ?? defaults.conntrack.min,
      // Nothing is a day and an hour, 0 leaves the kernel's.
      tcpEstablishedTimeout: conntrack?.tcpEstablishedTimeout
        ? duration(conntrack.tcpEstablishedTimeout, 0)
        : defaults.conntrack.tcpEstablishedTimeout,
      tcpCloseWaitTimeout: conntrack?.tcpCloseWaitTimeout
        ? duration(conntrack.tcpCloseWaitTimeout, 0)
        : defaults.conntrack.tcpCloseWaitTimeout,
      tcpBeLiberal: conntrack?.tcpBeLiberal ?? false,
      udpTimeout: duration(conntrack?.udpTimeout, 0),
      udpStreamTimeout: duration(conntrack?.udpStreamTimeout, 0),
    },
    minSyncPeriod: duration(iptables?.minSyncPeriod, defaults.minSyncPeriod),
    syncPeriod: duration(iptables?.syncPeriod, defaults.syncPeriod),
    hostnameOverride: file.hostnameOverride ?? '',
    bindAddress,
    healthzBindAddress: withPort(file.healthzBindAddress || (isV6 ? '::' : '0.0.0.0'), 10256),
    metricsBindAddress: withPort(file.metricsBindAddress || (isV6 ? '::1' : '127.0.0.1'), 10249),
  }
  const refusal = validated(config)
  if (refusal !== undefined) throw new ProxyFlagError(`failed validate: ${refusal}`)
  return config
}
