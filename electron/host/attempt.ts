import type { Input, LabFolder, SessionView } from '../../engine/index.ts'
import type { Locale, NoticeCode } from '../contract/index.ts'
import type { ShellEvent } from '../contract/tty.ts'
import type { ApiReply, ApiSaid, CallMap, CallName, Snapshot } from '../emulator/protocol.ts'
import type { SnapshotQueue } from '../store/snapshot-queue.ts'
import type { Store } from '../store/store.ts'
import { EmulatorDied, type EmulatorProcess, type Said } from './emulator-process.ts'
import { recover } from './recovery.ts'
import { SnapshotTimer } from './snapshot-timer.ts'
import type { SpareEmulator } from './spare.ts'

export interface AttemptEvents {
  view(view: SessionView): void
  saved(at: number): void
  notice(code: NoticeCode, detail?: string): void
  shell(event: ShellEvent): void
  /** The emulator is back after its death; terminals should say so, and what clients of the API had open is gone. */
  restarted(): void
  /** Of watches and streams that clients of the API have open. */
  api(said: ApiSaid): void
}

export interface AttemptParts {
  readonly spare: SpareEmulator
  readonly store: Store
  readonly snapshots: SnapshotQueue
  readonly events: AttemptEvents
}

interface Pending {
  readonly input: Input
  /** Set once the entry is on disk. */
  seq?: number
}

/** More deaths than this within a minute, and the attempt is given up until it is opened again. */
const DEATHS_A_MINUTE = 5
/** An entry that was running at this many deaths is left out of further replays. */
const DEATHS_OF_ENTRY = 2

/** The emulator could not be kept alive. */
export class EmulatorLost extends Error {}

/** One attempt that is open: its emulator process, journal and snapshots. Survives the emulator's death. */
export class Attempt {
  readonly id: string
  readonly lab: LabFolder
  locale: Locale
  resumed = false
  savedAt: number | undefined
  private current: SessionView | undefined
  private readonly parts: AttemptParts
  private readonly timer: SnapshotTimer
  private process: EmulatorProcess | undefined
  private ready: Promise<void>
  private live = false
  private closing = false
  private replaying: number | undefined
  private readonly pending: Pending[] = []
  private readonly deaths: number[] = []
  private readonly deathsOf = new Map<number, number>()

  constructor(attempt: { id: string; lab: LabFolder; locale: Locale }, parts: AttemptParts) {
    this.id = attempt.id
    this.lab = attempt.lab
    this.locale = attempt.locale
    this.parts = parts
    this.timer = new SnapshotTimer(() => this.save())
    this.ready = this.bring()
  }

  get view(): SessionView {
    if (this.current === undefined) throw new EmulatorLost('the attempt never started')
    return this.current
  }

  get pid(): number | undefined {
    return this.process?.pid
  }

  opened(): Promise<void> {
    return this.ready
  }

  /**
   * Performs one input; it survives the emulator's death between here and its journal entry. Gives what the API answered, null where
   * nothing did (another input, an open stream, an answer that the emulator's death swallowed).
   */
  async apply(input: Input): Promise<ApiReply | null> {
    const pending: Pending = { input }
    this.pending.push(pending)
    try {
      for (;;) {
        await this.ready
        try {
          return await this.running().call('apply', { input })
        } catch (error) {
          if (!(error instanceof EmulatorDied) || this.closing) throw error
          // On disk: the replay has run it. Not on disk: once more.
          if (pending.seq !== undefined) {
            await this.ready
            return null
          }
        }
      }
    } finally {
      this.pending.splice(this.pending.indexOf(pending), 1)
    }
  }

  /** A request that changes nothing: asked again where the emulator died over it. */
  async ask<C extends Exclude<CallName, 'apply' | 'start'>>(call: C, args: CallMap[C]['args']): Promise<CallMap[C]['result']> {
    for (let tries = 0; ; tries++) {
      await this.ready
      try {
        return await this.running().call(call, args)
      } catch (error) {
        if (!(error instanceof EmulatorDied) || this.closing || tries > 1) throw error
      }
    }
  }

  async setLocale(locale: Locale): Promise<SessionView> {
    this.locale = locale
    this.parts.store.attempts.opened(this.id, locale, Date.now())
    this.show(await this.ask('locale', { locale }))
    return this.view
  }

  /** A last snapshot, then the end of the emulator. Its clock stands still from here on. */
  async close(): Promise<void> {
    if (this.closing) return
    await this.ready.catch(() => {})
    this.timer.stop()
    await this.save().catch(() => {})
    this.closing = true
    await this.process?.stop()
  }

  /** Takes a snapshot if nothing runs. */
  private async save(): Promise<void> {
    if (!this.live || this.closing) return
    const snapshot: Snapshot | null = await this.running().call('snapshot', {})
    if (snapshot === null) return
    const takenAt = Date.now()
    await this.parts.snapshots.write({ attempt: this.id, takenAt, ...snapshot })
    this.saved(takenAt)
  }

  private running(): EmulatorProcess {
    if (this.process === undefined || !this.live) throw new EmulatorLost('the emulator is not running')
    return this.process
  }

  /** Starts an emulator and brings it to where the attempt was; again if it dies on the way. */
  private async bring(): Promise<void> {
    for (;;) {
      const process = this.parts.spare.take({
        said: (message) => this.said(message),
        died: () => {
          if (process === this.process) this.died()
        },
      })
      this.process = process
      this.replaying = undefined
      try {
        const { view, resumed, differs } = await recover(process, this.parts.store, this)
        this.live = true
        this.resumed = resumed
        this.show(view)
        if (differs !== undefined) this.parts.events.notice('replay-differs', differs)
        return
      } catch (error) {
        await process.stop()
        if (!(error instanceof EmulatorDied)) throw error
        if (this.replaying !== undefined) this.blame(this.replaying)
        if (this.tooManyDeaths()) throw new EmulatorLost(`the emulator keeps ending: ${error.message}`)
      }
    }
  }

  private died(): void {
    if (!this.live || this.closing) return
    this.live = false
    this.timer.stop()
    for (const entry of this.pending) if (entry.seq !== undefined) this.blame(entry.seq)
    if (this.tooManyDeaths()) this.ready = Promise.reject(new EmulatorLost('the emulator keeps ending'))
    else this.ready = this.bring().then(() => this.parts.events.restarted())
    this.ready.catch((error: Error) => this.parts.events.notice('emulator-lost', error.message))
  }

  private blame(seq: number): void {
    const deaths = (this.deathsOf.get(seq) ?? 0) + 1
    this.deathsOf.set(seq, deaths)
    if (deaths < DEATHS_OF_ENTRY) return
    this.parts.store.journal.skip(this.id, seq)
    this.parts.events.notice('engine-failed')
  }

  private tooManyDeaths(): boolean {
    const now = Date.now()
    this.deaths.push(now)
    while ((this.deaths[0] ?? now) < now - 60_000) this.deaths.shift()
    return this.deaths.length > DEATHS_A_MINUTE
  }

  private said(message: Said): void {
    if ('journal' in message) this.journal(message.journal)
    else if ('view' in message) this.show(message.view)
    else if ('replaying' in message) this.replaying = message.replaying
    else if ('idle' in message) this.timer.changed()
    else if ('watched' in message || 'unwatched' in message || 'stream' in message) this.parts.events.api(message)
    else if (message.event.type === 'failed') this.parts.events.notice('engine-failed', message.event.message)
    else this.parts.events.shell(message.event)
  }

  private journal(entry: { seq: number; at: number; input: Input }): void {
    // Inputs reach the emulator in order, so the first that has no entry yet is this one.
    const pending = this.pending.find((p) => p.seq === undefined)
    if (pending !== undefined) pending.seq = entry.seq
    const now = Date.now()
    try {
      this.parts.store.journal.append(this.id, entry.seq, entry.at, entry.input, now)
      this.process?.journaled(entry.seq)
      this.saved(now)
    } catch (error) {
      this.process?.journaled(entry.seq, (error as Error).message)
    }
  }

  private show(view: SessionView): void {
    this.current = view
    this.parts.events.view(view)
  }

  private saved(at: number): void {
    this.savedAt = at
    this.parts.events.saved(at)
  }
}
