import type { ForwardEvents, ForwardedConnection } from '../apiserver/client.ts'
import type { Netns } from '../net/netns.ts'
import type { TcpConnection } from '../net/socket/api.ts'

/** Whose connection it is, for the kubelet's words. */
export interface ForwardTarget {
  readonly netns: Netns
  /** The namespace's name under /var/run/netns. */
  readonly path: string
  readonly sandbox: string
  readonly port: number
}

const ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ETIMEDOUT: 'connection timed out',
  ENETUNREACH: 'network is unreachable',
  EHOSTUNREACH: 'no route to host',
  EADDRNOTAVAIL: 'cannot assign requested address',
}

/**
 * A connection from inside the pod's network namespace to localhost, IPv4 first (containerd, sandbox_portforward_linux.go): its packets
 * pass the namespace's own rules and it is listed there by ss and conntrack.
 */
export function forwardInto(target: ForwardTarget, events: ForwardEvents): ForwardedConnection {
  return new PodConnection(target, events)
}

class PodConnection implements ForwardedConnection {
  private readonly target: ForwardTarget
  private readonly events: ForwardEvents
  private readonly failures: string[] = []
  private connection: TcpConnection | undefined
  private stopWatching: (() => void) | undefined
  private waiting = ''
  private hasEnded = false
  private over = false

  constructor(target: ForwardTarget, events: ForwardEvents) {
    this.target = target
    this.events = events
    this.dial('127.0.0.1')
  }

  write(bytes: string): void {
    if (this.over) return
    if (this.connection?.state === 'connected') this.connection.send(bytes)
    else this.waiting += bytes
  }

  end(): void {
    this.hasEnded = true
    if (this.connection?.state === 'connected') this.connection.shutdown()
  }

  close(): void {
    if (this.over) return
    this.over = true
    this.stopWatching?.()
    this.connection?.close()
  }

  private dial(address: '127.0.0.1' | '::1'): void {
    const { netns, port } = this.target
    const opened = netns.ip.connectTcp({ dst: address, port, uid: 0, owner: { comm: 'containerd', pid: 1, fd: 20 } })
    if (typeof opened === 'string') {
      this.failed(address, opened)
      return
    }
    this.connection = opened
    let connected = false
    const look = () => {
      if (this.over || this.connection !== opened || opened.state === 'connecting') return
      if (!connected && opened.state === 'closed') {
        stop()
        this.failed(address, opened.errno ?? 'ETIMEDOUT')
        return
      }
      if (!connected) {
        connected = true
        if (this.waiting !== '') opened.send(this.waiting)
        this.waiting = ''
        if (this.hasEnded) opened.shutdown()
      }
      const data = opened.read()
      if (data !== '') this.events.onData(data)
      if (!this.over && (opened.eof || opened.state === 'closed')) this.finish()
    }
    const stop = opened.watch(look)
    this.stopWatching = stop
    look()
  }

  private failed(address: '127.0.0.1' | '::1', errno: string): void {
    const { path, port, sandbox } = this.target
    const family = address === '::1' ? 'tcp6' : 'tcp4'
    const host = address === '::1' ? '[::1]' : address
    this.failures.push(`dial ${family} ${host}:${port}: connect: ${ERRORS[errno] ?? errno}`)
    if (address === '127.0.0.1') {
      this.dial('::1')
      return
    }
    this.over = true
    const [v4, v6] = this.failures
    const why = `failed to execute portforward in network namespace "${path}": failed to connect to localhost:${port} inside namespace "${sandbox}", IPv4: ${v4} IPv6 ${v6} `
    this.events.onError(`error forwarding port ${port} to pod ${sandbox}, uid : ${why}`)
  }

  /** The pod's side has said all; what is ours to close is closed. */
  private finish(): void {
    this.over = true
    this.stopWatching?.()
    this.connection?.close()
    this.events.onEnd()
  }
}
