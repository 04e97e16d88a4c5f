import type { Json } from '../../base/json.ts'
import type { Dice } from '../../clock/dice.ts'

/** One accepted connection as a program sees it. */
export interface ProgramConnection {
  readonly id: number
  readonly local: string
  readonly lport: number
  readonly remote: string
  readonly rport: number
  /** The connection's own state: plain data. */
  app: Json
  send(data: string): void
  close(): void
  reset(): void
}

/** Where a program runs and what it was started with. */
export interface ProgramContext {
  readonly netns: string
  readonly now: number
  readonly dice: Dice
  /** The listener's `app`: what startWorkload gave it. */
  readonly config: Json
}

/** Code behind a listening socket, found by name; everything it remembers is `app`. */
export interface Program {
  readonly name: string
  accept?(connection: ProgramConnection, context: ProgramContext): void
  data?(connection: ProgramConnection, data: string, context: ProgramContext): void
  /** The peer sent its FIN. Default: close. */
  eof?(connection: ProgramConnection, context: ProgramContext): void
  /** Answers a datagram with the returned ones. */
  datagram?(data: string, from: { readonly address: string; readonly port: number }, context: ProgramContext): readonly string[]
}
