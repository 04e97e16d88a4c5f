import type { KubeObject } from '../api/object.ts'
import type { Json } from '../base/json.ts'
import type { ControllerEnv } from '../controllers/env.ts'
import type { RecordOptions } from '../controllers/events.ts'
import type { Netns } from '../net/netns.ts'
import type { Network } from '../net/network.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { ContainerLogs } from './logs.ts'
import type { MainPrograms } from './main-programs.ts'
import type { PodState } from './pod-state.ts'
import type { PodRuntime } from './runtime.ts'

export interface KubeletOptions {
  readonly env: ControllerEnv
  readonly node: string
  readonly network: Network
  readonly runtime: PodRuntime
  readonly lifecycle: Lifecycle
  readonly logs: ContainerLogs
  /** First processes that are programs of the runtime. */
  readonly mains?: MainPrograms
}

/** What the steps of a pod's life share: the kubelet as they see it. */
export interface KubeletPort {
  readonly options: KubeletOptions
  stateOf(pod: KubeObject): PodState
  put(state: PodState): void
  hasImage(image: string): boolean
  addImage(image: string): void
  /** Runs a step `delay` ms from now. */
  later(step: string, delay: number, args: Json): void
  nodeNetns(): Netns | undefined
  /** Records an Event about the pod. */
  tell(pod: KubeObject, reason: string, message: string, options?: RecordOptions): void
  /** Writes the pod's status as this kubelet sees it. */
  report(pod: KubeObject): void
}
