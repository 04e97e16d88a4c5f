import type { KubeObject } from '../api/object.ts'
import type { StoreEvent } from '../api/store.ts'
import { cidrContains, parseCidr } from '../base/ip.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, timeText } from './env.ts'

const CIDRS = 'servicecidrs.networking.k8s.io'
const ADDRESSES = 'ipaddresses.networking.k8s.io'
const FINALIZER = 'networking.k8s.io/service-cidr-finalizer'
const READY = 'Kubernetes Service CIDR is ready'
const IN_USE = 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR'
/** Allocators hear of a range on its way out before it goes (deletionGracePeriod), ms. */
const GRACE = 10_000

/** Makes ranges of Service addresses ready, and lets them go once no address needs them (pkg/controller/servicecidrs). */
export class ServiceCidrLoop implements ControlLoop {
  readonly name = 'service-cidr'
  later: (key: string, delay: number) => void = () => {}
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('service-cidr-controller')
  }

  keys({ type, resource, object }: StoreEvent): readonly string[] {
    if (resource === CIDRS) return type === 'DELETED' ? this.going() : [object.metadata.name, ...this.going()]
    return resource === ADDRESSES && type === 'DELETED' ? this.going() : []
  }

  all(): readonly string[] {
    return this.env.store.list(CIDRS).map((cidr) => cidr.metadata.name)
  }

  sync(name: string): void {
    const found = this.env.store.get(CIDRS, undefined, name)
    if (found === undefined) return
    if (found.metadata.deletionTimestamp !== undefined) {
      this.end(found)
      return
    }
    const finalizers = found.metadata.finalizers ?? []
    const held = finalizers.includes(FINALIZER)
      ? found
      : this.api.update(CIDRS, { ...found, metadata: { ...found.metadata, finalizers: [...finalizers, FINALIZER] } })
    this.condition(held, 'True', '', READY)
  }

  private end(cidr: KubeObject): void {
    const finalizers = cidr.metadata.finalizers ?? []
    if (!finalizers.includes(FINALIZER)) return
    if (!this.canGo(cidr)) {
      this.condition(cidr, 'False', 'Terminating', IN_USE)
      return
    }
    const left = Date.parse(cidr.metadata.deletionTimestamp ?? '') + GRACE - this.env.clock.now
    if (left > 0) {
      this.later(cidr.metadata.name, left)
      return
    }
    const kept = finalizers.filter((f) => f !== FINALIZER)
    const { finalizers: _old, ...metadata } = cidr.metadata
    this.api.update(CIDRS, { ...cidr, metadata: kept.length > 0 ? { ...metadata, finalizers: kept } : metadata })
  }

  /** Every address in the range lies in another range as well (canDeleteCIDR). */
  private canGo(cidr: KubeObject): boolean {
    const { store } = this.env
    const rangesOf = (object: KubeObject) => ((object.spec?.cidrs ?? []) as string[]).flatMap((text) => parseCidr(text) ?? [])
    const others = store
      .list(CIDRS)
      .filter((other) => other.metadata.name !== cidr.metadata.name && other.metadata.deletionTimestamp === undefined)
      .flatMap(rangesOf)
    const own = rangesOf(cidr)
    return store.list(ADDRESSES).every(({ metadata: { name } }) => {
      const isOurs = own.some((range) => cidrContains(range, name))
      return !isOurs || others.some((range) => cidrContains(range, name))
    })
  }

  private condition(cidr: KubeObject, status: string, reason: string, message: string): void {
    const before: readonly KubeObject[string][] = cidr.status?.conditions ?? []
    const old = before.find((c) => c.type === 'Ready')
    if (old?.status === status && old.reason === reason && old.message === message) return
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : timeText(this.env.clock.now)
    const condition = { type: 'Ready', status, lastTransitionTime, reason, message }
    const conditions = [...before.filter((c) => c.type !== 'Ready'), condition]
    this.api.update(CIDRS, { ...cidr, status: { ...cidr.status, conditions } }, 'status')
  }

  /** Ranges on their way out, that may be free now. */
  private going(): readonly string[] {
    const { store } = this.env
    return store.list(CIDRS).flatMap(({ metadata }) => (metadata.deletionTimestamp === undefined ? [] : [metadata.name]))
  }
}
