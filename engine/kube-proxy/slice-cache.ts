import type { KubeObject } from '../api/object.ts'
import type { IpFamily } from '../base/ip.ts'
import { type EndpointsMap, serviceEndpoints, sliceService } from './endpoints-map.ts'
import type { Release } from './release.ts'

/** EndpointSlices by Service, and the endpoints they add up to, worked out when asked for (pkg/proxy/endpointslicecache.go). */
export class SliceCache {
  private readonly family: IpFamily
  private readonly node: string
  private readonly release: Release
  private readonly slices = new Map<string, Map<string, KubeObject>>()
  private readonly endpoints = new Map<string, EndpointsMap>()
  private total = 0

  constructor(family: IpFamily, node: string, release: Release) {
    this.family = family
    this.node = node
    this.release = release
  }

  clear(): void {
    this.slices.clear()
    this.total = 0
    this.endpoints.clear()
  }

  add(slice: KubeObject): void {
    const key = sliceService(slice)
    if (key === undefined) return
    const slices = this.slices.get(key) ?? new Map<string, KubeObject>()
    if (slices.size === 0) this.slices.set(key, slices)
    if (!slices.has(slice.metadata.name)) this.total++
    slices.set(slice.metadata.name, slice)
    this.endpoints.delete(key)
  }

  remove(slice: KubeObject): void {
    const key = sliceService(slice)
    if (key === undefined) return
    const slices = this.slices.get(key)
    if (slices?.delete(slice.metadata.name)) this.total--
    if (slices?.size === 0) this.slices.delete(key)
    this.endpoints.delete(key)
  }

  /** "namespace/name" of every Service that has slices. */
  services(): Iterable<string> {
    return this.slices.keys()
  }

  /** The slices of a Service. */
  of(service: string): Iterable<KubeObject> {
    return this.slices.get(service)?.values() ?? []
  }

  /** How many slices there are. */
  count(): number {
    return this.total
  }

  endpointsOf(service: string): EndpointsMap {
    let known = this.endpoints.get(service)
    if (known === undefined) {
      known = serviceEndpoints([...(this.slices.get(service)?.values() ?? [])], this.family, this.node, this.release)
      this.endpoints.set(service, known)
    }
    return known
  }

  /** Whether a UDP port of the Service has endpoints. */
  hasUdp(service: string): boolean {
    for (const [key, endpoints] of this.endpointsOf(service)) if (key.endsWith(' udp') && endpoints.length > 0) return true
    return false
  }
}
