/** WebSocket subprotocols of exec and attach, the ones we would rather speak first (remotecommand/websocket.go). */
export const CHANNEL_PROTOCOLS: readonly string[] = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
]
/** Of exec and attach over SPDY (remotecommand/constants.go). */
export const STREAM_PROTOCOLS: readonly string[] = [
  'v4.channel.k8s.io',
  'v3.channel.k8s.io',
  'v2.channel.k8s.io',
  'channel.k8s.io',
]
export const FORWARD_PROTOCOL = 'portforward.k8s.io'
/** SPDY in the binary messages of a WebSocket (portforward/constants.go). */
export const TUNNEL_PROTOCOL = `SPDY/3.1+${FORWARD_PROTOCOL}`

/** What the client offers, in its order: several headers, or one with commas. */
export function offered(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
}

/** The client's first that we speak. */
export function chosen(names: readonly string[], spoken: readonly string[]): string | undefined {
  return names.find((name) => spoken.includes(name))
}

export function on(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  return value !== null && value !== '0' && value !== 'false'
}

export interface Asked {
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly tty: boolean
}

/** Which streams an exec or attach asks for; a terminal has no stderr of its own. */
export function streamsAsked(query: URLSearchParams): Asked {
  const tty = on(query, 'tty')
  return { stdin: on(query, 'stdin'), stdout: on(query, 'stdout'), stderr: !tty && on(query, 'stderr'), tty }
}

/** A terminal's size as clients send it, once for every change. */
export function readSize(text: string): { columns: number; rows: number } | undefined {
  try {
    const { Width, Height } = JSON.parse(text) as { Width?: unknown; Height?: unknown }
    const fits = (n: unknown): n is number => Number.isInteger(n) && (n as number) > 0 && (n as number) <= 0xffff
    return fits(Width) && fits(Height) ? { columns: Width, rows: Height } : undefined
  } catch {
    return undefined
  }
}

/** What the error channel carries at the end. Before v4 it was text, and nothing for success. */
export function endWords(protocol: string, status: unknown): string {
  if (/v[45]\./.test(protocol)) return JSON.stringify(status)
  const { status: outcome, message } = status as { status?: string; message?: string }
  return outcome === 'Success' ? '' : (message ?? '')
}

/** The Status of a program whose end nobody knows. */
export const LOST = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'Internal error occurred: the cluster is another one now',
  reason: 'InternalError',
  code: 500,
}
