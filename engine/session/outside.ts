import type { ApiClient, ApiForward, ApiResponse, ApiStream, ApiUser, ForwardedConnection } from '../apiserver/client.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Input, SessionEvent } from './types.ts'

/** What a client outside of the engine does to the cluster through its API. */
export type OutsideInput = Extract<Input, { type: 'api' | `stream${string}` }>

const OUTSIDE: ReadonlySet<string> = new Set([
  'api',
  'stream',
  'streamData',
  'streamConnect',
  'streamEnd',
  'streamResize',
  'streamClose',
])

export function isOutside(input: Input): input is OutsideInput {
  return OUTSIDE.has(input.type)
}

interface Forward {
  readonly forward: ApiForward
  readonly connections: Map<number, ForwardedConnection>
}

/** Clients of the API server that are no command of a terminal: a real kubectl, a library. Their open streams are in no snapshot. */
export class Outside {
  private readonly cluster: Cluster
  private readonly emit: (event: SessionEvent) => void
  private readonly streams = new Map<string, ApiStream>()
  private readonly forwards = new Map<string, Forward>()

  constructor(cluster: Cluster, emit: (event: SessionEvent) => void) {
    this.cluster = cluster
    this.emit = emit
  }

  /** Whether a program runs, or a connection is open, for somebody outside. */
  get running(): boolean {
    return this.streams.size > 0 || [...this.forwards.values()].some(({ connections }) => connections.size > 0)
  }

  client(user: ApiUser): ApiClient {
    return this.cluster.server.client(user)
  }

  /** What the API answers to a request or an opening; undefined where a stream was let through, and for everything in it. */
  perform(input: OutsideInput): ApiResponse | undefined {
    if (input.type === 'api') {
      const response = this.client(input.user).request(input.request)
      this.cluster.clock.settle()
      return response
    }
    if (input.type === 'stream') return input.forward ? this.openForward(input) : this.openStream(input)
    const { stream } = input
    const forward = this.forwards.get(stream)
    if (forward === undefined) this.inStream(this.streams.get(stream), input)
    else this.inForward(forward, input)
    return undefined
  }

  /** Every stream's client is gone: the cluster is another one now. */
  closeAll(): void {
    const open = [...this.streams, ...this.forwards] as const
    for (const [stream] of open) {
      this.close(stream)
      this.emit({ type: 'streamEnded', stream })
    }
  }

  private openStream({ stream, user, request }: Extract<OutsideInput, { type: 'stream' }>): ApiResponse | undefined {
    let ended = false
    const opened = this.client(user).stream(request, {
      onOutput: (from, data) => this.emit({ type: 'stream', stream, from, data }),
      onEnd: (status) => {
        ended = true
        this.streams.delete(stream)
        this.emit({ type: 'streamEnded', stream, status })
      },
    })
    if ('status' in opened) return opened
    if (!ended) this.streams.set(stream, opened)
    return undefined
  }

  private openForward({ stream, user, request }: Extract<OutsideInput, { type: 'stream' }>): ApiResponse | undefined {
    const opened = this.client(user).forward(request)
    if ('status' in opened) return opened
    this.forwards.set(stream, { forward: opened, connections: new Map() })
    return undefined
  }

  private inStream(stream: ApiStream | undefined, input: Exclude<OutsideInput, { type: 'api' | 'stream' }>): void {
    if (input.type === 'streamData') stream?.write(input.data)
    else if (input.type === 'streamEnd') stream?.end()
    else if (input.type === 'streamResize') stream?.resize(input.columns, input.rows)
    else if (input.type === 'streamClose') this.close(input.stream)
  }

  private inForward(forward: Forward, input: Exclude<OutsideInput, { type: 'api' | 'stream' }>): void {
    const { stream } = input
    if (input.type === 'streamConnect') {
      this.connect(forward, stream, input.connection, input.port)
      return
    }
    if (input.type === 'streamResize') return
    const { connection } = input
    if (connection === undefined) {
      if (input.type === 'streamClose') this.close(stream)
      return
    }
    const open = forward.connections.get(connection)
    if (input.type === 'streamData') open?.write(input.data)
    else if (input.type === 'streamEnd') open?.end()
    else {
      forward.connections.delete(connection)
      open?.close()
    }
  }

  private connect({ forward, connections }: Forward, stream: string, connection: number, port: number): void {
    let over = false
    const end = (error?: string) => {
      over = true
      connections.delete(connection)
      this.emit({ type: 'streamEnded', stream, connection, ...(error === undefined ? {} : { error }) })
    }
    const made = forward.connect(port, {
      onData: (data) => this.emit({ type: 'stream', stream, connection, from: 'stdout', data }),
      onEnd: () => end(),
      onError: (text) => end(text),
    })
    if (!over) connections.set(connection, made)
  }

  private close(stream: string): void {
    this.streams.get(stream)?.close()
    this.streams.delete(stream)
    const forward = this.forwards.get(stream)
    this.forwards.delete(stream)
    for (const connection of forward?.connections.values() ?? []) connection.close()
    forward?.forward.close()
  }
}

/** What a client is told of a bug of ours. */
export function internalFailure(error: unknown): ApiResponse {
  const words = error instanceof Error ? error.message : String(error)
  const message = `Internal error occurred: the simulator failed: ${words}`
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'InternalError', code: 500 }
  return { status: 500, headers: { 'content-type': 'application/json' }, warnings: [], body }
}
