import type { Channel, ErrorCode, HostEvent, InvokeMap, SendChannel, SendMap } from '../../electron/contract/index.ts'

/** `refused`: the host answers, but not to this page (its token is another run's). */
export type Connection = 'connecting' | 'connected' | 'lost' | 'refused'

/** The one way out of the window, whatever the transport. */
export interface Bridge {
  /** Rejects with a {@link BridgeError}. */
  invoke<C extends Channel>(channel: C, args: InvokeMap[C]['args']): Promise<InvokeMap[C]['result']>
  send<C extends SendChannel>(channel: C, args: SendMap[C]): void
  on(listener: (event: HostEvent) => void): () => void
  onConnection(listener: (connection: Connection) => void): () => void
  /** Tries again at once instead of at the next turn. */
  reconnect(): void
}

export class BridgeError extends Error {
  /** `offline` is the window's own: no answer can come. */
  readonly code: ErrorCode | 'offline'

  constructor(code: ErrorCode | 'offline', message: string) {
    super(message)
    this.name = 'BridgeError'
    this.code = code
  }
}

/** What to show of anything thrown: the host's own words, or the error's. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
