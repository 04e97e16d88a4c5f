import type { ApiStream, ForwardEvents, ForwardedConnection, StreamEvents } from './client.ts'

/** Where a container's output and processes are reached: the API server's side of the kubelet. */
export interface LogRequest {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly previous: boolean
  readonly timestamps: boolean
  readonly tailLines?: number
  readonly limitBytes?: number
  readonly sinceSeconds?: number
  readonly sinceTime?: string
}

/** Why a kubelet cannot answer, in its words; becomes a 400 BadRequest. */
export interface NodeProxyError {
  readonly error: string
}

/** A program to start in a container, or a container's own to attach to. */
export interface ExecRequest {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  /** Absent: attach to what the container runs. */
  readonly command?: readonly string[]
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly tty: boolean
}

export interface NodeProxy {
  /** What the container has written so far. */
  logs(request: LogRequest): string | NodeProxyError
  /** What is there and what is written later, until the container ends; returns how to stop. */
  followLogs(request: LogRequest, onChunk: (text: string) => void, onEnd: () => void): (() => void) | NodeProxyError
  /** Starts a program, or attaches to the container's own. */
  exec(request: ExecRequest, events: StreamEvents): ApiStream | NodeProxyError
  /** Whether the pod's sandbox is there to be connected to. */
  canForward(namespace: string, pod: string): true | NodeProxyError
  /** One TCP connection to a port in the pod's network namespace. */
  forward(namespace: string, pod: string, port: number, events: ForwardEvents): ForwardedConnection | NodeProxyError
}
