import type { IpFamily } from '../../base/ip.ts'
import { INVALID_COUNTER } from '../iptables/fixed-rules.ts'
import { LOCALHOST_NODEPORT_COUNTER } from '../iptables/service-rules.ts'
import type { Release } from '../release.ts'
import { type Histogram, PROGRAMMING_BUCKETS, SYNC_BUCKETS } from './histogram.ts'
import type { Probe, ProbeCounts } from './probe-counts.ts'
import type { ProxierMetrics } from './proxier-metrics.ts'

/** What the metrics are read from. */
export interface Measured {
  readonly proxiers: readonly {
    readonly family: IpFamily
    readonly metrics: ProxierMetrics
    readonly tracker: {
      waiting(): { readonly services: number; readonly endpoints: number }
      seen(): { readonly serviceChanges: number; readonly endpointChanges: number }
    }
  }[]
  readonly probes: ProbeCounts
  readonly release: Release
  /** Packets of an nfacct object; undefined where it is not there. */
  counted(name: string): number | undefined
}

interface Sample {
  readonly suffix?: string
  readonly labels: readonly (readonly [string, string])[]
  readonly value: number
}

interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly samples: readonly Sample[]
}

/** strconv.FormatFloat(x, 'g', -1, 64): the shortest digits, an exponent from 1e+06 on and below 1e-04. */
export function goFloat(value: number): string {
  if (value === 0) return '0'
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 21 && power < 6) return String(value)
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

function familyText({ name, help, type, samples }: Family): string {
  if (samples.length === 0) return ''
  const lines = samples.map(({ suffix = '', labels, value }) => {
    const shown = labels.length === 0 ? '' : `{${labels.map(([label, text]) => `${label}="${text}"`).join(',')}}`
    return `${name}${suffix}${shown} ${goFloat(value)}`
  })
  return [`# HELP ${name} [ALPHA] ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n')
}

const ipFamily = (family: IpFamily) => ['ip_family', `IPv${family}`] as const

/** Cumulative buckets, then sum and count; a histogram that saw nothing is not shown. */
function histogram(family: IpFamily, { buckets, count, sum }: Histogram, bounds: readonly number[]): Sample[] {
  if (count === 0) return []
  let below = 0
  const samples: Sample[] = bounds.map((bound, i) => {
    below += buckets[i] ?? 0
    return { suffix: '_bucket', labels: [ipFamily(family), ['le', goFloat(bound)]], value: below }
  })
  return [
    ...samples,
    { suffix: '_bucket', labels: [ipFamily(family), ['le', '+Inf']], value: count },
    { suffix: '_sum', labels: [ipFamily(family)], value: sum },
    { suffix: '_count', labels: [ipFamily(family)], value: count },
  ]
}

/** Every metric of the iptables mode (pkg/proxy/metrics/metrics.go), without the "kubeproxy_" in front. */
function families(measured: Measured): Family[] {
  const { proxiers, probes } = measured
  const each = (samples: (metrics: ProxierMetrics, family: IpFamily) => readonly Sample[]) =>
    proxiers.flatMap((proxier) => samples(proxier.metrics, proxier.family))
  const sum = (value: (proxier: Measured['proxiers'][number]) => number): Sample[] => [
    { labels: [], value: proxiers.reduce((total, proxier) => total + value(proxier), 0) },
  ]
  const times = (pick: (metrics: ProxierMetrics) => Histogram, bounds = SYNC_BUCKETS) =>
    each((metrics, family) => histogram(family, pick(metrics), bounds))
  const gauge = (value: (metrics: ProxierMetrics) => number, shown = (_: number) => true) =>
    each((metrics, family) => (shown(value(metrics)) ? [{ labels: [ipFamily(family)], value: value(metrics) }] : []))
  const happened = (value: number) => value > 0
  const tables = (pick: (metrics: ProxierMetrics) => { readonly filter: number; readonly nat: number }) =>
    each((metrics, family) =>
      (['filter', 'nat'] as const).map((table) => ({
        labels: [ipFamily(family), ['table', table]],
        value: pick(metrics)[table],
      })),
    )
  const noLocal = each((metrics, family) => [
    { labels: [ipFamily(family), ['traffic_policy', 'external']], value: metrics.noLocalExternal },
    { labels: [ipFamily(family), ['traffic_policy', 'internal']], value: metrics.noLocalInternal },
  ])
  const probed = (probe: Probe): Sample[] => probes.of(probe).map(([code, value]) => ({ labels: [['code', code]], value }))
  const accounted = (name: string): Sample[] => {
    const value = measured.counted(name)
    return value === undefined ? [] : [{ labels: [], value }]
  }
  const counter = (name: string, help: string, samples: readonly Sample[]): Family => ({ name, help, type: 'counter', samples })
  const level = (name: string, help: string, samples: readonly Sample[]): Family => ({ name, help, type: 'gauge', samples })
  const spread = (name: string, help: string, samples: readonly Sample[]): Family => ({ name, help, type: 'histogram', samples })
  return [
    counter(
      'conntrack_reconciler_deleted_entries_total',
      'Cumulative conntrack flows deleted by conntrack reconciler',
      each((metrics, family) =>
        metrics.reconciles.count > 0 ? [{ labels: [ipFamily(family)], value: metrics.deletedFlows }] : [],
      ),
    ),
    spread(
      'conntrack_reconciler_sync_duration_seconds',
      'ReconcileConntrackFlowsLatency latency in seconds',
      times((m) => m.reconciles),
    ),
    counter(
      'iptables_ct_state_invalid_dropped_packets_total',
      'packets dropped by iptables to work around conntrack problems',
      accounted(INVALID_COUNTER),
    ),
    counter(
      'iptables_localhost_nodeports_accepted_packets_total',
      'Number of packets accepted on nodeports of loopback interface',
      accounted(LOCALHOST_NODEPORT_COUNTER),
    ),
    spread(
      'network_programming_duration_seconds',
      'In Cluster Network Programming Latency in seconds',
      times((m) => m.programming, PROGRAMMING_BUCKETS),
    ),
    counter('proxy_healthz_total', 'Cumulative proxy healthz HTTP status', probed('healthz')),
    counter('proxy_livez_total', 'Cumulative proxy livez HTTP status', probed('livez')),
    spread(
      'sync_full_proxy_rules_duration_seconds',
      'SyncProxyRules latency in seconds for full resyncs',
      times((m) => m.fullSyncs),
    ),
    spread(
      'sync_partial_proxy_rules_duration_seconds',
      'SyncProxyRules latency in seconds for partial resyncs',
      times((m) => m.partialSyncs),
    ),
    spread(
      'sync_proxy_rules_duration_seconds',
      'SyncProxyRules latency in seconds',
      times((m) => m.syncs),
    ),
    level(
      'sync_proxy_rules_endpoint_changes_pending',
      'Pending proxy rules Endpoint changes',
      sum((p) => p.tracker.waiting().endpoints),
    ),
    counter(
      'sync_proxy_rules_endpoint_changes_total',
      'Cumulative proxy rules Endpoint changes',
      sum((p) => p.tracker.seen().endpointChanges),
    ),
    level(
      'sync_proxy_rules_iptables_last',
      'Number of iptables rules written by kube-proxy in last sync',
      tables((m) => m.lastRules),
    ),
    counter(
      'sync_proxy_rules_iptables_partial_restore_failures_total',
      'Cumulative proxy iptables partial restore failures',
      gauge((m) => m.partialRestoreFailures, happened),
    ),
    counter(
      'sync_proxy_rules_iptables_restore_failures_total',
      'Cumulative proxy iptables restore failures',
      gauge((m) => m.restoreFailures, happened),
    ),
    level(
      'sync_proxy_rules_iptables_total',
      'Total number of iptables rules owned by kube-proxy',
      tables((m) => m.rules),
    ),
    level(
      'sync_proxy_rules_last_queued_timestamp_seconds',
      'The last time a sync of proxy rules was queued',
      gauge((m) => m.lastQueued / 1000),
    ),
    level(
      'sync_proxy_rules_last_timestamp_seconds',
      'The last time proxy rules were successfully synced',
      gauge((m) => m.lastSynced / 1000, happened),
    ),
    level(
      'sync_proxy_rules_no_local_endpoints_total',
      'Number of services with a Local traffic policy and no endpoints',
      noLocal,
    ),
    level(
      'sync_proxy_rules_service_changes_pending',
      'Pending proxy rules Service changes',
      sum((p) => p.tracker.waiting().services),
    ),
    counter(
      'sync_proxy_rules_service_changes_total',
      'Cumulative proxy rules Service changes',
      sum((p) => p.tracker.seen().serviceChanges),
    ),
  ]
}

/** Before 1.33 both families wrote the same metrics: counts add up, and a level is what IPv6 set after IPv4. */
function withoutFamilies(family: Family): Family {
  const merged = new Map<string, Sample>()
  for (const sample of family.samples) {
    const labels = sample.labels.filter(([label]) => label !== 'ip_family')
    const key = JSON.stringify([sample.suffix, labels])
    const before = family.type === 'gauge' ? 0 : (merged.get(key)?.value ?? 0)
    merged.set(key, { ...sample, labels, value: before + sample.value })
  }
  return { ...family, samples: [...merged.values()] }
}

/** /metrics of kube-proxy in Prometheus' text form; what the Go runtime and its API client measure is not emulated. */
export function metricsText(measured: Measured): string {
  const all = families(measured)
  // What it did to conntrack is measured since 1.33, as the families apart are.
  const old = () => all.filter(({ name }) => !name.startsWith('conntrack_')).map(withoutFamilies)
  const shown = measured.release.byFamily ? all : old()
  const own = shown.map((family) => familyText({ ...family, name: `kubeproxy_${family.name}` }))
  return `# chainwalk: only kubeproxy_* is emulated, the Go runtime's and the API client's metrics are not\n${own.join('')}`
}
