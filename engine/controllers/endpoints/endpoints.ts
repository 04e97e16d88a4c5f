import type { KubeObject } from '../../api/object.ts'
import type { StoreEvent } from '../../api/store.ts'
import { ipFamily } from '../../base/ip.ts'
import type { Json, Stateful } from '../../base/json.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue, splitKey } from '../env.ts'
import { isReady } from '../pods.ts'
import { hostname, isEndpoint, isHeadless, podIP, type ServicePortSpec, targetPort } from './addresses.ts'
import { serviceKeys } from './service-keys.ts'
import { type Address, repack, type Subset } from './subsets.ts'
import { TRIGGER_TIME, TriggerTimes } from './trigger-time.ts'

const HEADLESS = 'service.kubernetes.io/headless'
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by'
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity'

/** Writes the Endpoints object of each Service with a selector (pkg/controller/endpoint). */
export class EndpointsLoop implements ControlLoop, Stateful {
  readonly name = 'endpoint'
  private readonly env: ControllerEnv
  private readonly api: ApiWriter
  private readonly times = new TriggerTimes()

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
  }

  keys(event: StoreEvent): readonly string[] {
    if (event.resource === R.endpoints) return event.type === 'DELETED' ? [keyOf(event.object)] : []
    return serviceKeys(this.env.indexes, event)
  }

  all(): readonly string[] {
    const services = this.env.store.list(R.services)
    for (const service of services) {
      const exists = this.env.store.get(R.endpoints, service.metadata.namespace, service.metadata.name) !== undefined
      if (exists) this.times.learn(service, this.pods(service))
    }
    return services.map(keyOf)
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const { store } = this.env
    const service = store.get(R.services, namespace, name)
    const current = store.get(R.endpoints, namespace, name)
    if (service === undefined) {
      this.times.forget(key)
      if (current !== undefined) this.api.delete(R.endpoints, namespace, name)
      return
    }
    if (service.spec.type === 'ExternalName' || Object.keys(service.spec.selector ?? {}).length === 0) return
    const pods = this.pods(service)
    const subsets = this.subsets(service, pods)
    const trigger = this.times.next(service, pods)
    this.write(service, current, subsets, trigger)
  }

  save(): Json {
    return this.times.save()
  }

  load(state: Json): void {
    this.times.load(state)
  }

  private pods(service: KubeObject): readonly KubeObject[] {
    return this.env.indexes.podsOf(service)
  }

  private subsets(service: KubeObject, pods: readonly KubeObject[]): readonly Subset[] {
    const family = service.spec.ipFamilies?.[0] === 'IPv6' ? 6 : (ipFamily(service.spec.clusterIP ?? '') ?? 4)
    const publish: boolean = service.spec.publishNotReadyAddresses === true
    const parts: Subset[] = []
    for (const pod of pods) {
      if (!isEndpoint(pod, publish)) continue
      const ip = podIP(pod, family)
      if (ip === undefined) continue
      const name = hostname(pod, service)
      const { namespace, name: podName, uid } = pod.metadata
      const address: Address = {
        ip,
        ...(name === undefined ? {} : { hostname: name }),
        nodeName: pod.spec.nodeName,
        targetRef: { kind: 'Pod', namespace, name: podName, uid },
      }
      const part = publish || isReady(pod) ? { addresses: [address] } : { notReadyAddresses: [address] }
      const ports = (service.spec.ports ?? []) as ServicePortSpec[]
      if (ports.length === 0 && isHeadless(service)) parts.push({ ...part, ports: [] })
      for (const port of ports) {
        const number = targetPort(pod, port)
        if (number === undefined) continue
        const { name: portName, protocol = 'TCP', appProtocol } = port
        const named = {
          ...(portName ? { name: portName } : {}),
          port: number,
          protocol,
          ...(appProtocol === undefined ? {} : { appProtocol }),
        }
        parts.push({ ...part, ports: [named] })
      }
    }
    return repack(parts)
  }

  private write(
    service: KubeObject,
    current: KubeObject | undefined,
    subsets: readonly Subset[],
    trigger: string | undefined,
  ): void {
    const labels: Record<string, string> = { ...service.metadata.labels }
    delete labels[HEADLESS]
    if (isHeadless(service)) labels[HEADLESS] = ''
    if (this.env.minor >= 33) labels[MANAGED_BY] = 'endpoint-controller'
    const unchanged =
      current !== undefined && sameValue(current.subsets ?? [], subsets) && sameValue(current.metadata.labels ?? {}, labels)
    if (unchanged) return
    const { [TRIGGER_TIME]: _time, [OVER_CAPACITY]: _over, ...kept } = current?.metadata.annotations ?? {}
    const annotations = trigger === undefined ? kept : { ...kept, [TRIGGER_TIME]: trigger }
    const { namespace, name } = service.metadata
    const { annotations: _a, labels: _l, ...metadata } = current?.metadata ?? { namespace, name }
    const object = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: {
        ...metadata,
        ...(Object.keys(labels).length > 0 ? { labels } : {}),
        ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      },
      ...(subsets.length > 0 ? { subsets } : {}),
    } as KubeObject
    if (current === undefined) this.api.create(R.endpoints, object)
    else this.api.update(R.endpoints, object)
  }
}
