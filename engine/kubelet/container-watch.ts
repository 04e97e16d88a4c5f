import type { KubeObject } from '../api/object.ts'
import type { Store } from '../api/store.ts'

export interface ContainerRef {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

interface ContainerStatus {
  readonly name: string
  readonly restartCount?: number
  readonly containerID?: string
  readonly state?: { readonly running?: object; readonly waiting?: { readonly reason?: string }; readonly terminated?: object }
  readonly lastState?: { readonly terminated?: object }
}

/** A container's status, of whichever sort it is. */
export function statusOf(pod: KubeObject | undefined, container: string): ContainerStatus | undefined {
  const {
    containerStatuses = [],
    initContainerStatuses = [],
    ephemeralContainerStatuses = [],
  } = (pod?.status ?? {}) as Record<string, readonly ContainerStatus[]>
  return [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses].find((c) => c.name === container)
}

/** Calls `onEnd` once when this run of the container is over: it ended, runs anew, or its pod is gone. Returns how to stop. */
export function onContainerEnd(store: Store, ref: ContainerRef, onEnd: () => void): () => void {
  const pod = store.get('pods', ref.namespace, ref.pod)
  const uid = pod?.metadata.uid
  const id = statusOf(pod, ref.container)?.containerID
  const stop = store.watch(({ type, resource, object }) => {
    if (resource !== 'pods' || object.metadata.uid !== uid) return
    const status = statusOf(object, ref.container)
    if (type !== 'DELETED' && status?.state?.running !== undefined && status.containerID === id) return
    stop()
    onEnd()
  })
  return stop
}
