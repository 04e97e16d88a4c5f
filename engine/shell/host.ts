/** What just-bash expects of an abort signal; the host's own class, made by {@link HostPorts.abortController}. */
export interface HostAbort {
  readonly signal: unknown
  abort(): void
}

/** Time and chance for code that asks the host's globals: just-bash's own tools. */
export interface World {
  now(): number
  /** Uniform in [0, 1). */
  random(): number
}

/** The few things the shell needs of the program it runs in. Everything else (time, chance, files) is the engine's. */
export interface HostPorts {
  /** Lets the host's event loop turn once, so that input (Ctrl-C) can arrive during a busy loop. */
  yieldToHost(): Promise<void>
  abortController(): HostAbort
  /**
   * What moves a session's clock while a command waits: by default the host, which calls `pump` as real time passes. 'virtual':
   * the session itself, at once (scripts, tests).
   */
  readonly time?: 'real' | 'virtual'
  /** Runs `work` so that within it, and in whatever it awaits, `Date` and `Math.random` are those of `world`. */
  within<T>(world: World, work: () => T): T
}

/**
 * Work whose end only the host can bring (loading bash, a turn of the event loop): while there is any, nobody may conclude that
 * a command waits for virtual time.
 */
export class Turns {
  readonly host: HostPorts
  private outside = 0

  constructor(host: HostPorts) {
    this.host = host
  }

  get busy(): boolean {
    return this.outside > 0
  }

  async wait<T>(work: Promise<T>): Promise<T> {
    this.outside++
    try {
      return await work
    } finally {
      this.outside--
    }
  }
}
