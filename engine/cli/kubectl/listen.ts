import type { TcpConnection } from '../../net/socket/api.ts'
import type { Invocation } from './invocation.ts'

/** A listening socket of this kubectl. */
export interface Listener {
  readonly port: number
  onConnection(accept: (connection: TcpConnection) => void): void
  close(): void
}

const ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'bind: address already in use',
  EADDRNOTAVAIL: 'bind: cannot assign requested address',
  EACCES: 'bind: permission denied',
}
/** Tries for a port that is free (bind(2) with port 0). */
const TRIES = 200

/** The process id that its sockets show. */
export function kubectlPid(call: Invocation): number {
  return 30_000 + call.context.machine.dice.int(2_000)
}

/** net.Listen on the machine's own address; port 0: any that is free. */
export function listenOn(call: Invocation, address: string, port: number, pid: number): Listener | { readonly error: string } {
  const { machine, user } = call.context
  const { netns, dice } = machine
  const [low, high] = netns.portRange
  const owner = { comm: 'kubectl', pid, fd: 8 }
  for (let n = 0; ; n++) {
    const chosen = port === 0 ? low + dice.int(high - low + 1) : port
    const opened = netns.ip.listenTcp({
      address,
      port: chosen,
      uid: user.uid,
      owner,
      ...(address.includes(':') ? { v6only: true } : {}),
    })
    if (typeof opened === 'string') {
      if (port === 0 && opened === 'EADDRINUSE' && n < TRIES) continue
      const shown = address.includes(':') ? `[${address}]` : address
      return { error: `listen ${address.includes(':') ? 'tcp6' : 'tcp4'} ${shown}:${port}: ${ERRORS[opened] ?? opened}` }
    }
    return {
      port: chosen,
      onConnection: (accept) => {
        const look = () => {
          for (let next = opened.accept(); next !== undefined; next = opened.accept()) accept(next)
        }
        opened.watch(look)
        look()
      },
      close: () => opened.close(),
    }
  }
}
