import type { Json } from '../base/json.ts'

/** An HTTP request to the API server as a value. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path with query: "/api/v1/namespaces/myapp/pods?limit=500". */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Parsed JSON body, or text for apply patches (YAML). */
  readonly body?: Json | string
}

export interface ApiResponse {
  readonly status: number
  /** Lower-case names; `warning` may hold several, one per element. */
  readonly headers: Readonly<Record<string, string>>
  readonly warnings: readonly string[]
  /** Parsed JSON (an object, a List, a Table, a Status), or text (logs, /healthz). */
  readonly body: Json | string
}

/** Who asks; from the kubeconfig's client certificate or token. */
export interface ApiUser {
  readonly name: string
  readonly groups: readonly string[]
  readonly uid?: string
  /** What else authentication knows, such as the pod that a token is bound to. */
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: Json
}

/** On whose behalf a program runs: what a caller in the same process may hear of it, and no real client ever does. */
export interface Behalf {
  /** The line as typed and its shell: connections that the program makes remember it. */
  readonly origin?: { readonly command: string; readonly shell: string }
  /** A program of ours really ran. */
  ran(argv: readonly string[]): void
  /** How sure its answer is. */
  mark(fidelity: 'recorded' | 'modelled' | 'not emulated'): void
}

/** What comes back from a program that exec or attach reached. */
export interface StreamEvents {
  readonly behalf?: Behalf
  /** Bytes, one character each. */
  onOutput(from: 'stdout' | 'stderr', bytes: string): void
  /** Once, last: the Status that the error channel carries (Success, or NonZeroExitCode with the code among its causes). */
  onEnd(status: Json): void
}

/** The near end of an exec or attach. */
export interface ApiStream {
  write(bytes: string): void
  /** End of standard input. */
  end(): void
  resize(columns: number, rows: number): void
  /** The client has gone: the program is left alone, as a kubelet leaves it, unless it had a terminal. */
  close(): void
}

export interface ForwardEvents {
  onData(bytes: string): void
  /** The pod's side will send no more. */
  onEnd(): void
  /** The kubelet's words on the error stream; the connection is over. */
  onError(text: string): void
}

/** One TCP connection through a port-forward. */
export interface ForwardedConnection {
  write(bytes: string): void
  end(): void
  close(): void
}

/** A port-forward that was let through: connections to any port of the pod. */
export interface ApiForward {
  connect(port: number, events: ForwardEvents): ForwardedConnection
  close(): void
}

/** What kubectl (and a real client, through the host's HTTP binding) talks to. */
export interface ApiClient {
  request(request: ApiRequest): ApiResponse
  /** A watch: `onEvent` is called in order, from the store's commits; returns how to stop it. A refused watch gives the response. */
  watch(
    request: ApiRequest,
    onEvent: (event: WatchEvent) => void,
  ): { readonly stop: () => void; readonly bookmark?: () => void } | ApiResponse
  /** exec or attach (POST or GET .../exec?command=…): checked, then started; a refusal gives the response. */
  stream(request: ApiRequest, events: StreamEvents): ApiStream | ApiResponse
  /** port-forward (POST or GET .../portforward). */
  forward(request: ApiRequest): ApiForward | ApiResponse
}
