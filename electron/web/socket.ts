import type { HostEvent, ServerMessage } from '../contract/index.ts'
import type { Host } from '../host/host.ts'

/** The part of a WebSocket that is used. */
export interface PageSocket {
  readonly readyState: number
  send(text: string): void
  close(code?: number, reason?: string): void
  on(event: 'message', listener: (data: Buffer, binary: boolean) => void): unknown
  on(event: 'close' | 'error', listener: () => void): unknown
}

const OPEN = 1
/** Messages a window may send: a burst, and so many a second. A held key sends some thirty. */
const BURST = 2000
const PER_SECOND = 1000

/** Speaks the contract over one page's socket until it closes. */
export function serveSocket(socket: PageSocket, host: Pick<Host, 'invoke' | 'send' | 'on'>): void {
  const send = (message: ServerMessage) => {
    if (socket.readyState === OPEN) socket.send(JSON.stringify(message))
  }
  const stop = host.on((event: HostEvent) => send(event))
  const allowed = bucket()
  socket.on('close', stop)
  socket.on('error', stop)
  socket.on('message', (data, binary) => {
    if (!allowed()) return socket.close(1008, 'too many messages')
    const message = binary ? undefined : parse(data.toString('utf8'))
    if (message === undefined) return socket.close(1003, 'not a message')
    if (typeof message.send === 'string') return host.send(message.send, message.args)
    const { id, channel } = message
    if (typeof id !== 'number' || typeof channel !== 'string') return socket.close(1003, 'not a message')
    host.invoke(channel, message.args).then((reply) => send({ id, reply }))
  })
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function bucket(): () => boolean {
  let left = BURST
  let last = performance.now()
  return () => {
    const now = performance.now()
    left = Math.min(BURST, left + ((now - last) / 1000) * PER_SECOND)
    last = now
    if (left < 1) return false
    left--
    return true
  }
}
