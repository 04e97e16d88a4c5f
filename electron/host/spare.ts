import type { CallMap } from '../emulator/protocol.ts'
import type { Runtime } from '../runtime.ts'
import { type EmulatorListener, EmulatorProcess } from './emulator-process.ts'

/**
 * One emulator process started ahead, its engine loaded and the session of the likely lab built, so that a lab opens at once. It holds
 * nothing that is not built again: whoever finds none starts a process of his own.
 */
export class SpareEmulator {
  private readonly runtime: Runtime
  private spare: EmulatorProcess | undefined
  private closed = false

  constructor(runtime: Runtime) {
    this.runtime = runtime
  }

  /** Starts the spare if there is none. `ahead` is asked once for what to build. */
  warm(ahead: () => CallMap['prepare']['args'] | undefined): void {
    if (this.spare !== undefined || this.closed) return
    const spare = new EmulatorProcess(this.runtime, {
      said: () => {},
      died: () => {
        if (this.spare === spare) this.spare = undefined
      },
    })
    this.spare = spare
    // What cannot be built ahead says so when it is opened.
    void Promise.resolve()
      .then(ahead)
      .then((start) => start && spare.call('prepare', start))
      .catch(() => {})
  }

  /** An emulator process for `listener`: the spare, or a new one. */
  take(listener: EmulatorListener): EmulatorProcess {
    const { spare } = this
    this.spare = undefined
    if (spare === undefined || !spare.alive) return new EmulatorProcess(this.runtime, listener)
    spare.listen(listener)
    return spare
  }

  async stop(): Promise<void> {
    this.closed = true
    await this.spare?.stop()
  }
}
