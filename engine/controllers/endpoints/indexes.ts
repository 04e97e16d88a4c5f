import type { KubeObject } from '../../api/object.ts'
import { matchesMap } from '../../api/selectors.ts'
import type { Store, StoreEvent } from '../../api/store.ts'
import { keyOf, R } from '../env.ts'

const SERVICE_NAME = 'kubernetes.io/service-name'

type Labels = Readonly<Record<string, string>>
type Group = Map<string, KubeObject>

/** Objects of one resource by something they say: what an informer's indexer is to a real controller. Derived, never saved. */
class Index {
  private readonly resource: string
  private readonly keys: (object: KubeObject) => readonly string[]
  private groups: Map<string, Group> | undefined

  constructor(resource: string, keys: (object: KubeObject) => readonly string[]) {
    this.resource = resource
    this.keys = keys
  }

  drop(): void {
    this.groups = undefined
  }

  note({ type, resource, object, old }: StoreEvent): void {
    if (resource !== this.resource || this.groups === undefined) return
    const before = type === 'DELETED' ? (old ?? object) : old
    if (before !== undefined) for (const key of this.keys(before)) this.groups.get(key)?.delete(keyOf(before))
    if (type !== 'DELETED') this.add(this.groups, object)
  }

  /** The objects of that key in the store's own order. */
  of(store: Store, key: string): readonly KubeObject[] {
    if (this.groups === undefined) {
      this.groups = new Map()
      for (const object of store.list(this.resource)) this.add(this.groups, object)
    }
    const found = [...(this.groups.get(key)?.values() ?? [])]
    return found.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  }

  private add(groups: Map<string, Group>, object: KubeObject): void {
    for (const key of this.keys(object)) {
      const group = groups.get(key) ?? new Map<string, KubeObject>()
      groups.set(key, group.set(keyOf(object), object))
    }
  }
}

const labelKey = (namespace: string | undefined, [name, value]: readonly [string, string]) => `${namespace} ${name}=${value}`
const labelKeys = (object: KubeObject, labels: Labels | undefined) =>
  Object.entries(labels ?? {}).map((label) => labelKey(object.metadata.namespace, label))

/** What the endpoints controllers look up all the time: which pods a Service selects, which Services select a pod, which slices it has. */
export class EndpointIndexes {
  private readonly store: Store
  private readonly pods = new Index(R.pods, (pod) => labelKeys(pod, pod.metadata.labels))
  private readonly services = new Index(R.services, (service) => labelKeys(service, service.spec?.selector).slice(0, 1))
  private readonly slices = new Index(R.slices, (slice) =>
    labelKeys(slice, { [SERVICE_NAME]: slice.metadata.labels?.[SERVICE_NAME] ?? '' }),
  )

  constructor(store: Store) {
    this.store = store
    store.watch((event) => {
      for (const index of [this.pods, this.services, this.slices]) index.note(event)
    })
  }

  /** The store was replaced. */
  drop(): void {
    for (const index of [this.pods, this.services, this.slices]) index.drop()
  }

  podsOf(service: KubeObject): readonly KubeObject[] {
    const selector: Labels | undefined = service.spec?.selector
    const [first] = labelKeys(service, selector)
    return first === undefined ? [] : this.pods.of(this.store, first).filter((pod) => matchesMap(selector, pod.metadata.labels))
  }

  servicesOf(pod: KubeObject): readonly KubeObject[] {
    const candidates = labelKeys(pod, pod.metadata.labels).flatMap((key) => this.services.of(this.store, key))
    return candidates.filter((service) => matchesMap(service.spec?.selector, pod.metadata.labels))
  }

  slicesOf(namespace: string | undefined, service: string): readonly KubeObject[] {
    return this.slices.of(this.store, labelKey(namespace, [SERVICE_NAME, service]))
  }
}
