import type { Kinds } from '../api/kinds/kinds.ts'
import { VERSION } from '../api/schema/discovery.data.ts'
import { aggregatedAt, groupsAt, resourcesAt } from '../api/schema/versions.ts'
import { notEmulatedStatus } from '../api/status.ts'
import type { Json } from '../base/json.ts'
import type { ApiRequest, ApiResponse } from './client.ts'
import { customDiscovery, customGroups, customResources } from './custom-groups.ts'
import { header } from './headers.ts'
import { digestOf, openapi } from './openapi/serve.ts'
import { reply } from './respond.ts'

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
  const recorded = JSON.parse(VERSION) as Record<string, Json>
  // of other builds than the recorded one we know no more than their version
  const build: Record<string, Json> = recorded.gitVersion === `v${version}` ? {} : { gitCommit: '', buildDate: '', goVersion: '' }
  const base: Record<string, Json> = { ...recorded, ...build, major, minor, gitVersion: `v${version}` }
  // the emulation and compatibility versions came with v1.33
  if (Number(minor) >= 33)
    return { ...base, emulationMajor: major, emulationMinor: minor, minCompatibilityMajor: major, minCompatibilityMinor: before }
  for (const name of ['emulationMajor', 'emulationMinor', 'minCompatibilityMajor', 'minCompatibilityMinor']) delete base[name]
  return base
}

/** What a real server answers below these paths is not emulated: saying "not found" would be wrong. */
const ELSEWHERE = ['.well-known', 'debug', 'flagz', 'metrics', 'openid', 'statusz']

/** The aggregated documents carry a digest, of what they are made from: clients ask again by it. */
function tagged(request: ApiRequest, minor: number, kinds: Kinds, body: () => object): ApiResponse {
  const etag = `"${digestOf(JSON.stringify([minor, request.path, kinds.custom.map((k) => [k.apiVersion, k.revision])]))}"`
  const headers = { 'content-type': AGGREGATED_TYPE, etag, vary: 'Accept', 'cache-control': 'public' }
  if (header(request, 'If-None-Match') === etag) return { status: 304, headers, warnings: [], body: '' }
  return { status: 200, headers, warnings: [], body: body() as Json }
}

/** Custom groups stand behind the server's own, whose priorities are higher. */
function withCustom(document: object, kinds: Kinds): object {
  if (kinds.custom.length === 0) return document
  return { ...document, items: [...(document as { items: readonly object[] }).items, ...customDiscovery(kinds)] }
}

/** Whether one of the accepted types is the aggregated form; its beta is no longer offered, and clients of it take the plain one. */
function wantsAggregated(request: ApiRequest): boolean {
  return (header(request, 'Accept') ?? '').split(',').some((clause) => {
    const parameters = clause.split(';').map((p) => p.trim())
    return ['g=apidiscovery.k8s.io', 'v=v2', 'as=APIGroupDiscoveryList'].every((p) => parameters.includes(p))
  })
}

/** Answers everything below /api, /apis, /version and the health paths that is not about objects; undefined if it is none of these. */
export function discovery(
  request: ApiRequest,
  parts: readonly string[],
  query: { readonly hash?: string },
  facts: ServerFacts,
  kinds: Kinds,
): ApiResponse | undefined {
  if (request.method !== 'GET') return undefined
  const minor = Number(facts.version.split('.')[1] ?? 35)
  const aggregated = wantsAggregated(request)
  const [first, second, third] = parts
  if (first === undefined || ELSEWHERE.includes(first)) throw notEmulatedStatus(`/${parts.join('/')}`)
  if (first === 'version' && parts.length === 1) return reply(200, versionInfo(facts.version))
  if (first === 'api' && parts.length === 1) {
    if (aggregated) return tagged(request, minor, kinds, () => aggregatedAt(minor, 'api'))
    const addresses = [{ clientCIDR: '0.0.0.0/0', serverAddress: facts.address }]
    return reply(200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: addresses })
  }
  if (first === 'apis' && parts.length === 1) {
    if (aggregated) return tagged(request, minor, kinds, () => withCustom(aggregatedAt(minor, 'apis'), kinds))
    return reply(200, { kind: 'APIGroupList', apiVersion: 'v1', groups: [...groupsAt(minor), ...customGroups(kinds)] })
  }
  if (first === 'apis' && parts.length === 2) {
    const group = [...groupsAt(minor), ...customGroups(kinds)].find((g) => g.name === second)
    return group === undefined ? undefined : reply(200, { kind: 'APIGroup', apiVersion: 'v1', ...group })
  }
  const apiVersion =
    first === 'api' && parts.length === 2 ? second : first === 'apis' && parts.length === 3 ? `${second}/${third}` : undefined
  const resources = apiVersion === undefined ? undefined : (resourcesAt(minor, apiVersion) ?? customResources(kinds, apiVersion))
  if (resources !== undefined) {
    return reply(200, {
      kind: 'APIResourceList',
      ...(first === 'apis' ? { apiVersion: 'v1' } : {}),
      groupVersion: apiVersion,
      resources,
    })
  }
  if (first === 'openapi') return openapi(request, parts, query.hash, kinds, minor)
  return undefined
}
