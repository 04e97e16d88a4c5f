import type {
  ApiClient,
  ApiForward,
  ApiRequest,
  ApiResponse,
  ApiStream,
  StreamEvents,
  WatchEvent,
} from '../../apiserver/client.ts'
import type { Connection } from './config.ts'
import { KubectlError, StatusError } from './errors.ts'
import type { HttpLog } from './http-log.ts'
import type { Obj } from './values.ts'

export const ACCEPT_TABLE =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json'

/** Nothing listens where the kubeconfig (or its absence) says that the API server is. */
export class ConnectionRefused extends KubectlError {
  constructor(host: string) {
    super(`The connection to the server ${host} was refused - did you specify the right host or port?`)
  }
}

export interface RestOptions {
  readonly connection: Connection
  readonly impersonate: Readonly<Record<string, string>>
  readonly userAgent: string
  /** -v. */
  readonly log?: HttpLog
  /** Where the server's warnings go; each text once per command. */
  warn(text: string): void
}

/** HTTP to the API server: failures become {@link StatusError}, warnings are printed. */
export class Rest {
  private readonly api: ApiClient | undefined
  private readonly options: RestOptions
  private readonly warned = new Set<string>()

  constructor(api: ApiClient | undefined, options: RestOptions) {
    this.api = api
    this.options = options
  }

  get(path: string, accept = 'application/json'): Obj {
    let body = this.send({ method: 'GET', path, headers: { Accept: accept } })
    // a list that came in part is asked for until it is whole (resource/helper.go FollowContinue)
    while (typeof body === 'object' && body?.metadata?.continue) {
      const next = this.send({ method: 'GET', path: continued(path, body.metadata.continue), headers: { Accept: accept } })
      const parts = body.rows === undefined ? { items: [...body.items, ...next.items] } : { rows: [...body.rows, ...next.rows] }
      body = { ...body, ...parts, metadata: next.metadata }
    }
    return body
  }

  post(path: string, body: Obj): Obj {
    return this.send({ method: 'POST', path, body, headers: { 'Content-Type': 'application/json' } })
  }

  put(path: string, body: Obj): Obj {
    return this.send({ method: 'PUT', path, body, headers: { 'Content-Type': 'application/json' } })
  }

  patch(path: string, type: string, body: Obj): Obj {
    // a string is text to the server: what is a JSON string must be sent as one
    const sent = typeof body === 'string' && !type.endsWith('+yaml') ? JSON.stringify(body) : body
    return this.send({ method: 'PATCH', path, body: sent, headers: { 'Content-Type': type } })
  }

  delete(path: string, options: Obj): Obj {
    return this.send({ method: 'DELETE', path, body: options, headers: { 'Content-Type': 'application/json' } })
  }

  send(request: ApiRequest): Obj {
    const headers = this.headers(request.headers)
    const response = this.client().request({ ...request, headers })
    // Discovery comes from kubectl's cache.
    if (!/^\/apis?(\?|$)/.test(request.path)) {
      const { 'X-Client-Certificate': _, ...sent } = headers
      this.options.log?.exchange(request, sent, `${this.options.connection.server}${request.path}`, response)
    }
    this.warnings(response.warnings)
    if (response.status >= 200 && response.status < 300) return response.body
    throw statusError(response.status, response.body)
  }

  /** Events of a watch until `stop`. */
  watch(path: string, onEvent: (event: WatchEvent) => void, accept = 'application/json'): { readonly stop: () => void } {
    const result = this.client().watch({ method: 'GET', path, headers: this.headers({ Accept: accept }) }, onEvent)
    if ('stop' in result) return result
    this.warnings(result.warnings)
    throw statusError(result.status, result.body)
  }

  /** A request of somebody else's, and its answer whatever it is (kubectl proxy). */
  raw(request: ApiRequest): ApiResponse {
    return this.client().request({ ...request, headers: this.othersHeaders(request) })
  }

  rawWatch(request: ApiRequest, onEvent: (event: WatchEvent) => void): { readonly stop: () => void } | ApiResponse {
    return this.client().watch({ ...request, headers: this.othersHeaders(request) }, onEvent)
  }

  /** Ours only say who asks; what program it is, they say themselves. */
  private othersHeaders({ headers = {} }: ApiRequest): Record<string, string> {
    const { 'User-Agent': own = '', ...rest } = this.headers(headers)
    return 'user-agent' in headers ? rest : { ...rest, 'User-Agent': own }
  }

  /** exec or attach. A kubelet's refusal comes as text. */
  stream(path: string, events: StreamEvents): ApiStream {
    const result = this.client().stream({ method: 'POST', path, headers: this.headers({}) }, events)
    if (!('status' in result)) return result
    throw upgradeError(result.status, result.body)
  }

  forward(path: string): ApiForward {
    const result = this.client().forward({ method: 'POST', path, headers: this.headers({}) })
    if (!('status' in result)) return result
    throw upgradeError(result.status, result.body)
  }

  private client(): ApiClient {
    if (this.api !== undefined) return this.api
    const host = this.options.connection.server.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
    throw new ConnectionRefused(host)
  }

  /** Who asks travels with every request: the client certificate as the TLS layer would show it, or a token. */
  private headers(own: Readonly<Record<string, string>> | undefined): Record<string, string> {
    const { user } = this.options.connection
    const out: Record<string, string> = { 'User-Agent': this.options.userAgent, ...this.options.impersonate, ...own }
    if (user.token) out.Authorization = `Bearer ${user.token}`
    out['X-Client-Certificate'] = user['client-certificate-data'] || user['client-certificate'] || ''
    return out
  }

  private warnings(texts: readonly string[]): void {
    for (const text of texts) this.warn(text)
  }

  /** Prints a warning, each text once. */
  warn(text: string): void {
    if (this.warned.has(text)) return
    this.warned.add(text)
    this.options.warn(`Warning: ${text}\n`)
  }
}

/** What a refused upgrade ends in (client-go transport/spdy): the Status it holds, or its text. */
function upgradeError(code: number, body: Obj): Error {
  return typeof body === 'string' ? new UpgradeRefused(body) : statusError(code, body)
}

/** The kubelet did not upgrade; what is told of it depends on the protocol that was tried. */
export class UpgradeRefused extends Error {}

function continued(path: string, token: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}continue=${encodeURIComponent(token)}`
}

/** What an answer without a Status means (apimachinery NewGenericServerResponse). */
const GENERIC: Readonly<Record<number, { readonly reason: string; readonly message: string }>> = {
  404: { reason: 'NotFound', message: 'the server could not find the requested resource' },
  405: { reason: 'MethodNotAllowed', message: 'the server does not allow this method on the requested resource' },
}

function statusError(code: number, body: Obj): StatusError {
  if (typeof body === 'object' && body !== null && body.kind === 'Status') return new StatusError(body)
  const known = GENERIC[code]
  if (known !== undefined) return new StatusError({ ...known, code })
  return new StatusError({
    message: `the server responded with the status code ${code} but did not return more information`,
    code,
  })
}

/** A query string, empty values left out. */
export function query(params: Readonly<Record<string, string | undefined>>): string {
  const parts = Object.entries(params)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}=${escapeQuery(value!)}`)
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

/** Go's url.QueryEscape. */
function escapeQuery(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (ch) => `%${ch.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}
