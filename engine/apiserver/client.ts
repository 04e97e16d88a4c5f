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
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: Json
}

/** What kubectl (and a real client, through the host's HTTP binding) talks to. */
export interface ApiClient {
  request(request: ApiRequest): ApiResponse
  /** A watch: `onEvent` is called in order, from the store's commits; returns how to stop it. A refused watch gives the response. */
  watch(request: ApiRequest, onEvent: (event: WatchEvent) => void): { readonly stop: () => void } | ApiResponse
}
