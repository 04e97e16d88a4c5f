import type { Clock } from '../../clock/clock.ts'
import type { Dice } from '../../clock/dice.ts'
import type { Packet } from '../packet.ts'
import type { Program, ProgramContext } from './program.ts'
import type { SocketTable } from './table.ts'
import type { Errno, Socket } from './types.ts'

/** What sockets need of the IP stack under them. */
export interface SocketHost {
  readonly id: string
  readonly clock: Clock
  readonly dice: Dice
  readonly sockets: SocketTable
  /** Sends a packet of this host; an errno where it never left. */
  send(packet: Packet, socket: Pick<Socket, 'uid' | 'flow' | 'device'>): Errno | undefined
  /** Looks at the socket again when the wire is quiet: timers for what is still unanswered. */
  later(socket: Socket): void
  program(name: string): Program | undefined
  context(socket: Socket): ProgramContext
  sysctl(key: string): number
  /** The IP identification of the next packet that no socket numbers (__ip_select_ident). */
  nextIpId(): number
  /** The largest payload of a segment to this address. */
  mss(remote: string): number
  /** A connection was accepted here: the flow's record learns who answered. */
  accepted(socket: Socket): void
}
