import type { HostPorts, Input, Json, Session, SessionEvent, SessionSpec } from '../../engine/index.ts'
import { ApiDesk, replyOf } from './api-desk.ts'
import type { ApiReply, CallMap, CallName, EmulatorFailure, FromEmulator, Snapshot, Start, ToEmulator } from './protocol.ts'
import { Pump } from './pump.ts'

/** What the emulator needs of the engine; the real one is engine/index.ts. */
export interface Engine {
  createSession(spec: SessionSpec, ports: HostPorts): Session
  restoreSession(spec: SessionSpec, snapshot: Json, ports: HostPorts): Session
}

export interface Outside {
  send(message: FromEmulator): void
  now(): number
}

class Failure extends Error {
  readonly code: EmulatorFailure

  constructor(code: EmulatorFailure, message: string) {
    super(message)
    this.code = code
  }
}

/** Between two views at least this long: a flood of events is one picture. */
const VIEW_EVERY = 50
/** Output travels in pieces of at most this many characters, so that Ctrl-C is heard between them. */
const PIECE = 65_536
/** Turns of the event loop a replayed line gets before it is taken to wait on the clock. */
const REPLAY_TURNS = 20

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** One engine session behind the emulator's protocol: journals each input before it runs, and drives the clock. */
export class EmulatorServer {
  private readonly engine: Engine
  private readonly ports: HostPorts
  private readonly outside: Outside
  private session: Session | undefined
  /** Built ahead of `start`. */
  private prepared: { readonly key: string; readonly session: Session } | undefined
  private pump: Pump | undefined
  private desk: ApiDesk | undefined
  private seq = 0
  private readonly commits = new Map<number, (error?: string) => void>()
  private viewTimer: ReturnType<typeof setTimeout> | undefined
  private lastView = 0
  private changed = false

  constructor(engine: Engine, ports: HostPorts, outside: Outside) {
    this.engine = engine
    this.ports = ports
    this.outside = outside
  }

  async receive(message: ToEmulator): Promise<void> {
    if ('journaled' in message) {
      this.commits.get(message.journaled)?.(message.error)
      this.commits.delete(message.journaled)
      return
    }
    const { id, call, args } = message
    try {
      const value = await this.perform(call, args as never)
      this.outside.send({ id, ok: true, value })
    } catch (error) {
      const code = error instanceof Failure ? error.code : 'internal'
      this.outside.send({ id, ok: false, code, message: (error as Error).message })
    }
  }

  private async perform<C extends CallName>(call: C, args: CallMap[C]['args']): Promise<CallMap[CallName]['result']> {
    const handlers: { [K in CallName]: (args: CallMap[K]['args']) => Promise<CallMap[K]['result']> | CallMap[K]['result'] } = {
      prepare: (a) => {
        const session = this.open(a)
        // What opening will ask first, so that its code is warm; neither changes anything.
        session.needsMore('if true')
        session.view()
        this.prepared = { key: keyOf(a), session }
        return null
      },
      start: (a) => this.start(a),
      apply: (a) => this.apply(a.input),
      apiRead: (a) => this.now((desk) => desk.read(a.user, a.request)),
      apiWatch: (a) => this.now((desk) => desk.watch(a.watch, a.user, a.request)),
      apiBookmark: (a) => {
        this.desk?.bookmark(a.watch)
        return null
      },
      apiUnwatch: (a) => {
        this.desk?.unwatch(a.watch)
        return null
      },
      locale: (a) => {
        this.live().setLocale(a.locale)
        return this.live().view()
      },
      view: () => this.live().view(),
      needsMore: (a) => this.live().needsMore(a.text),
      expandHistory: (a) => this.live().expandHistory(a.shell, a.text),
      complete: (a) => this.live().complete(a.shell, a.line, a.cursor),
      promptOf: (a) => this.live().promptOf(a.shell) ?? null,
      connections: () => this.live().connections(),
      walk: (a) => this.live().walk(a.connection) ?? null,
      hits: (a) => this.live().hits(a.query),
      editText: (a) => this.live().edited(a.shell).text ?? null,
      editCheck: (a) => this.live().edited(a.shell).check(a.text),
      snapshot: () => this.snapshot(),
      ping: () => null,
    }
    return await handlers[call](args)
  }

  private live(): Session {
    if (this.session === undefined) throw new Failure('internal', 'no session was started')
    return this.session
  }

  private async start(start: Start): Promise<CallMap['start']['result']> {
    const session = this.prepared?.key === keyOf(start) ? this.prepared.session : this.open(start)
    this.prepared = undefined
    session.setLocale(start.locale)
    for (const entry of start.entries) {
      this.outside.send({ replaying: entry.seq })
      await replay(session, entry)
    }
    this.seq = start.lastSeq
    session.takeJournal()
    this.session = session
    this.desk = new ApiDesk(session, (message) => this.outside.send(message))
    session.on((event) => this.relay(event))
    this.pump = new Pump(session, this.outside.now)
    this.pump.start()
    this.changed = start.entries.length > 0
    return { view: session.view(), seq: this.seq }
  }

  private open(start: CallMap['prepare']['args']): Session {
    const spec = { lab: start.lab, locale: start.locale }
    if (start.snapshot === undefined) return this.engine.createSession(spec, this.ports)
    const session = this.engine.restoreSession(spec, JSON.parse(start.snapshot.text) as Json, this.ports)
    const checksum = session.checksum()
    if (checksum !== start.snapshot.checksum) {
      throw new Failure('checksum-differs', `the snapshot gives ${checksum}, it was taken as ${start.snapshot.checksum}`)
    }
    return session
  }

  /** Resolves when the input has run, or was refused. Its journal entry is on disk before it starts. */
  private async apply(input: Input): Promise<ApiReply | null> {
    const session = this.live()
    let running: Promise<unknown> | undefined
    let reply: ApiReply | null = null
    await this.pump?.exclusive(async () => {
      const seq = ++this.seq
      const committed = new Promise<string | undefined>((resolve) => this.commits.set(seq, resolve))
      this.outside.send({ journal: { seq, at: session.now, input } })
      const error = await committed
      if (error !== undefined) throw new Failure('not-journaled', error)
      this.changed = true
      if (input.type === 'api' || input.type === 'stream') {
        const response = await session.applyApi(input)
        if (response !== undefined) reply = replyOf(response)
        return
      }
      running = session.apply(input)
      running.catch(() => {})
      await turn()
    })
    try {
      await running
    } catch (error) {
      throw new Failure('refused', (error as Error).message)
    }
    session.takeJournal()
    this.announceIdle()
    return reply
  }

  /** Looks through the API at the present moment. */
  private async now<T>(work: (desk: ApiDesk) => T): Promise<T> {
    this.live()
    return await (this.pump as Pump).exclusive(() => work(this.desk as ApiDesk))
  }

  private snapshot(): Promise<Snapshot | null> {
    const session = this.live()
    const pump = this.pump as Pump
    return pump.exclusive(() => {
      if (!session.idle) return null
      this.changed = false
      const snapshot = session.snapshot()
      const { checksum } = snapshot as { checksum: string }
      return { text: JSON.stringify(snapshot), checksum, seq: this.seq, at: session.now }
    })
  }

  private relay(event: SessionEvent): void {
    if (event.type === 'view') {
      this.planView()
      return
    }
    if (event.type === 'stream' || event.type === 'streamEnded' || event.type === 'rewound') {
      this.desk?.relay(event)
      return
    }
    if (event.type === 'prompt') this.announceIdle()
    if (event.type === 'output' && event.data.length > PIECE) {
      for (let from = 0; from < event.data.length; from += PIECE) {
        this.outside.send({ event: { ...event, data: event.data.slice(from, from + PIECE) } })
      }
    } else this.outside.send({ event })
  }

  private announceIdle(): void {
    if (this.changed && this.session?.idle) this.outside.send({ idle: true })
  }

  private planView(): void {
    this.changed = true
    if (this.viewTimer !== undefined) return
    const wait = Math.max(0, this.lastView + VIEW_EVERY - this.outside.now())
    this.viewTimer = setTimeout(() => {
      this.viewTimer = undefined
      this.lastView = this.outside.now()
      this.outside.send({ view: this.live().view() })
      this.announceIdle()
    }, wait)
  }
}

/** What a session is built from, by content. */
function keyOf({ lab, snapshot }: CallMap['prepare']['args']): string {
  return JSON.stringify([lab, snapshot?.seq, snapshot?.checksum])
}

/** Brings the session to an entry's moment and applies it. A line that waits on the clock is left running, as it was. */
async function replay(session: Session, entry: Start['entries'][number]): Promise<void> {
  const elapsed = entry.at - session.now
  if (elapsed < 0) throw new Failure('replay-differs', `entry ${entry.seq} lies ${-elapsed} ms before the state it should follow`)
  if (elapsed > 0) await session.pump(elapsed)
  let ended = false
  const running = session
    .apply(entry.input)
    .catch(() => {})
    .finally(() => {
      ended = true
    })
  for (let n = 0; n < REPLAY_TURNS && !ended; n++) await turn()
  if (session.nextDueIn() === undefined && !ended) await Promise.race([running, turn()])
}
