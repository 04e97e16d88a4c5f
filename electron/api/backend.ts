import type { ApiRequest, ApiUser, Json } from '../../engine/index.ts'
import type { ApiReply } from '../emulator/protocol.ts'

export interface WatchListener {
  /** Lines of JSON, or a followed log's text. */
  text(text: string): void
  ended(): void
}

export interface WatchHandle {
  stop(): void
  /** Sends a bookmark, where the client asked for them. */
  bookmark(): void
}

export interface ExecListener {
  output(from: 'stdout' | 'stderr', bytes: string): void
  /** `status` is absent where the program's end is not known: the cluster is another one now. */
  ended(status: Json | undefined): void
}

/** A program in a container; bytes are one character each. */
export interface ExecHandle {
  write(bytes: string): void
  end(): void
  resize(columns: number, rows: number): void
  close(): void
}

export interface ForwardListener {
  data(bytes: string): void
  /** `error`: the kubelet's words. */
  ended(error: string | undefined): void
}

export interface ForwardHandle {
  connect(port: number, listener: ForwardListener): { write(bytes: string): void; end(): void; close(): void }
  close(): void
  /** Called once when the session ends the forward by itself. */
  onGone(listener: () => void): void
}

/** The cluster's API as the HTTP face reaches it. What is refused comes as the answer. */
export interface ApiBackend {
  request(user: ApiUser, request: ApiRequest): Promise<ApiReply>
  watch(user: ApiUser, request: ApiRequest, listener: WatchListener): Promise<WatchHandle | ApiReply>
  exec(user: ApiUser, request: ApiRequest, listener: ExecListener): Promise<ExecHandle | ApiReply>
  forward(user: ApiUser, request: ApiRequest): Promise<ForwardHandle | ApiReply>
}

export function isReply(answer: object): answer is ApiReply {
  return 'status' in answer
}
