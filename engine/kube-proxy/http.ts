import { timestamp } from '../api/time.ts'
import type { Health } from './health.ts'
import type { ProbeCounts } from './metrics/probe-counts.ts'
import { type Measured, metricsText } from './metrics/text.ts'

/** Which of its servers was asked: /healthz and /livez, the metrics server, or "namespace/name" of a Service's health check port. */
export type ProxySite = 'healthz' | 'metrics' | (string & {})

/** What a handler of kube-proxy's answers; whoever holds the socket adds what Go's server adds. */
export interface ProxyReply {
  readonly status: number
  /** In the order of the wire: Go writes what a handler set by name. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

/** The kube-proxy that answers. */
export interface Answering extends Measured {
  readonly probes: ProbeCounts
  readonly proxyMode: string
  health(): Health
  eligible(): boolean
  localEndpoints(service: string): number
  /** When the process started, ms. */
  readonly started: number
}

const NOSNIFF = ['X-Content-Type-Options', 'nosniff'] as const
const TEXT = ['Content-Type', 'text/plain; charset=utf-8'] as const
const JSON_TYPE = ['Content-Type', 'application/json'] as const

const text = (status: number, body: string): ProxyReply => ({ status, headers: [TEXT, NOSNIFF], body })
const NOT_FOUND = text(404, '404 page not found\n')

/** Pages of the real metrics server that are not emulated. */
const UNEMULATED = /^\/(configz|flagz|statusz|debug\/|metrics\/slis)/

/** Answers a request for `target` as kube-proxy's servers do. */
export function answer(proxy: Answering, site: ProxySite, target: string): ProxyReply {
  const path = target.split('?')[0] ?? '/'
  if (site === 'healthz') return path === '/healthz' || path === '/livez' ? probe(proxy, path.slice(1) as 'healthz') : NOT_FOUND
  if (site !== 'metrics') return serviceHealth(proxy, site)
  if (path === '/proxyMode') return text(200, proxy.proxyMode)
  if (path === '/metrics') {
    const type = ['Content-Type', 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'] as const
    return { status: 200, headers: [type], body: metricsText(proxy) }
  }
  if (path === '/healthz' && /[?&]verbose\b/.test(target)) return text(200, '[+]ping ok\nhealthz check passed\n')
  if (path === '/healthz' || path === '/healthz/ping') return text(200, 'ok')
  if (UNEMULATED.test(path)) return text(501, `chainwalk: ${path} of kube-proxy is valid, but not emulated\n`)
  return NOT_FOUND
}

/** time.Time as encoding/json writes it: no zeros at the end of the fraction. */
export function goTime(ms: number): string {
  const fraction = Math.floor(((ms % 1000) + 1000) % 1000)
  const seconds = timestamp(Math.floor(ms / 1000) * 1000)
  if (fraction === 0) return seconds
  return seconds.replace('Z', `.${String(fraction).padStart(3, '0').replace(/0+$/, '')}Z`)
}

/** healthzHandler and livezHandler of proxy_health.go; livez does not ask whether the node is to go. */
function probe(proxy: Answering, which: 'healthz' | 'livez'): ProxyReply {
  const health = proxy.health()
  const eligible = proxy.eligible()
  const isHealthy = health.healthy && (which === 'livez' || eligible)
  const status = isHealthy ? 200 : 503
  proxy.probes.count(which, status)
  if (!proxy.release.byFamily) return { status, headers: [JSON_TYPE, NOSNIFF], body: oldHealth(proxy, which, health, isHealthy) }
  const body = JSON.stringify({
    // "Recent" whenever all is well, as releases before 1.19 had it.
    lastUpdated: goTime(isHealthy ? health.currentTime : health.lastUpdated),
    currentTime: goTime(health.currentTime),
    ...(which === 'healthz' ? { nodeEligible: eligible } : {}),
    healthy: health.healthy,
    status: Object.fromEntries(
      Object.entries(health.status).map(([family, one]) => [
        family,
        { lastUpdated: goTime(one.lastUpdated), healthy: one.healthy },
      ]),
    ),
  })
  return { status, headers: [JSON_TYPE, NOSNIFF], body }
}

/** The body before 1.33: times as Go prints them, with the process's own clock beside the wall's. */
function oldHealth(proxy: Answering, which: 'healthz' | 'livez', health: Health, isHealthy: boolean): string {
  const clock = (ms: number) => {
    const [day, time] = goTime(ms).replace('Z', '').split('T')
    const running = ((ms - proxy.started) / 1000).toFixed(9)
    return `"${day} ${time} +0000 UTC m=+${running}"`
  }
  const updated = clock(isHealthy ? health.currentTime : health.lastUpdated)
  const eligible = which === 'healthz' ? `, "nodeEligible": ${proxy.eligible()}` : ''
  return `{"lastUpdated": ${updated},"currentTime": ${clock(health.currentTime)}${eligible}}`
}

/** hcHandler of service_health.go: 503 tells the load balancer to leave this node out. */
function serviceHealth(proxy: Answering, service: string): ProxyReply {
  const [namespace, name] = service.split('/')
  const count = proxy.localEndpoints(service)
  const { healthy } = proxy.health()
  const lines = [
    '{',
    '\t"service": {',
    `\t\t"namespace": "${namespace}",`,
    `\t\t"name": "${name}"`,
    '\t},',
    `\t"localEndpoints": ${count},`,
    `\t"serviceProxyHealthy": ${healthy}`,
    '}',
  ]
  return {
    status: count !== 0 && healthy ? 200 : 503,
    headers: [JSON_TYPE, NOSNIFF, ['X-Load-Balancing-Endpoint-Weight', String(count)]],
    body: lines.join('\n'),
  }
}
