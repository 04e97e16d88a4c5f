import type { KubeObject } from '../api/object.ts'
import type { Store, StoreEvent } from '../api/store.ts'
import type { IpFamily } from '../base/ip.ts'
import { type EndpointsMap, serviceEndpoints, sliceService } from './endpoints-map.ts'
import { type ServicePort, servicePorts } from './service-map.ts'

export const SERVICES = 'services'
export const SLICES = 'endpointslices.discovery.k8s.io'

const same = (a: unknown, b: unknown) => a === b || JSON.stringify(a) === JSON.stringify(b)

const serviceKey = (object: KubeObject) => `${object.metadata.namespace}/${object.metadata.name}`

/** What kube-proxy reads of a slice; other changes (resourceVersion, annotations) are none to it. */
const sliceFacts = (slice: KubeObject | undefined) =>
  slice && [sliceService(slice), slice.addressType, slice.ports, slice.endpoints]

/**
 * Services and endpoints of one family as kube-proxy sees them (its ServicePortMap and EndpointsMap), derived from the store.
 * Nothing here is state: it is rebuilt from the store whenever it was dropped.
 */
export class ServiceTracker {
  private readonly store: Store
  private readonly family: IpFamily
  private readonly node: string
  private services: Map<string, readonly ServicePort[]> | undefined
  private endpoints = new Map<string, EndpointsMap>()
  private slices = new Map<string, Map<string, KubeObject>>()

  constructor(store: Store, family: IpFamily, node: string) {
    this.store = store
    this.family = family
    this.node = node
  }

  /** Forgets everything derived; the next look reads the store. */
  drop(): void {
    this.services = undefined
  }

  /** Takes in a store event; returns the "namespace/name" of every Service whose rules may differ now. */
  note(event: StoreEvent): readonly string[] {
    if (event.resource === SERVICES) return this.noteService(event)
    return event.resource === SLICES ? this.noteSlice(event) : []
  }

  /** Every Service port, in no order that means anything. */
  ports(): ServicePort[] {
    return [...this.built().values()].flat()
  }

  portsOf(service: string): readonly ServicePort[] {
    return this.built().get(service) ?? []
  }

  endpointsOf(port: ServicePort) {
    const service = `${port.namespace}/${port.service}`
    this.built()
    let known = this.endpoints.get(service)
    if (known === undefined) {
      known = serviceEndpoints([...(this.slices.get(service)?.values() ?? [])], this.family, this.node)
      this.endpoints.set(service, known)
    }
    return known.get(port.name) ?? []
  }

  private noteService(event: StoreEvent): readonly string[] {
    const key = serviceKey(event.object)
    const before = event.type === 'ADDED' ? [] : servicePorts(event.old ?? event.object, this.family)
    const after = event.type === 'DELETED' ? [] : servicePorts(event.object, this.family)
    if (same(before, after)) return []
    if (after.length > 0) this.services?.set(key, after)
    else this.services?.delete(key)
    return [key]
  }

  private noteSlice(event: StoreEvent): readonly string[] {
    const before = event.type === 'ADDED' ? undefined : (event.old ?? event.object)
    const after = event.type === 'DELETED' ? undefined : event.object
    const keys = [...new Set([before, after].map((slice) => slice && sliceService(slice)))].filter((key) => key !== undefined)
    if (this.services !== undefined) {
      if (before) this.removeSlice(before)
      if (after) this.addSlice(after)
    }
    if (same(sliceFacts(before), sliceFacts(after))) return []
    for (const key of keys) this.endpoints.delete(key)
    return keys
  }

  private built(): Map<string, readonly ServicePort[]> {
    if (this.services !== undefined) return this.services
    this.services = new Map()
    this.endpoints = new Map()
    this.slices = new Map()
    for (const service of this.store.list(SERVICES)) {
      const ports = servicePorts(service, this.family)
      if (ports.length > 0) this.services.set(serviceKey(service), ports)
    }
    for (const slice of this.store.list(SLICES)) this.addSlice(slice)
    return this.services
  }

  private addSlice(slice: KubeObject): void {
    const key = sliceService(slice)
    if (key === undefined) return
    const slices = this.slices.get(key) ?? new Map<string, KubeObject>()
    slices.set(slice.metadata.name, slice)
    this.slices.set(key, slices)
  }

  private removeSlice(slice: KubeObject): void {
    const key = sliceService(slice)
    if (key !== undefined) this.slices.get(key)?.delete(slice.metadata.name)
  }
}
