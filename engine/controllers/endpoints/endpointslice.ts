import type { KubeObject } from '../../api/object.ts'
import type { StoreEvent } from '../../api/store.ts'
import type { IpFamily } from '../../base/ip.ts'
import type { Json, Stateful } from '../../base/json.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue, splitKey } from '../env.ts'
import { controllerReference } from '../ownership.ts'
import { isReady } from '../pods.ts'
import { hostname, isEndpoint, isHeadless, podIPs, type ServicePortSpec, targetPort } from './addresses.ts'
import { distribution, withHints } from './hints.ts'
import { serviceKeys } from './service-keys.ts'
import { type EndpointGroup, planSlices, type SliceContent, type SliceEndpoint, type SlicePort } from './slice-plan.ts'
import { TRIGGER_TIME, TriggerTimes } from './trigger-time.ts'

const SERVICE_NAME = 'kubernetes.io/service-name'
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
const MANAGER = 'endpointslice-controller.k8s.io'
const HEADLESS = 'service.kubernetes.io/headless'

/** Keeps the EndpointSlices of each Service with a selector (pkg/controller/endpointslice). */
export class EndpointSliceLoop implements ControlLoop, Stateful {
  readonly name = 'endpointslice'
  private readonly env: ControllerEnv
  private readonly api: ApiWriter
  private readonly times = new TriggerTimes()

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
  }

  keys(event: StoreEvent): readonly string[] {
    const { resource, type, object } = event
    if (resource === R.slices) {
      const labels = object.metadata.labels ?? {}
      return type === 'DELETED' && labels[MANAGED_BY] === MANAGER ? [`${object.metadata.namespace}/${labels[SERVICE_NAME]}`] : []
    }
    if (resource === R.nodes) return this.nodeKeys(event)
    return serviceKeys(this.env.indexes, event)
  }

  all(): readonly string[] {
    const services = this.env.store.list(R.services)
    for (const service of services) if (this.slicesOf(service).length > 0) this.times.learn(service, this.pods(service))
    return services.map(keyOf)
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const service = this.env.store.get(R.services, namespace, name)
    if (service === undefined) {
      this.times.forget(key)
      return
    }
    if (service.spec.type === 'ExternalName' || Object.keys(service.spec.selector ?? {}).length === 0) return
    if (service.metadata.deletionTimestamp !== undefined) return
    const pods = this.pods(service)
    const trigger = this.times.next(service, pods)
    const families: readonly string[] = service.spec.ipFamilies ?? ['IPv4']
    const existing = this.slicesOf(service)
    for (const family of families) {
      const own = existing.filter((slice) => slice.addressType === family)
      this.reconcile(service, pods, family === 'IPv6' ? 6 : 4, own, trigger)
    }
    for (const slice of existing) {
      if (!families.includes(slice.addressType)) this.api.delete(R.slices, namespace, slice.metadata.name)
    }
  }

  save(): Json {
    return this.times.save()
  }

  load(state: Json): void {
    this.times.load(state)
  }

  /** A node's zone shows in endpoints on it. */
  private nodeKeys({ object, old }: StoreEvent): readonly string[] {
    const zone = (node: KubeObject | undefined) => node?.metadata.labels?.['topology.kubernetes.io/zone']
    return zone(object) === zone(old) ? [] : this.env.store.list(R.services).map(keyOf)
  }

  private pods(service: KubeObject): readonly KubeObject[] {
    return this.env.indexes.podsOf(service)
  }

  private slicesOf(service: KubeObject): readonly KubeObject[] {
    const slices = this.env.indexes.slicesOf(service.metadata.namespace, service.metadata.name)
    return slices.filter((slice) => slice.metadata.labels?.[MANAGED_BY] === MANAGER)
  }

  private reconcile(
    service: KubeObject,
    pods: readonly KubeObject[],
    family: IpFamily,
    existing: readonly KubeObject[],
    trigger: string | undefined,
  ): void {
    const plan = planSlices(existing, this.groups(service, pods, family))
    const planned = new Set([...plan.update.map((u) => u.slice), ...plan.remove])
    for (const { slice, content } of plan.update) this.write(service, family, slice, content, trigger)
    for (const content of plan.create) this.write(service, family, undefined, content, trigger)
    for (const slice of plan.remove) this.api.delete(R.slices, slice.metadata.namespace, slice.metadata.name)
    const labels = labelsOf(service)
    for (const slice of existing) {
      if (planned.has(slice) || sameValue(slice.metadata.labels, labels)) continue
      this.write(service, family, slice, { ports: slice.ports ?? null, endpoints: slice.endpoints ?? null }, trigger)
    }
  }

  private groups(service: KubeObject, pods: readonly KubeObject[], family: IpFamily): readonly EndpointGroup[] {
    const groups = new Map<string, { ports: SlicePort[]; endpoints: SliceEndpoint[] }>()
    for (const pod of pods) {
      if (!isEndpoint(pod, true)) continue
      const addresses = podIPs(pod).filter((ip) => ip.includes(':') === (family === 6))
      if (addresses.length === 0) continue
      const ports = portsOf(service, pod)
      const key = JSON.stringify(ports)
      const group = groups.get(key) ?? { ports, endpoints: [] }
      group.endpoints.push(this.endpoint(service, pod, addresses))
      groups.set(key, group)
    }
    return [...groups.values()]
  }

  private endpoint(service: KubeObject, pod: KubeObject, addresses: readonly string[]): SliceEndpoint {
    const terminating = pod.metadata.deletionTimestamp !== undefined
    const serving = isReady(pod)
    const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating)
    const name = hostname(pod, service)
    const nodeName: string | undefined = pod.spec.nodeName
    const zone = nodeName && this.env.store.get(R.nodes, undefined, nodeName)?.metadata.labels?.['topology.kubernetes.io/zone']
    const { namespace, name: podName, uid = '' } = pod.metadata
    const endpoint: SliceEndpoint = {
      addresses,
      conditions: { ready, serving, terminating },
      ...(name === undefined ? {} : { hostname: name }),
      targetRef: { kind: 'Pod', ...(namespace === undefined ? {} : { namespace }), name: podName, uid },
      ...(nodeName ? { nodeName } : {}),
      ...(zone ? { zone } : {}),
    }
    return withHints(endpoint, distribution(service))
  }

  private write(
    service: KubeObject,
    family: IpFamily,
    slice: KubeObject | undefined,
    content: SliceContent,
    trigger: string | undefined,
  ): void {
    const { [TRIGGER_TIME]: _time, ...kept } = slice?.metadata.annotations ?? {}
    const annotations = trigger === undefined ? kept : { ...kept, [TRIGGER_TIME]: trigger }
    const { annotations: _a, ...metadata } = slice?.metadata ?? {
      name: '',
      generateName: `${service.metadata.name}-`,
      namespace: service.metadata.namespace,
      ownerReferences: [controllerReference(service)],
    }
    const object = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: labelsOf(service), ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
      addressType: family === 6 ? 'IPv6' : 'IPv4',
      endpoints: content.endpoints,
      ports: content.ports,
    } as KubeObject
    if (slice === undefined) this.api.create(R.slices, object)
    else this.api.update(R.slices, object)
  }
}

function labelsOf(service: KubeObject): Readonly<Record<string, string>> {
  const labels: Record<string, string> = { ...service.metadata.labels }
  delete labels[HEADLESS]
  return {
    ...labels,
    [MANAGED_BY]: MANAGER,
    [SERVICE_NAME]: service.metadata.name,
    ...(isHeadless(service) ? { [HEADLESS]: '' } : {}),
  }
}

function portsOf(service: KubeObject, pod: KubeObject): SlicePort[] {
  return ((service.spec.ports ?? []) as ServicePortSpec[]).flatMap((port) => {
    const number = targetPort(pod, port)
    if (number === undefined) return []
    const { name = '', protocol = 'TCP', appProtocol } = port
    return [{ name, protocol, port: number, ...(appProtocol === undefined ? {} : { appProtocol }) }]
  })
}
