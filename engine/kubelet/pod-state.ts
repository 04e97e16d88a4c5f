/** A container as its kubelet knows it; plain data. */
export interface ContainerState {
  readonly name: string
  readonly image: string
  readonly phase: 'waiting' | 'running' | 'terminated'
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
  readonly containers: readonly ContainerState[]
  /** Consecutive probe results by "container/kind": positive for successes, negative for failures. */
  readonly probes: Readonly<Record<string, number>>
}

export function withContainer(pod: PodState, name: string, change: Partial<ContainerState>): PodState {
  return { ...pod, containers: pod.containers.map((c) => (c.name === name ? { ...c, ...change } : c)) }
}
