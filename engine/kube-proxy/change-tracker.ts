import type { KubeObject } from '../api/object.ts'
import type { Store, StoreEvent } from '../api/store.ts'
import type { IpFamily } from '../base/ip.ts'
import type { Json, Stateful } from '../base/json.ts'
import { type Endpoint, type EndpointsMap, portKey, sliceService } from './endpoints-map.ts'
import { NEWEST, type Release } from './release.ts'
import { isWatched, type ServicePort, servicePorts } from './service-map.ts'
import { SliceCache } from './slice-cache.ts'

export const SERVICES = 'services'
export const SLICES = 'endpointslices.discovery.k8s.io'

/** Set by the endpoints controllers: when what led to the change of a slice happened. */
const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time'

const same = (a: unknown, b: unknown) => a === b || JSON.stringify(a) === JSON.stringify(b)
const serviceKey = (object: KubeObject) => `${object.metadata.namespace}/${object.metadata.name}`

const hasUdp = (slice: KubeObject) =>
  (slice.endpoints ?? []).length > 0 && ((slice.ports ?? []) as { protocol?: string }[]).some((p) => p.protocol === 'UDP')

/** What changed since the last sync. */
export interface Changes {
  /** "namespace/name" of every Service whose ports or endpoints changed. */
  readonly services: ReadonlySet<string>
  /** Whether a UDP port had or has endpoints among those that changed (ConntrackCleanupRequired). */
  readonly udpEndpoints: boolean
  /** When what caused the changes happened, ms. */
  readonly triggerTimes: readonly number[]
}

/** Of a Service whose slices changed: whether one of them had UDP endpoints before, and when the changes were caused. */
interface EndpointsChange {
  readonly udp: boolean
  readonly times: readonly number[]
}

interface Counts {
  readonly serviceChanges: number
  readonly endpointChanges: number
}

/**
 * Services and endpoints of one family as kube-proxy sees them, and what changed since it last wrote rules
 * (ServiceChangeTracker and EndpointsChangeTracker of pkg/proxy). The maps are derived from the store and read again whenever they
 * were dropped; only what is pending is state.
 */
export class ChangeTracker implements Stateful {
  private readonly store: Store
  private readonly family: IpFamily
  private readonly release: Release
  /** Services that differ from what was last synced, with what they were. */
  private readonly changedServices = new Map<string, readonly ServicePort[]>()
  private readonly changedEndpoints = new Map<string, EndpointsChange>()
  /** A process that has just started and written nothing yet: everything is a change to it. */
  private fresh = true
  private startTime = 0
  private counts: Counts = { serviceChanges: 0, endpointChanges: 0 }
  private services: Map<string, readonly ServicePort[]> | undefined
  /** The objects that the ports come from, and what each came to: objects stay the same through undo. */
  private readonly objects = new Map<string, KubeObject>()
  private readonly known = new WeakMap<KubeObject, readonly ServicePort[]>()
  private readonly slices: SliceCache

  constructor(store: Store, family: IpFamily, node: string, release: Release = NEWEST) {
    this.store = store
    this.family = family
    this.release = release
    this.slices = new SliceCache(family, node, release)
  }

  /** A new process: everything it lists is a change to it. */
  restart(now: number): void {
    this.services = undefined
    this.changedServices.clear()
    this.changedEndpoints.clear()
    this.fresh = true
    this.startTime = now
    this.built()
    this.counts = { serviceChanges: this.store.list(SERVICES).filter(isWatched).length, endpointChanges: this.slices.count() }
  }

  /** Takes in a store event; whether rules may have to change. */
  note(event: StoreEvent): boolean {
    if (event.resource === SERVICES) return this.noteService(event)
    return event.resource === SLICES ? this.noteSlice(event) : false
  }

  /** Every Service with ports in this family, in no order that means anything. */
  all(): ReadonlyMap<string, readonly ServicePort[]> {
    return this.built()
  }

  /** The ports of one Service, by "namespace/name". */
  portsOf(service: string): readonly ServicePort[] {
    return this.built().get(service) ?? []
  }

  endpointsOf(port: ServicePort): readonly Endpoint[] {
    this.built()
    return this.slices.endpointsOf(`${port.namespace}/${port.service}`).get(portKey(port.name, port.protocol)) ?? []
  }

  /** Endpoints of a Service by port, whether or not the Service exists. */
  endpointsOfService(key: string): EndpointsMap {
    this.built()
    return this.slices.endpointsOf(key)
  }

  /** The objects that a Service's rules come from. */
  sourceOf(service: string): readonly KubeObject[] {
    this.built()
    const object = this.objects.get(service)
    return [...(object === undefined ? [] : [object]), ...this.slices.of(service)]
  }

  /** What waits for a sync: for the metrics of that name. */
  waiting(): { readonly services: number; readonly endpoints: number } {
    return { services: this.changedServices.size, endpoints: this.changedEndpoints.size }
  }

  /** Every change this process has seen. */
  seen(): Counts {
    return this.counts
  }

  /** Hands over what changed, and forgets it (ServicePortMap.Update, EndpointsMap.Update). */
  take(): Changes {
    this.built()
    const udpNow = (key: string) => this.slices.hasUdp(key)
    const changes: Changes = {
      services: new Set([...this.changedServices.keys(), ...this.changedEndpoints.keys()]),
      udpEndpoints: this.fresh
        ? [...this.slices.services()].some(udpNow)
        : [...this.changedEndpoints].some(([key, { udp }]) => udp || udpNow(key)),
      triggerTimes: [...this.changedEndpoints.values()].flatMap(({ times }) => times),
    }
    this.fresh = false
    this.changedServices.clear()
    this.changedEndpoints.clear()
    return changes
  }

  save(): Json {
    return {
      services: Object.fromEntries(this.changedServices),
      endpoints: Object.fromEntries(this.changedEndpoints),
      fresh: this.fresh,
      startTime: this.startTime,
      counts: this.counts,
    } as unknown as Json
  }

  load(state: Json): void {
    const saved = state as unknown as {
      services: Record<string, readonly ServicePort[]>
      endpoints: Record<string, EndpointsChange>
      fresh: boolean
      startTime: number
      counts: Counts
    }
    this.changedServices.clear()
    this.changedEndpoints.clear()
    for (const [key, ports] of Object.entries(saved.services)) this.changedServices.set(key, ports)
    for (const [key, change] of Object.entries(saved.endpoints)) this.changedEndpoints.set(key, change)
    this.fresh = saved.fresh
    this.startTime = saved.startTime
    this.counts = saved.counts
    this.services = undefined
  }

  private noteService(event: StoreEvent): boolean {
    const key = serviceKey(event.object)
    const before = event.type === 'ADDED' ? undefined : (event.old ?? event.object)
    const after = event.type === 'DELETED' ? undefined : event.object
    // Its informer does not show it headless Services and those of other proxies.
    if (!(before && isWatched(before)) && !(after && isWatched(after))) return false
    this.counts = { ...this.counts, serviceChanges: this.counts.serviceChanges + 1 }
    const ports = after === undefined ? [] : this.portsFrom(after)
    const previous = this.changedServices.get(key) ?? (before === undefined ? [] : this.portsFrom(before))
    if (same(previous, ports)) this.changedServices.delete(key)
    else this.changedServices.set(key, previous)
    this.services?.delete(key)
    if (after === undefined || ports.length === 0) return this.changedServices.size > 0
    this.services?.set(key, ports)
    this.objects.set(key, after)
    return this.changedServices.size > 0
  }

  private noteSlice(event: StoreEvent): boolean {
    const before = event.type === 'ADDED' ? undefined : this.relevant(event.old ?? event.object)
    const after = event.type === 'DELETED' ? undefined : this.relevant(event.object)
    if (before === undefined && after === undefined) return false
    this.counts = { ...this.counts, endpointChanges: this.counts.endpointChanges + 1 }
    if (before !== undefined) {
      const { key, change } = this.changeOf(before)
      // What a slice that is gone was caused by is not measured.
      this.changedEndpoints.set(key, { udp: change.udp || hasUdp(before), times: after === undefined ? [] : change.times })
    }
    if (after !== undefined) {
      const { key, change } = this.changeOf(after)
      const time = Date.parse(after.metadata.annotations?.[TRIGGER_TIME] ?? '')
      this.changedEndpoints.set(key, time > this.startTime ? { ...change, times: [...change.times, time] } : change)
    }
    if (this.services === undefined) return true
    if (before) this.slices.remove(before)
    if (after) this.slices.add(after)
    return true
  }

  private changeOf(slice: KubeObject): { readonly key: string; readonly change: EndpointsChange } {
    const key = sliceService(slice) as string
    return { key, change: this.changedEndpoints.get(key) ?? { udp: false, times: [] } }
  }

  private relevant(slice: KubeObject): KubeObject | undefined {
    return slice.addressType === (this.family === 4 ? 'IPv4' : 'IPv6') && sliceService(slice) !== undefined ? slice : undefined
  }

  private portsFrom(service: KubeObject): readonly ServicePort[] {
    let ports = this.known.get(service)
    if (ports === undefined) {
      ports = servicePorts(service, this.family, this.release)
      this.known.set(service, ports)
    }
    return ports
  }

  private built(): Map<string, readonly ServicePort[]> {
    if (this.services !== undefined) return this.services
    this.services = new Map()
    this.slices.clear()
    this.objects.clear()
    for (const service of this.store.list(SERVICES)) {
      const ports = this.portsFrom(service)
      if (ports.length === 0) continue
      this.services.set(serviceKey(service), ports)
      this.objects.set(serviceKey(service), service)
    }
    for (const slice of this.store.list(SLICES)) if (this.relevant(slice)) this.slices.add(slice)
    return this.services
  }
}
