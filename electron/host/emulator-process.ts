import { type ChildProcess, fork } from 'node:child_process'
import type { CallMap, CallName, EmulatorFailure, FromEmulator, ToEmulator } from '../emulator/protocol.ts'
import type { Runtime } from '../runtime.ts'

export type Said = Exclude<FromEmulator, { readonly id: number }>

/** The emulator answered that it could not. */
export class EmulatorError extends Error {
  readonly code: EmulatorFailure

  constructor(code: EmulatorFailure, message: string) {
    super(message)
    this.code = code
  }
}

/** The process ended before it answered. */
export class EmulatorDied extends Error {}

const PING_EVERY = 5000
/** A process that says nothing for this long is taken to loop, and ended. */
const SILENCE_LIMIT = 30_000
const STDERR_KEPT = 4000

export interface EmulatorListener {
  said(message: Said): void
  died(reason: string): void
}

/** One emulator child: requests with answers, what it says by itself, and its death. */
export class EmulatorProcess {
  private readonly child: ChildProcess
  private listener: EmulatorListener
  private readonly waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>()
  private readonly watchdog: ReturnType<typeof setInterval>
  private nextId = 1
  private heard = Date.now()
  private errors = ''
  private dead = false

  constructor(runtime: Runtime, listener: EmulatorListener) {
    this.listener = listener
    this.child = fork(runtime.program('emulator'), [], {
      execPath: runtime.node,
      // Reads its own bundle and nothing else; no files, children, workers or addons (DESIGN section 2).
      execArgv: [
        '--permission',
        `--allow-fs-read=${runtime.bundles}`,
        '--disable-warning=ExperimentalWarning',
        '--max-semi-space-size=2',
      ],
      env: { ...runtime.env, TZ: 'UTC', LANG: 'C.UTF-8' },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors = (this.errors + text).slice(-STDERR_KEPT)
    })
    this.child.on('message', (message) => this.receive(message as FromEmulator))
    this.child.on('error', (error) => this.end(error.message))
    this.child.on('exit', (code, signal) =>
      this.end(`${signal ?? `exit ${code}`}${this.errors ? `: ${this.errors.trim()}` : ''}`),
    )
    this.watchdog = setInterval(() => this.watch(), PING_EVERY)
    this.watchdog.unref()
  }

  get alive(): boolean {
    return !this.dead
  }

  /** From here on another one hears what it says by itself. */
  listen(listener: EmulatorListener): void {
    this.listener = listener
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  call<C extends CallName>(call: C, args: CallMap[C]['args']): Promise<CallMap[C]['result']> {
    const id = this.nextId++
    return new Promise((resolve, reject) => {
      if (this.dead) return reject(new EmulatorDied('the emulator has ended'))
      this.waiting.set(id, { resolve: resolve as (value: never) => void, reject })
      this.send({ id, call, args } as ToEmulator)
    })
  }

  /** Answers a journal message. */
  journaled(seq: number, error?: string): void {
    this.send(error === undefined ? { journaled: seq } : { journaled: seq, error })
  }

  kill(): void {
    this.child.kill('SIGKILL')
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    if (this.dead) return
    const gone = new Promise<void>((resolve) => this.child.once('exit', () => resolve()))
    this.kill()
    await gone
  }

  private send(message: ToEmulator): void {
    if (!this.dead && this.child.connected) this.child.send(message, () => {})
  }

  private receive(message: FromEmulator): void {
    this.heard = Date.now()
    if (!('id' in message)) {
      this.listener.said(message)
      return
    }
    const waiting = this.waiting.get(message.id)
    this.waiting.delete(message.id)
    if (message.ok) waiting?.resolve(message.value as never)
    else waiting?.reject(new EmulatorError(message.code, message.message))
  }

  private watch(): void {
    if (Date.now() - this.heard > SILENCE_LIMIT) {
      this.errors += `no answer for ${SILENCE_LIMIT / 1000} s`
      this.kill()
    } else this.call('ping', {}).catch(() => {})
  }

  private end(reason: string): void {
    if (this.dead) return
    this.dead = true
    clearInterval(this.watchdog)
    for (const waiting of this.waiting.values()) waiting.reject(new EmulatorDied(reason))
    this.waiting.clear()
    this.listener.died(reason)
  }
}
