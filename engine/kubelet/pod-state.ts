/** A container as its kubelet knows it; plain data. */
export interface ContainerState {
  readonly name: string
  readonly image: string
  readonly phase: 'waiting' | 'running' | 'terminated'
  /** Its image was asked for: it is on its way. */
  readonly begun?: boolean
  /** Why it waits or how it ended: ContainerCreating, ImagePullBackOff, Completed, Error. */
  readonly reason?: string
  readonly message?: string
  readonly containerId?: string
  readonly startedAt?: number
  readonly finishedAt?: number
  readonly exitCode?: number
  readonly restarts: number
  readonly ready: boolean
  readonly started: boolean
  /** Its probes run. */
  readonly probed?: boolean
  /** How long its next start waits after the next failure, ms; none as long as it has not failed. */
  readonly backOff?: number
  /** How its last run ended. */
  readonly last?: {
    readonly exitCode: number
    readonly reason: string
    readonly startedAt: number
    readonly finishedAt: number
    readonly containerId: string
  }
}

/** A pod as its kubelet knows it. */
export interface PodState {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly stage: 'accepted' | 'pulling' | 'starting' | 'running' | 'stopping' | 'finished'
  readonly startTime: number
  readonly ip?: string
  /** Why the kubelet ended it: DeadlineExceeded. */
  readonly reason?: string
  readonly message?: string
  readonly inits: readonly ContainerState[]
  readonly containers: readonly ContainerState[]
  readonly ephemerals: readonly ContainerState[]
  /** Consecutive probe results by "container/kind": positive for successes, negative for failures. */
  readonly probes: Readonly<Record<string, number>>
}

export function withContainer(pod: PodState, name: string, change: Partial<ContainerState>): PodState {
  const changed = (list: readonly ContainerState[]) =>
    list.some((c) => c.name === name) ? list.map((c) => (c.name === name ? { ...c, ...change } : c)) : list
  return { ...pod, inits: changed(pod.inits), containers: changed(pod.containers), ephemerals: changed(pod.ephemerals) }
}

/** The pod's containers of every sort, in the order in which they start. */
export function everyContainer(pod: PodState): readonly ContainerState[] {
  return [...pod.inits, ...pod.containers, ...pod.ephemerals]
}

export function containerState(pod: PodState, name: string): ContainerState | undefined {
  return everyContainer(pod).find((c) => c.name === name)
}

export function newContainer(name: string, image: string, reason: string): ContainerState {
  return { name, image, phase: 'waiting', reason, restarts: 0, ready: false, started: false }
}
