/** What came to kube-proxy with which release; everything else is as in 1.35. */
export interface Release {
  /** nfacct objects count packets (kubeproxy_iptables_*_packets_total). */
  readonly counters: boolean
  /** Metrics tell the families apart; /healthz is JSON with a status for each. */
  readonly byFamily: boolean
  /** hints.forNodes count (feature PreferSameTrafficDistribution). */
  readonly nodeHints: boolean
  /** A source range of everybody is no restriction (newBaseServiceInfo). */
  readonly zeroRangeIsNone: boolean
}

export const NEWEST: Release = { counters: true, byFamily: true, nodeHints: true, zeroRangeIsNone: true }

/** `kubernetes` is a version like "1.31.4" or "v1.35.0". */
export function releaseOf(kubernetes: string): Release {
  const [major = 1, minor = 35] = kubernetes.replace(/^v/, '').split('.').map(Number)
  const since = (first: number) => major > 1 || minor >= first
  return { counters: since(31), byFamily: since(33), nodeHints: since(34), zeroRangeIsNone: since(34) }
}
