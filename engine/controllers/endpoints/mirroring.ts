import type { KubeObject } from '../../api/object.ts'
import type { StoreEvent } from '../../api/store.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue, splitKey } from '../env.ts'
import { controllerReference } from '../ownership.ts'
import { type EndpointGroup, planSlices, type SliceContent, type SliceEndpoint, type SlicePort } from './slice-plan.ts'
import type { Address, Port, Subset } from './subsets.ts'
import { TRIGGER_TIME } from './trigger-time.ts'

const SERVICE_NAME = 'kubernetes.io/service-name'
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
const MANAGER = 'endpointslicemirroring-controller.k8s.io'
const SKIP = 'endpointslice.kubernetes.io/skip-mirror'
const LEADER = 'control-plane.alpha.kubernetes.io/leader'
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * Copies hand-written Endpoints of Services without a selector into slices, which is what kube-proxy reads
 * (pkg/controller/endpointslicemirroring).
 */
export class MirroringLoop implements ControlLoop {
  readonly name = 'endpointslicemirroring'
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
  }

  keys({ resource, object }: StoreEvent): readonly string[] {
    return resource === R.endpoints || resource === R.services ? [keyOf(object)] : []
  }

  all(): readonly string[] {
    return this.env.store.list(R.endpoints).map(keyOf)
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const { store } = this.env
    const endpoints = store.get(R.endpoints, namespace, name)
    const service = store.get(R.services, namespace, name)
    const existing = this.slicesOf(namespace, name)
    if (endpoints === undefined || service === undefined || !isMirrored(endpoints) || isSelecting(service)) {
      for (const slice of existing) this.api.delete(R.slices, namespace, slice.metadata.name)
      return
    }
    for (const addressType of ['IPv4', 'IPv6'] as const) {
      const own = existing.filter((slice) => slice.addressType === addressType)
      const groups = groupsOf(endpoints, addressType)
      if (groups.length === 0) {
        for (const slice of own) this.api.delete(R.slices, namespace, slice.metadata.name)
        continue
      }
      const plan = planSlices(own, groups)
      for (const { slice, content } of plan.update) this.write(endpoints, addressType, slice, content)
      for (const content of plan.create) this.write(endpoints, addressType, undefined, content)
      for (const slice of plan.remove) this.api.delete(R.slices, namespace, slice.metadata.name)
      const planned = new Set([...plan.update.map((u) => u.slice), ...plan.remove])
      for (const slice of own) {
        if (planned.has(slice) || sameValue(slice.metadata.labels, labelsOf(endpoints))) continue
        this.write(endpoints, addressType, slice, { ports: slice.ports ?? null, endpoints: slice.endpoints ?? null })
      }
    }
  }

  private slicesOf(namespace: string | undefined, name: string): readonly KubeObject[] {
    return this.env.indexes.slicesOf(namespace, name).filter((slice) => slice.metadata.labels?.[MANAGED_BY] === MANAGER)
  }

  private write(endpoints: KubeObject, addressType: string, slice: KubeObject | undefined, content: SliceContent): void {
    const { [TRIGGER_TIME]: _time, [LAST_APPLIED]: _applied, ...annotations } = endpoints.metadata.annotations ?? {}
    const { annotations: _old, ...metadata } = slice?.metadata ?? {
      name: '',
      generateName: `${endpoints.metadata.name}-`,
      namespace: endpoints.metadata.namespace,
      ownerReferences: [controllerReference(endpoints)],
    }
    const object = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: labelsOf(endpoints), ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
      addressType,
      endpoints: content.endpoints,
      ports: content.ports,
    } as KubeObject
    if (slice === undefined) this.api.create(R.slices, object)
    else this.api.update(R.slices, object)
  }
}

function isMirrored({ metadata: { labels, annotations } }: KubeObject): boolean {
  return labels?.[SKIP] !== 'true' && annotations?.[LEADER] === undefined
}

function isSelecting(service: KubeObject): boolean {
  return Object.keys(service.spec.selector ?? {}).length > 0
}

function labelsOf(endpoints: KubeObject): Readonly<Record<string, string>> {
  return { ...endpoints.metadata.labels, [SERVICE_NAME]: endpoints.metadata.name, [MANAGED_BY]: MANAGER }
}

function groupsOf(endpoints: KubeObject, addressType: 'IPv4' | 'IPv6'): readonly EndpointGroup[] {
  const groups: EndpointGroup[] = []
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of (endpoints.subsets ?? []) as Partial<Subset>[]) {
    const of = (list: readonly Address[], ready: boolean) =>
      list.filter((a) => a.ip.includes(':') === (addressType === 'IPv6')).map((a) => mirrored(a, ready))
    const all = [...of(addresses, true), ...of(notReadyAddresses, false)]
    if (all.length > 0) groups.push({ ports: ports.map(portOf), endpoints: all })
  }
  return groups
}

function portOf({ name = '', protocol = 'TCP', port, appProtocol }: Port): SlicePort {
  return { name, protocol, port, ...(appProtocol === undefined ? {} : { appProtocol }) }
}

/** Endpoints know ready or not, and nothing of serving and terminating. */
function mirrored({ ip, hostname, nodeName, targetRef }: Address, ready: boolean): SliceEndpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname === undefined ? {} : { hostname }),
    ...(targetRef === undefined ? {} : { targetRef }),
    ...(nodeName === undefined ? {} : { nodeName }),
  }
}
