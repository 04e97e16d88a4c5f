import { VERSION } from '../api/schema/discovery.data.ts'
import { aggregatedAt, groupsAt, resourcesAt } from '../api/schema/versions.ts'
import type { Json } from '../base/json.ts'
import type { ApiRequest, ApiResponse } from './client.ts'
import { reply, textReply } from './respond.ts'

/** What differs from cluster to cluster in discovery. */
export interface ServerFacts {
  /** "1.35.4" */
  readonly version: string
  /** "192.168.56.10:6443" */
  readonly address: string
}

const AGGREGATED_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

function versionInfo(version: string): Json {
  const [major = '1', minor = '35'] = version.split('.')
  const before = String(Number(minor) - 1)
  const base = { ...(JSON.parse(VERSION) as Record<string, Json>), major, minor, gitVersion: `v${version}` }
  // the emulation and compatibility versions came with v1.33
  if (Number(minor) >= 33)
    return { ...base, emulationMajor: major, emulationMinor: minor, minCompatibilityMajor: major, minCompatibilityMinor: before }
  const old: Record<string, Json> = base
  for (const name of ['emulationMajor', 'emulationMinor', 'minCompatibilityMajor', 'minCompatibilityMinor']) delete old[name]
  return old
}

function rootPaths(minor: number): readonly string[] {
  const paths = ['/.well-known/openid-configuration', '/api', '/api/v1', '/apis']
  for (const { name, versions } of groupsAt(minor)) paths.push(`/apis/${name}`, ...versions.map((v) => `/apis/${v.groupVersion}`))
  return [...new Set([...paths, '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version'])].sort()
}

const HEALTH = ['healthz', 'livez', 'readyz']

function health(parts: readonly string[], verbose: boolean): ApiResponse | undefined {
  if (!HEALTH.includes(parts[0] ?? '') || parts.length > 1) return undefined
  if (!verbose) return textReply(200, 'ok')
  return textReply(200, `[+]ping ok\n[+]log ok\n[+]etcd ok\n${parts[0]} check passed\n`)
}

/** Answers everything below /api, /apis, /version and the health paths that is not about objects; undefined if it is none of these. */
export function discovery(
  request: ApiRequest,
  parts: readonly string[],
  verbose: boolean,
  facts: ServerFacts,
): ApiResponse | undefined {
  if (request.method !== 'GET') return undefined
  const minor = Number(facts.version.split('.')[1] ?? 35)
  const aggregated =
    (request.headers?.Accept ?? request.headers?.accept ?? '').split(',')[0]?.includes('APIGroupDiscoveryList') ?? false
  const [first, second, third] = parts
  if (parts.length === 0) return reply(200, { paths: rootPaths(minor) })
  if (first === 'version' && parts.length === 1) return reply(200, versionInfo(facts.version))
  if (first === 'api' && parts.length === 1) {
    if (aggregated) return reply(200, aggregatedAt(minor, 'api'), [], AGGREGATED_TYPE)
    const addresses = [{ clientCIDR: '0.0.0.0/0', serverAddress: facts.address }]
    return reply(200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: addresses })
  }
  if (first === 'apis' && parts.length === 1) {
    if (aggregated) return reply(200, aggregatedAt(minor, 'apis'), [], AGGREGATED_TYPE)
    return reply(200, { kind: 'APIGroupList', apiVersion: 'v1', groups: groupsAt(minor) })
  }
  if (first === 'apis' && parts.length === 2) {
    const group = groupsAt(minor).find((g) => g.name === second)
    return group === undefined ? undefined : reply(200, { kind: 'APIGroup', apiVersion: 'v1', ...group })
  }
  const apiVersion =
    first === 'api' && parts.length === 2 ? second : first === 'apis' && parts.length === 3 ? `${second}/${third}` : undefined
  const resources = apiVersion === undefined ? undefined : resourcesAt(minor, apiVersion)
  if (resources !== undefined) {
    return reply(200, {
      kind: 'APIResourceList',
      ...(first === 'apis' ? { apiVersion: 'v1' } : {}),
      groupVersion: apiVersion,
      resources,
    })
  }
  return health(parts, verbose)
}
