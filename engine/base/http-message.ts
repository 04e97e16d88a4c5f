/** A request as a server needs it. */
export interface HttpRequest {
  readonly method: string
  readonly target: string
  readonly version: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface HttpResponse {
  readonly status: number
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** What Go's net/http says of a request that it cannot read, before it closes. */
export const BAD_REQUEST =
  'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request'

/** Takes one whole request off the front of `buffer`; undefined while it is incomplete, 'bad' if it is none. */
export function takeRequest(buffer: string): { readonly request: HttpRequest; readonly rest: string } | 'bad' | undefined {
  const end = buffer.indexOf('\r\n\r\n')
  if (end < 0) return /^[A-Z]{0,16}($| )/.test(buffer) ? undefined : 'bad'
  const [first = '', ...lines] = buffer.slice(0, end).split('\r\n')
  const match = /^([A-Z]+) (\S+) (HTTP\/1\.[01])$/.exec(first)
  if (match === null) return 'bad'
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const at = line.indexOf(':')
    if (at > 0) headers[line.slice(0, at).toLowerCase()] = line.slice(at + 1).trim()
  }
  const length = Number(headers['content-length'] ?? 0)
  const from = end + 4
  if (buffer.length < from + length) return undefined
  const [, method = '', target = '', version = ''] = match
  const request = { method, target, version, headers, body: buffer.slice(from, from + length) }
  return { request, rest: buffer.slice(from + length) }
}

/** A response on the wire; Content-Length is added at the end unless given. */
export function formatResponse(response: HttpResponse, head: boolean): string {
  const body = response.body ?? ''
  const headers = [...(response.headers ?? [])]
  if (!headers.some(([name]) => name.toLowerCase() === 'content-length')) headers.push(['Content-Length', String(body.length)])
  const lines = [`HTTP/1.1 ${response.status} ${REASONS[response.status] ?? ''}`, ...headers.map(([n, v]) => `${n}: ${v}`)]
  return `${lines.join('\r\n')}\r\n\r\n${head ? '' : body}`
}

/** "Thu, 01 Jan 2026 00:00:00 GMT" */
export function httpDate(ms: number): string {
  return new Date(ms).toUTCString()
}
