import type { KubeObject } from '../api/object.ts'
import type { Store } from '../api/store.ts'
import { controllerOf } from './ownership.ts'

interface Condition {
  readonly type: string
  readonly status: string
  readonly lastTransitionTime?: string
}

export function podCondition(pod: KubeObject, type: string): Condition | undefined {
  return ((pod.status?.conditions ?? []) as Condition[]).find((c) => c.type === type)
}

export function isReady(pod: KubeObject): boolean {
  return podCondition(pod, 'Ready')?.status === 'True'
}

/** Ready for at least `minReadySeconds`. */
export function isAvailable(pod: KubeObject, minReadySeconds: number, now: number): boolean {
  const ready = podCondition(pod, 'Ready')
  if (ready?.status !== 'True') return false
  return minReadySeconds === 0 || Date.parse(ready.lastTransitionTime ?? '') + minReadySeconds * 1000 <= now
}

export function isFinished(pod: KubeObject): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}

export function isTerminating(pod: KubeObject): boolean {
  return pod.metadata.deletionTimestamp !== undefined
}

/** Counts towards its controller's replicas. */
export function isActive(pod: KubeObject): boolean {
  return !isFinished(pod) && !isTerminating(pod)
}

function restarts(pod: KubeObject): number {
  return Math.max(0, ...((pod.status?.containerStatuses ?? []) as { restartCount?: number }[]).map((c) => c.restartCount ?? 0))
}

const PHASES = ['Pending', 'Unknown', 'Running']

/** Which pod goes first when there are too many (pkg/controller, ActivePodsWithRanks). */
export function byDeletionOrder(rank: (pod: KubeObject) => number): (a: KubeObject, b: KubeObject) => number {
  const cost = (pod: KubeObject) => Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0)
  const phase = (pod: KubeObject) => PHASES.indexOf(pod.status?.phase ?? 'Unknown')
  const readySince = (pod: KubeObject) => Date.parse(podCondition(pod, 'Ready')?.lastTransitionTime ?? '') || 0
  const created = (pod: KubeObject) => Date.parse(pod.metadata.creationTimestamp ?? '') || 0
  return (a, b) =>
    Number(!!a.spec?.nodeName) - Number(!!b.spec?.nodeName) ||
    phase(a) - phase(b) ||
    Number(isReady(a)) - Number(isReady(b)) ||
    cost(a) - cost(b) ||
    rank(b) - rank(a) ||
    (isReady(a) && isReady(b) ? readySince(b) - readySince(a) : 0) ||
    restarts(b) - restarts(a) ||
    created(b) - created(a)
}

/** A pod from a template, owned by `owner` (pkg/controller, GetPodFromTemplate). */
export function podFromTemplate(owner: KubeObject, template: KubeObject[string], ownerReferences: readonly object[]): KubeObject {
  const { labels, annotations, finalizers } = template.metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: '',
      generateName: `${owner.metadata.name}-`,
      namespace: owner.metadata.namespace,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences,
    },
    spec: template.spec,
  } as KubeObject
}

/** "namespace/name" of the controller of `kind` that an event's pod belongs to. */
export function ownerKey(pod: KubeObject, kind: string): string | undefined {
  const owner = controllerOf(pod)
  return owner?.kind === kind ? `${pod.metadata.namespace}/${owner.name}` : undefined
}

/** Objects of a resource in the pod's namespace whose selector could want it: for pods that nobody controls. */
export function namespaceKeys(store: Store, resource: string, namespace: string | undefined): readonly string[] {
  return store.list(resource, namespace).map((o) => `${namespace}/${o.metadata.name}`)
}
