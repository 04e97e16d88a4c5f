import type { KubeObject } from '../../api/object.ts'
import type { SliceEndpoint } from './slice-plan.ts'

type Distribution = 'zone' | 'node' | undefined

/** What a Service's trafficDistribution asks for (KEP-3015); PreferSameNode and PreferSameZone came with 1.34. */
export function distribution(service: KubeObject): Distribution {
  const wanted = service.spec.trafficDistribution
  if (wanted === 'PreferClose' || wanted === 'PreferSameZone') return 'zone'
  return wanted === 'PreferSameNode' ? 'node' : undefined
}

/** The endpoint with hints for its own zone and node (endpointslice/trafficdist). */
export function withHints(endpoint: SliceEndpoint, wanted: Distribution): SliceEndpoint {
  if (wanted === undefined || !endpoint.conditions.ready) return endpoint
  const { zone, nodeName } = endpoint
  const hints = {
    ...(zone === undefined ? {} : { forZones: [{ name: zone }] }),
    ...(wanted === 'node' && nodeName !== undefined ? { forNodes: [{ name: nodeName }] } : {}),
  }
  return Object.keys(hints).length > 0 ? { ...endpoint, hints } : endpoint
}
