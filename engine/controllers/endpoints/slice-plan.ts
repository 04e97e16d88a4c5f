import type { KubeObject } from '../../api/object.ts'
import { sameValue } from '../env.ts'

/** One endpoint as an EndpointSlice holds it. */
export interface SliceEndpoint {
  readonly addresses: readonly string[]
  readonly conditions: { readonly ready: boolean; readonly serving?: boolean; readonly terminating?: boolean }
  readonly hostname?: string
  readonly targetRef?: { readonly kind: string; readonly namespace?: string; readonly name: string; readonly uid?: string }
  readonly nodeName?: string
  readonly zone?: string
  readonly hints?: object
}

export interface SlicePort {
  readonly name: string
  readonly protocol: string
  readonly port: number
  readonly appProtocol?: string
}

/** Endpoints that share the same ports, and so may share slices. */
export interface EndpointGroup {
  readonly ports: readonly SlicePort[]
  readonly endpoints: readonly SliceEndpoint[]
}

export interface SlicePlan {
  readonly create: readonly SliceContent[]
  readonly update: readonly { readonly slice: KubeObject; readonly content: SliceContent }[]
  readonly remove: readonly KubeObject[]
}

export interface SliceContent {
  /** Null in the placeholder of a Service without endpoints. */
  readonly ports: readonly SlicePort[] | null
  readonly endpoints: readonly SliceEndpoint[] | null
}

/** --max-endpoints-per-slice */
const MOST = 100

const portsKey = (ports: unknown) =>
  JSON.stringify(((ports ?? []) as SlicePort[]).map((p) => [p.name ?? '', p.protocol, p.port, p.appProtocol ?? '']).sort())
const endpointKey = (e: SliceEndpoint) => `${e.targetRef?.uid ?? ''} ${e.addresses.join(',')}`

/**
 * What has to happen to a Service's slices so that they hold these endpoints: those that stay keep their place, new ones fill
 * the fullest slice with room, slices are made when there is none (endpointslice reconciler, reconcileByPortMapping).
 */
export function planSlices(existing: readonly KubeObject[], groups: readonly EndpointGroup[]): SlicePlan {
  const create: SliceContent[] = []
  const update: { slice: KubeObject; content: SliceContent }[] = []
  const remove: KubeObject[] = []
  const wantedKeys = new Set(groups.map((g) => portsKey(g.ports)))
  remove.push(...existing.filter((slice) => !wantedKeys.has(portsKey(slice.ports))))
  for (const group of groups) {
    const slices = existing.filter((slice) => portsKey(slice.ports) === portsKey(group.ports))
    const kept = keepOrDrop(slices, group)
    fill(kept, group)
    for (const { slice, endpoints } of kept) {
      if (endpoints.length === 0 && slice !== undefined) remove.push(slice)
      else if (slice === undefined) create.push({ ports: group.ports, endpoints })
      else if (!sameValue(slice.endpoints ?? [], endpoints)) update.push({ slice, content: { ports: slice.ports, endpoints } })
    }
  }
  // A Service always has a slice: empty if there is nothing to put into it.
  if (create.length === 0 && remove.length === existing.length) create.push({ ports: null, endpoints: null })
  // A slice about to go takes over the content of one about to come.
  while (create.length > 0 && remove.length > 0) {
    const slice = remove.shift() as KubeObject
    const content = create.shift() as SliceContent
    const isPlaceholder = content.ports === null && (slice.ports ?? []).length === 0 && (slice.endpoints ?? []).length === 0
    if (!isPlaceholder) update.push({ slice, content })
  }
  return { create, update, remove }
}

interface Kept {
  readonly slice: KubeObject | undefined
  endpoints: SliceEndpoint[]
}

function keepOrDrop(slices: readonly KubeObject[], group: EndpointGroup): Kept[] {
  const wanted = new Map(group.endpoints.map((e) => [endpointKey(e), e]))
  return slices.map((slice) => ({
    slice,
    endpoints: ((slice.endpoints ?? []) as SliceEndpoint[]).flatMap((e) => wanted.get(endpointKey(e)) ?? []),
  }))
}

function fill(kept: Kept[], group: EndpointGroup): void {
  const placed = new Set(kept.flatMap((k) => k.endpoints.map(endpointKey)))
  const fresh = group.endpoints.filter((e) => !placed.has(endpointKey(e)))
  for (const endpoint of fresh) {
    const room = kept.filter((k) => k.endpoints.length < MOST).sort((a, b) => b.endpoints.length - a.endpoints.length)[0]
    if (room === undefined) kept.push({ slice: undefined, endpoints: [endpoint] })
    else room.endpoints.push(endpoint)
  }
}
