import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import type { Writable } from 'node:stream'

/** A request and its answer, over HTTP/1.1 or HTTP/2. */
export type Incoming = IncomingMessage | Http2ServerRequest
export interface Outgoing extends Writable {
  readonly headersSent: boolean
  writeHead(status: number, headers: Readonly<Record<string, string | readonly string[]>>): unknown
  flushHeaders(): void
}

/** What only the host may say to the API server. */
const OURS: ReadonlySet<string> = new Set(['x-client-certificate', 'x-remote-user', 'x-remote-group'])

/** The headers by lower-case name; several of one name are joined as HTTP lists are. HTTP/2's own are left out. */
export function headersOf(incoming: Incoming): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (name.startsWith(':') || value === undefined || OURS.has(name)) continue
    headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  // Node keeps only the first of some; groups are said one by one.
  const groups = rawValues(incoming, 'impersonate-group')
  if (groups.length > 0) headers['impersonate-group'] = groups.join(',')
  return headers
}

function rawValues({ rawHeaders }: Incoming, name: string): string[] {
  const values: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.toLowerCase() === name) values.push(rawHeaders[i + 1] as string)
  return values
}

/** The name by which the client called us. */
export function hostOf({ headers }: Incoming): string | undefined {
  const authority = headers[':authority']
  return typeof authority === 'string' ? authority : headers.host
}
