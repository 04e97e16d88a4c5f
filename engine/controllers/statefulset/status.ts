import type { KubeObject } from '../../api/object.ts'
import { isAvailable, isReady, isTerminating } from '../pods.ts'
import { type Revisions, revisionOf } from './identity.ts'

/** A StatefulSet's status of its pods (computeReplicaStatus, completeRollingUpdate). */
export function statefulSetStatus(
  set: KubeObject,
  { current, update }: Revisions,
  pods: readonly KubeObject[],
  now: number,
): object {
  const isRunning = (pod: KubeObject) => pod.status?.phase === 'Running' && isReady(pod)
  const count = (test: (pod: KubeObject) => boolean) => pods.filter((pod) => pod.status?.phase && test(pod)).length
  const of = (revision: KubeObject) => count((pod) => !isTerminating(pod) && revisionOf(pod) === revision.metadata.name)
  const replicas = count(() => true)
  const ready = count(isRunning)
  const available = count((pod) => isRunning(pod) && isAvailable(pod, set.spec.minReadySeconds ?? 0, now))
  const updated = of(update)
  let currents = of(current)
  let revision = current.metadata.name
  const wanted: number = set.spec.replicas ?? 1
  const isDone = updated === wanted && ready === wanted && replicas === wanted
  if (set.spec.updateStrategy?.type === 'RollingUpdate' && isDone) {
    currents = updated
    revision = update.metadata.name
  }
  return {
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
    replicas,
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(currents > 0 ? { currentReplicas: currents } : {}),
    ...(updated > 0 ? { updatedReplicas: updated } : {}),
    currentRevision: revision,
    updateRevision: update.metadata.name,
    collisionCount: set.status?.collisionCount ?? 0,
    availableReplicas: available,
  }
}
