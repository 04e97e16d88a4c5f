import { type Flows, resultOf } from '../flows.ts'
import type { TcpConnection } from './api.ts'
import type { SocketHost } from './host.ts'
import { tcpClose, tcpReset, tcpSend, tcpShutdown } from './tcp.ts'
import type { Errno, TcpSocket } from './types.ts'

/** Runs something and then everything that is on the wire because of it. */
export type Runner = <T>(act: () => T) => T

/** The owner's hold of a TCP socket. What comes of the attempt goes into its record when somebody looks. */
export class Connection implements TcpConnection {
  readonly socket: TcpSocket
  private readonly host: SocketHost
  private readonly flows: Flows
  private readonly run: Runner

  constructor(socket: TcpSocket, host: SocketHost, flows: Flows, run: Runner) {
    this.socket = socket
    this.host = host
    this.flows = flows
    this.run = run
    this.settle()
  }

  private settle(): void {
    const { flow, connected, errno, state } = this.socket
    if (flow === undefined || (!connected && errno === undefined && state !== 'CLOSED')) return
    if (this.flows.get(flow)?.result !== 'pending') return
    if (connected) this.flows.update(flow, { result: 'connected' })
    else this.flows.update(flow, { result: errno === undefined ? 'timeout' : resultOf(errno) })
  }

  get state(): 'connecting' | 'connected' | 'closed' {
    this.settle()
    if (this.socket.state === 'CLOSED') return 'closed'
    return this.socket.state === 'SYN_SENT' ? 'connecting' : 'connected'
  }

  get errno(): Errno | undefined {
    return this.socket.errno
  }

  get eof(): boolean {
    return this.socket.eof
  }

  send(data: string): Errno | undefined {
    return this.run(() => tcpSend(this.host, this.socket, data))
  }

  read(): string {
    const data = this.socket.received
    this.socket.received = ''
    return data
  }

  shutdown(): void {
    this.run(() => tcpShutdown(this.host, this.socket))
  }

  close(): void {
    this.run(() => tcpClose(this.host, this.socket))
    this.settle()
  }

  reset(): void {
    this.run(() => tcpReset(this.host, this.socket))
  }

  watch(wake: () => void): () => void {
    return this.host.sockets.watch(this.socket.id, wake)
  }
}
