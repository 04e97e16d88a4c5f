import { goDuration } from '../base/duration.ts'
import type { ProxyConfig } from './proxy-config.ts'

const ROOT = 'KubeProxyConfiguration'

/** The first thing kube-proxy has against its configuration, in its words (pkg/proxy/apis/config/validation), or undefined. */
export function validated(config: ProxyConfig): string | undefined {
  const { conntrack } = config
  const complaints: string[] = []
  const refuse = (field: string, value: string, why: string) =>
    complaints.push(`${ROOT}.${field}: Invalid value: ${value}: ${why}`)
  if (config.masqueradeBit < 0 || config.masqueradeBit > 31) {
    refuse('KubeProxyIPTablesConfiguration.MasqueradeBit', String(config.masqueradeBit), 'must be within the range [0, 31]')
  }
  const path = 'KubeProxyLinuxConfiguration.KubeProxyConntrackConfiguration'
  const least = 'must be greater than or equal to 0'
  if (conntrack.maxPerCore < 0) refuse(`${path}.MaxPerCore`, String(conntrack.maxPerCore), least)
  if (conntrack.min < 0) refuse(`${path}.Min`, String(conntrack.min), least)
  for (const [field, value] of [
    ['TCPEstablishedTimeout', conntrack.tcpEstablishedTimeout],
    ['TCPCloseWaitTimeout', conntrack.tcpCloseWaitTimeout],
    ['UDPTimeout', conntrack.udpTimeout],
    ['UDPStreamTimeout', conntrack.udpStreamTimeout],
  ] as const) {
    if (value < 0) refuse(`${path}.${field}`, JSON.stringify(goDuration(value)), least)
  }
  const { syncPeriod, minSyncPeriod } = config
  if (syncPeriod <= 0) refuse('SyncPeriod', JSON.stringify(goDuration(syncPeriod)), 'must be greater than 0')
  if (minSyncPeriod < 0) refuse('MinSyncPeriod', JSON.stringify(goDuration(minSyncPeriod)), least)
  if (minSyncPeriod > syncPeriod) {
    refuse('SyncPeriod', JSON.stringify(goDuration(minSyncPeriod)), `must be greater than or equal to ${ROOT}.MinSyncPeriod`)
  }
  if (config.detectLocalMode === 'BridgeInterface' && config.bridgeInterface === '') {
    refuse('DetectLocalConfiguration.InterfaceName', '""', 'must not be empty')
  }
  if (config.detectLocalMode === 'InterfaceNamePrefix' && config.interfaceNamePrefix === '') {
    refuse('DetectLocalConfiguration.InterfacePrefix', '""', 'must not be empty')
  }
  const families = config.clusterCIDRs.map((c) => c.family)
  if (
    config.detectLocalMode === 'ClusterCIDR' &&
    (families.length > 2 || (families.length === 2 && families[0] === families[1]))
  ) {
    const given = JSON.stringify(config.clusterCIDRs.map((c) => `${c.base}/${c.bits}`))
    const pair = 'must be a either a single CIDR or dual-stack pair of CIDRs (e.g. [10.100.0.0/16, fde4:8dba:82e1::/48]'
    refuse('DetectLocalConfiguration.ClusterCIDRs', given, pair)
  }
  return complaints.length > 1 ? `[${complaints.join(', ')}]` : complaints[0]
}
