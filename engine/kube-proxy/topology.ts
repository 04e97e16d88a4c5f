import type { Endpoint } from './endpoints-map.ts'
import { type ServicePort, usesClusterEndpoints, usesLocalEndpoints } from './service-map.ts'

/** Where this kube-proxy runs, for hints. */
export interface NodePlace {
  readonly name: string
  readonly zone: string | undefined
}

/** Which endpoints of a Service port this node uses for which traffic policy (pkg/proxy/topology.go). */
export interface Categorized {
  readonly cluster: readonly Endpoint[]
  readonly local: readonly Endpoint[]
  /** Both together: every endpoint that needs a chain here. */
  readonly reachable: readonly Endpoint[]
  /** Whether any endpoint could be used from anywhere in the cluster. */
  readonly any: boolean
}

type Hint = 'node' | 'zone' | undefined

/** Hints count only when every ready endpoint carries one and one of them names this node (or else its zone). */
function hintInUse(endpoints: readonly Endpoint[], place: NodePlace): Hint {
  const ready = endpoints.filter((e) => e.ready)
  if (ready.length === 0) return undefined
  if (ready.every((e) => e.nodeHints.length > 0) && ready.some((e) => e.nodeHints.includes(place.name))) return 'node'
  const zone = place.zone
  if (!zone) return undefined
  return ready.every((e) => e.zoneHints.length > 0) && ready.some((e) => e.zoneHints.includes(zone)) ? 'zone' : undefined
}

function hinted(endpoint: Endpoint, hint: Hint, place: NodePlace): boolean {
  if (hint === 'node') return endpoint.nodeHints.includes(place.name)
  return hint === undefined || endpoint.zoneHints.includes(place.zone as string)
}

const draining = (e: Endpoint) => e.serving && e.terminating

function clusterEndpoints(endpoints: readonly Endpoint[], hint: Hint, place: NodePlace): readonly Endpoint[] {
  const ready = endpoints.filter((e) => e.ready && hinted(e, hint, place))
  // Rather a terminating endpoint that still answers than none (KEP-1669); hints do not matter then.
  return ready.length > 0 ? ready : endpoints.filter(draining)
}

function localEndpoints(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const ready = endpoints.filter((e) => e.local && e.ready)
  return ready.length > 0 ? ready : endpoints.filter((e) => e.local && draining(e))
}

export function categorize(endpoints: readonly Endpoint[], port: ServicePort, place: NodePlace): Categorized {
  const usesCluster = usesClusterEndpoints(port)
  const cluster = usesCluster ? clusterEndpoints(endpoints, hintInUse(endpoints, place), place) : []
  if (!usesLocalEndpoints(port)) return { cluster, local: [], reachable: cluster, any: cluster.length > 0 }
  const local = localEndpoints(endpoints)
  const any = endpoints.some((e) => e.ready || draining(e))
  const chosen = new Set([...cluster, ...local])
  return { cluster, local, reachable: endpoints.filter((e) => chosen.has(e)), any }
}
