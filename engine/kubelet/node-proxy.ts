import type { KubeObject } from '../api/object.ts'
import type { Store } from '../api/store.ts'
import type { ApiStream, ForwardEvents, ForwardedConnection, StreamEvents } from '../apiserver/client.ts'
import type { ExecRequest, LogRequest, NodeProxy, NodeProxyError } from '../apiserver/node-proxy.ts'
import type { Json } from '../base/json.ts'
import { attachTo } from './attach.ts'
import { type ContainerRef, onContainerEnd, statusOf } from './container-watch.ts'
import { execIn } from './exec.ts'
import { digest } from './image.ts'
import type { ContainerLogs } from './logs.ts'
import type { MainPrograms } from './main-programs.ts'
import { forwardInto } from './pod-forward.ts'
import type { PodRuntime } from './runtime.ts'

export interface KubeletProxyParts {
  readonly store: Store
  readonly logs: ContainerLogs
  readonly pods: PodRuntime
  readonly mains: MainPrograms
}

/** Answers the API server's questions about containers, in the kubelets' words (pkg/kubelet/kubelet_pods.go). */
export class KubeletProxy implements NodeProxy {
  private readonly parts: KubeletProxyParts

  constructor(parts: KubeletProxyParts) {
    this.parts = parts
  }

  logs(request: LogRequest): string | NodeProxyError {
    return this.refusal(request) ?? this.parts.logs.read(request)
  }

  followLogs(request: LogRequest, onChunk: (text: string) => void, onEnd: () => void): (() => void) | NodeProxyError {
    const refused = this.refusal(request)
    if (refused !== undefined) return refused
    const first = this.parts.logs.read(request)
    if (first !== '') onChunk(first)
    const ref = { namespace: request.namespace, pod: request.pod, container: request.container }
    if (request.previous || this.status(ref)?.state?.running === undefined) {
      onEnd()
      return () => {}
    }
    const stopFollowing = this.parts.logs.follow(request, onChunk)
    const stopWatching = onContainerEnd(this.parts.store, ref, () => {
      stopFollowing()
      onEnd()
    })
    return () => {
      stopFollowing()
      stopWatching()
    }
  }

  exec(request: ExecRequest, events: StreamEvents): ApiStream | NodeProxyError {
    const { store, logs, mains } = this.parts
    const { container, namespace, pod, command } = request
    if (this.status(request)?.state?.running === undefined) {
      return command === undefined
        ? { error: `container ${container} not found in pod ${pod}_${namespace}` }
        : { error: `container not found ("${container}")` }
    }
    if (command === undefined) return attachTo({ store, logs, mains }, request, events)
    const { runtime } = mains
    if (runtime === undefined) return { error: 'programs in containers: valid, but not emulated here' }
    return execIn({ store, runtime }, { ...request, command }, events)
  }

  forward(namespace: string, name: string, port: number, events: ForwardEvents): ForwardedConnection | NodeProxyError {
    const pod = this.pod(namespace, name)
    const netns = pod === undefined ? undefined : this.parts.pods.netns(pod)
    if (pod === undefined || netns === undefined || !hasRunning(pod)) return { error: `pod not found ("${name}_${namespace}")` }
    const sandbox = digest(`sandbox/${pod.metadata.uid}`)
    return forwardInto({ netns, sandbox, path: netnsPath(sandbox), port }, events)
  }

  canForward(namespace: string, name: string): true | NodeProxyError {
    const pod = this.pod(namespace, name)
    return pod !== undefined && hasRunning(pod) ? true : { error: `pod not found ("${name}_${namespace}")` }
  }

  private pod(namespace: string, name: string): KubeObject | undefined {
    return this.parts.store.get('pods', namespace, name)
  }

  private status(ref: ContainerRef) {
    return statusOf(this.pod(ref.namespace, ref.pod), ref.container)
  }

  private refusal({ namespace, pod, container, previous }: LogRequest): NodeProxyError | undefined {
    const status = this.status({ namespace, pod, container })
    const where = `container "${container}" in pod "${pod}"`
    if (status === undefined) return { error: `${where} is not available` }
    if (previous) {
      return status.lastState?.terminated === undefined ? { error: `previous terminated ${where} not found` } : undefined
    }
    const { running, terminated, waiting } = status.state ?? {}
    if (running !== undefined || terminated !== undefined || status.lastState?.terminated !== undefined) return undefined
    const reason = waiting?.reason
    if (reason === 'ErrImagePull') return { error: `${where} is waiting to start: image can't be pulled` }
    if (reason === 'ImagePullBackOff') return { error: `${where} is waiting to start: trying and failing to pull image` }
    return { error: `${where} is waiting to start: ${reason ?? 'ContainerCreating'}` }
  }
}

/** Whether the sandbox has a container that runs: of a finished pod nothing is left to find (kubecontainer.Pods.FindPod). */
function hasRunning(pod: KubeObject): boolean {
  const { containerStatuses = [], initContainerStatuses = [] } = (pod.status ?? {}) as Record<
    string,
    readonly { state?: { running?: Json } }[]
  >
  return [...containerStatuses, ...initContainerStatuses].some((c) => c.state?.running !== undefined)
}

/** Where containerd pins the sandbox's namespace (cni-UUID). */
function netnsPath(sandbox: string): string {
  const id = digest(`netns/${sandbox}`)
  const uuid = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20, 32)].join('-')
  return `/var/run/netns/cni-${uuid}`
}
