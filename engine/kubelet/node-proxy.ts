import type { Store } from '../api/store.ts'
import type { ApiStream, ForwardEvents, ForwardedConnection, StreamEvents } from '../apiserver/client.ts'
import type { ExecRequest, LogRequest, NodeProxy, NodeProxyError } from '../apiserver/node-proxy.ts'
import type { ContainerLogs } from './logs.ts'

interface ContainerStatus {
  readonly name: string
  readonly restartCount?: number
  readonly state?: { readonly running?: object; readonly waiting?: { readonly reason?: string }; readonly terminated?: object }
  readonly lastState?: { readonly terminated?: object }
}

/** Answers the API server's questions about containers, in the kubelets' words (pkg/kubelet/kubelet_pods.go). */
export class KubeletProxy implements NodeProxy {
  private readonly store: Store
  private readonly containerLogs: ContainerLogs

  constructor(store: Store, logs: ContainerLogs) {
    this.store = store
    this.containerLogs = logs
  }

  logs(request: LogRequest): string | NodeProxyError {
    return this.refusal(request) ?? this.containerLogs.read(request)
  }

  followLogs(request: LogRequest, onChunk: (text: string) => void): (() => void) | NodeProxyError {
    return this.refusal(request) ?? this.containerLogs.follow(request, onChunk)
  }

  canExec(namespace: string, pod: string, container: string): true | NodeProxyError {
    const status = this.status(namespace, pod, container)
    if (status?.state?.running !== undefined) return true
    return { error: `container not found ("${container}")` }
  }

  exec(_request: ExecRequest, _events: StreamEvents): ApiStream | NodeProxyError {
    return { error: 'streams into containers: valid, but not emulated here' }
  }

  forward(_namespace: string, _pod: string, _port: number, _events: ForwardEvents): ForwardedConnection | NodeProxyError {
    return { error: 'port-forward: valid, but not emulated here' }
  }

  private status(namespace: string, pod: string, container: string): ContainerStatus | undefined {
    const statuses: readonly ContainerStatus[] = this.store.get('pods', namespace, pod)?.status?.containerStatuses ?? []
    return statuses.find((c) => c.name === container)
  }

  private refusal({ namespace, pod, container, previous }: LogRequest): NodeProxyError | undefined {
    const status = this.status(namespace, pod, container)
    const where = `container "${container}" in pod "${pod}"`
    if (status === undefined) return { error: `${where} is not available` }
    if (previous) {
      return status.lastState?.terminated === undefined ? { error: `previous terminated ${where} not found` } : undefined
    }
    const { running, terminated, waiting } = status.state ?? {}
    if (running !== undefined || terminated !== undefined) return undefined
    const reason = waiting?.reason
    if (reason === 'ImagePullBackOff' || reason === 'ErrImagePull') {
      return {
        error: `${where} is waiting to start: ${reason === 'ErrImagePull' ? "image can't be pulled" : 'trying and failing to pull image'}`,
      }
    }
    return { error: `${where} is waiting to start: ${reason ?? 'ContainerCreating'}` }
  }
}
