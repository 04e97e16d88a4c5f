import type { CommandContext } from '../command.ts'
import type { Connection } from './config.ts'

interface Asking {
  readonly context: CommandContext
  readonly connection: Connection
  readonly minor: number
  readonly now: number
}

/** Whether the server's host is a machine that exists, so that its silence is a refused connection rather than a lost one. */
export function serverHost({ context, connection }: Asking): boolean {
  const host = hostOf(connection.server)
  return host === 'localhost' || host === '127.0.0.1' || context.machine.reach(host) !== undefined
}

function hostOf(server: string): string {
  return server.replace(/^https?:\/\//, '').replace(/[:/].*$/, '')
}

/** How often the RESTMapper retries discovery before the command gives up (client-go restmapper, memcache). */
const ATTEMPTS = 5

/** What client-go makes of a 401 whose body it does not read. */
export const NO_CREDENTIALS = 'the server has asked for the client to provide credentials'

/** What client-go logs while discovery finds no server, or is not let in (discovery/cached/memory/memcache.go, klog's header). */
export function discoveryComplaint({ context, connection, minor, now }: Asking, why?: string): string {
  context.mark('modelled')
  const two = (n: number, size = 2) => String(n).padStart(size, '0')
  const pid = 2000 + context.machine.dice.int(30000)
  const address = connection.server
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
    .replace(/^localhost/, '127.0.0.1')
  const refused = `Get "${connection.server}/api?timeout=32s": dial tcp ${address}: connect: connection refused`
  const cause = `couldn't get current server API group list: ${why ?? refused}`
  const text = minor >= 31 ? `"Unhandled Error" err=${JSON.stringify(cause)}` : cause
  let out = ''
  for (let i = 0; i < ATTEMPTS; i++) {
    const at = new Date(now)
    const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}.${two(at.getUTCMilliseconds() * 1000 + 400 + i * 37, 6)}`
    out += `E${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())} ${clock} ${String(pid).padStart(7)} memcache.go:265] ${text}\n`
  }
  return out
}
