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
  /** Later output as it is written; returns how to stop. */
  followLogs(request: LogRequest, onChunk: (text: string) => void): (() => void) | NodeProxyError
  /** Whether a program could be started in the container now; what runs it is the caller's machine. */
  canExec(namespace: string, pod: string, container: string): true | NodeProxyError
  /** Starts a program, or attaches to the container's own. */
  exec(request: ExecRequest, events: StreamEvents): ApiStream | NodeProxyError
  /** One TCP connection to a port in the pod's network namespace. */
  forward(namespace: string, pod: string, port: number, events: ForwardEvents): ForwardedConnection | NodeProxyError
}
