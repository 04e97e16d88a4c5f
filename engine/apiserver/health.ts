import { notEmulatedStatus } from '../api/status.ts'
import type { ApiResponse } from './client.ts'
import type { Query } from './request-info.ts'
import { textReply } from './respond.ts'

/** What kube-apiserver v1.35.4 started and checks, in its order. */
const HOOKS = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
].map((hook) => `poststarthook/${hook}`)
const LAST = [
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
]
/** The first version whose list this is. */
const KNOWN = 33

function checksOf(endpoint: string): readonly string[] {
  const ready = endpoint === 'readyz'
  return [
    'ping',
    'log',
    'etcd',
    ...(ready ? ['etcd-readiness', 'informer-sync'] : []),
    ...HOOKS,
    ...LAST,
    ...(ready ? ['shutdown'] : []),
  ]
}

/**
 * /healthz, /livez and /readyz, whole or one check (healthz.go handleRootHealth): a request that gets here was answered, so all is
 * well with what answers it.
 */
export function health(parts: readonly string[], query: Query, minor: number): ApiResponse | undefined {
  const [endpoint = '', ...check] = parts
  if (!['healthz', 'livez', 'readyz'].includes(endpoint)) return undefined
  const checks = checksOf(endpoint)
  if (check.length > 0) return checks.includes(check.join('/')) ? textReply(200, 'ok') : undefined
  if (!query.has('verbose')) return textReply(200, 'ok')
  if (minor < KNOWN) throw notEmulatedStatus(`the checks behind /${endpoint}`)
  const excluded = query.get('exclude') ?? []
  const lines = checks.map((name) => `[+]${name} ${excluded.includes(name) ? 'excluded: ok' : 'ok'}`)
  const unknown = excluded.filter((name) => !checks.includes(name)).map((name) => JSON.stringify(name))
  const warning =
    unknown.length === 0 ? [] : [`warn: some health checks cannot be excluded: no matches for ${unknown.join(', ')}`]
  return textReply(200, `${[...lines, ...warning, `${endpoint} check passed`].join('\n')}\n`)
}
