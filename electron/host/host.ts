import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import process from 'node:process'
import { type ApiRequestOptions, AttemptApis } from '../api/attempt-apis.ts'
import type {
  ApiView,
  AppInfo,
  AttemptView,
  Channel,
  HostEvent,
  InvokeMap,
  Locale,
  Notice,
  NoticeCode,
  Reply,
  SendChannel,
  SendMap,
  Settings,
} from '../contract/index.ts'
import type { CallMap } from '../emulator/protocol.ts'
import type { Runtime } from '../runtime.ts'
import type { AttemptRow } from '../store/attempts.ts'
import { openDatabase } from '../store/database.ts'
import { SnapshotQueue } from '../store/snapshot-queue.ts'
import { ME, Store } from '../store/store.ts'
import { Failure, failureReply } from './failure.ts'
import { takeInstance } from './instance.ts'
import { Library } from './library.ts'
import { OpenAttempt } from './open-attempt.ts'
import { exportProgress, importProgress } from './progress-file.ts'
import { INVOKE_SCHEMAS, SEND_SCHEMAS } from './requests.ts'
import { readSettings, writeSettings } from './settings.ts'
import { SpareEmulator } from './spare.ts'
import { TtyServer, type Welcome } from './tty-server.ts'

export interface HostOptions {
  readonly runtime: Runtime
  readonly data: string
  readonly version: string
  readonly transport: AppInfo['transport']
  readonly systemLocale: Locale
}

/** Attempts that may be open at once: each is a process of its own. */
const MOST_OPEN = 3

type Handlers = {
  readonly [C in Channel]: (args: InvokeMap[C]['args']) => Promise<InvokeMap[C]['result']> | InvokeMap[C]['result']
}
type Senders = { readonly [C in SendChannel]: (args: SendMap[C]) => void }

/** Everything behind the contract, the same under Electron and without it. */
export class Host {
  private readonly options: HostOptions
  private readonly store: Store
  private readonly snapshots: SnapshotQueue
  private readonly library: Library
  private readonly spare: SpareEmulator
  private readonly tty: TtyServer
  private instance: Awaited<ReturnType<typeof takeInstance>> | undefined
  /** In the order they were opened, the latest last. */
  private readonly open = new Map<string, Promise<OpenAttempt>>()
  private readonly listeners = new Set<(event: HostEvent) => void>()
  private notices: Notice[] = []
  private readonly attemptNotices = new Map<string, Notice[]>()
  private readonly handlers: Handlers
  private readonly senders: Senders
  private readonly live = new Map<string, OpenAttempt>()
  private readonly apis: AttemptApis

  /** Opens the store and takes the data folder; throws StoreError or AlreadyRunning. */
  static async start(options: HostOptions): Promise<Host> {
    const holder: { host?: Host } = {}
    const tty = new TtyServer((hello, link) => (holder.host as Host).welcome(hello, link))
    await tty.listen()
    try {
      const instance = await takeInstance(options.data, tty.path)
      try {
        holder.host = new Host(options, tty)
      } catch (error) {
        instance.leave()
        throw error
      }
      holder.host.instance = instance
      return holder.host
    } catch (error) {
      await tty.close()
      throw error
    }
  }

  private constructor(options: HostOptions, tty: TtyServer) {
    this.options = options
    this.tty = tty
    const file = join(options.data, 'chainwalk.db')
    const { connection, movedAside } = openDatabase(file)
    this.store = new Store(connection)
    this.snapshots = new SnapshotQueue(options.runtime.program('snapshot-writer'), file)
    this.library = new Library(options.runtime.labs, this.store)
    this.spare = new SpareEmulator(options.runtime)
    if (movedAside !== undefined) this.notices.push({ id: randomUUID(), code: 'store-corrupt', detail: movedAside })
    this.apis = new AttemptApis(options.data, (attempt, api) => this.emit({ event: 'api.state', attempt, api }))
    this.handlers = this.makeHandlers()
    this.senders = this.makeSenders()
  }

  /** Browser mode: lets others find the window. */
  tell(url: string): void {
    this.instance?.tell(url)
  }

  on(listener: (event: HostEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  async invoke(channel: string, args: unknown): Promise<Reply<Channel>> {
    try {
      const schema = Object.hasOwn(INVOKE_SCHEMAS, channel) ? INVOKE_SCHEMAS[channel as Channel] : undefined
      if (schema === undefined) throw new Failure('bad-request', `no channel ${channel.slice(0, 100)}`)
      const parsed = schema.safeParse(args)
      if (!parsed.success) throw new Failure('bad-request', `${channel}: ${parsed.error.issues[0]?.message}`)
      const value = await this.handlers[channel as Channel](parsed.data as never)
      return { ok: true, value } as Reply<Channel>
    } catch (error) {
      return failureReply(error)
    }
  }

  /** A one-way message; one that does not fit is dropped, as it has no one to answer. */
  send(channel: string, args: unknown): void {
    const schema = Object.hasOwn(SEND_SCHEMAS, channel) ? SEND_SCHEMAS[channel as SendChannel] : undefined
    const parsed = schema?.safeParse(args)
    if (!parsed?.success) return
    try {
      this.senders[channel as SendChannel](parsed.data as never)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
    }
  }

  /** No window is left: terminals print on without flow control. */
  windowGone(): void {
    for (const attempt of this.live.values()) attempt.detachAll()
  }

  /** Saves and ends every attempt that no client of its API uses; their clocks stand still until they are opened again. */
  async suspend(): Promise<void> {
    await this.closeAll([...this.open.keys()].filter((id) => this.apis.view(id) === null))
  }

  async close(): Promise<void> {
    await this.closeAll([...this.open.keys()])
    await this.spare.stop()
    await this.snapshots.close()
    await this.tty.close()
    this.store.close()
    this.instance?.leave()
  }

  /** Opens a lab's newest attempt and its API, as `npm run api` asks. */
  async openApi(options: ApiRequestOptions & { readonly lab: string }): Promise<ApiView> {
    return (await this.apis.start(await this.openFor(options.lab), options)).view
  }

  private async openFor(lab: string): Promise<OpenAttempt> {
    return this.require((await this.openLab(lab, this.settings().locale, false)).attempt)
  }

  private async closeAll(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.closeAttempt(id).catch(() => {})))
  }

  private makeHandlers(): Handlers {
    const { store, options } = this
    return {
      'app.info': () => ({
        version: options.version,
        transport: options.transport,
        platform: process.platform,
        dataFolder: options.data,
        notices: this.notices,
      }),
      'app.dismissNotice': ({ id }) => {
        this.notices = this.notices.filter((notice) => notice.id !== id)
        for (const [attempt, notices] of this.attemptNotices)
          this.attemptNotices.set(
            attempt,
            notices.filter((n) => n.id !== id),
          )
        return null
      },
      'settings.get': () => this.settings(),
      'settings.set': (change) => writeSettings(store, change, options.systemLocale),
      'labs.list': ({ locale }) => {
        const labs = this.library.list(locale)
        // Whoever asks for the labs is about to open one.
        setImmediate(() => this.spare.warm(() => this.ahead(locale)))
        return labs
      },
      'attempt.open': ({ lab, locale, fresh }) => this.openLab(lab, locale, fresh ?? false),
      'attempt.close': async ({ attempt }) => {
        await this.closeAttempt(attempt)
        return null
      },
      'attempt.view': async ({ attempt }) => this.view(await this.require(attempt)),
      'attempt.input': async ({ attempt, input }) => {
        const open = await this.require(attempt)
        await open.attempt.apply(input)
        return await open.attempt.ask('view', {})
      },
      'attempt.locale': async ({ attempt, locale }) => (await this.require(attempt)).attempt.setLocale(locale),
      'walk.list': async ({ attempt }) => (await this.require(attempt)).attempt.ask('connections', {}),
      'walk.get': async ({ attempt, connection }) => (await this.require(attempt)).attempt.ask('walk', { connection }),
      'walk.hits': async ({ attempt, query }) => (await this.require(attempt)).attempt.ask('hits', { query }),
      'terminal.open': async ({ attempt, target, columns, rows }) =>
        (await this.require(attempt)).openTerminal(target, columns, rows),
      'terminal.attach': async ({ attempt, terminal, columns, rows }) => {
        const found = (await this.require(attempt)).terminal(terminal)
        return { text: found.attach(columns, rows), terminal: found.view }
      },
      'edit.text': async ({ attempt, terminal }) => (await this.require(attempt)).attempt.ask('editText', { shell: terminal }),
      'edit.check': async ({ attempt, terminal, text }) =>
        (await this.require(attempt)).attempt.ask('editCheck', { shell: terminal, text }),
      'terminal.reconnect': async ({ attempt, terminal }) => (await this.require(attempt)).terminal(terminal).reconnect(),
      'terminal.close': async ({ attempt, terminal }) => {
        await (await this.require(attempt)).closeTerminal(terminal)
        return null
      },
      'api.start': async ({ attempt, port }) => (await this.apis.start(await this.require(attempt), { port: port ?? 0 })).view,
      'api.stop': async ({ attempt }) => {
        await this.apis.stop((await this.require(attempt)).attempt.id)
        return null
      },
      'api.status': async ({ attempt }) => this.apis.view((await this.require(attempt)).attempt.id),
      'progress.export': () => exportProgress(store, Date.now()),
      'progress.import': ({ text }) => importProgress(store, text),
    }
  }

  private makeSenders(): Senders {
    return {
      'terminal.data': ({ attempt, terminal, data }) => this.live.get(attempt)?.terminal(terminal).write(data),
      'terminal.ack': ({ attempt, terminal, chars }) => this.live.get(attempt)?.terminal(terminal).ack(chars),
      'terminal.resize': ({ attempt, terminal, columns, rows }) =>
        this.live.get(attempt)?.terminal(terminal).resize(columns, rows),
    }
  }

  private settings(): Settings {
    return readSettings(this.store, this.options.systemLocale)
  }

  private async openLab(labId: string, locale: Locale, fresh: boolean): Promise<AttemptView> {
    const now = Date.now()
    const { lab, node } = this.library.require(labId)
    let row = fresh ? undefined : this.store.attempts.newest(ME, labId)
    if (row === undefined) {
      const id = randomUUID()
      this.store.attempts.create({ id, learner: ME, labId, labHash: lab.hash, locale, now })
      row = this.store.attempts.get(id)
    }
    if (row === undefined) throw new Failure('internal', 'the attempt was not stored')
    const { id } = row
    this.store.attempts.opened(id, locale, now)
    const had = this.open.get(id)
    if (had !== undefined) {
      const open = await had
      if (open.attempt.locale !== locale) await open.attempt.setLocale(locale)
      return this.view(open)
    }
    if (row.labHash !== lab.hash) this.attemptNotice(id, 'lab-changed')
    const folder = this.store.labs.get(row.labHash) ?? lab.folder
    const opening = this.openAttempt(id, labId, folder, locale, node)
    this.open.set(id, opening)
    try {
      const open = await opening
      this.live.set(id, open)
      await this.closeOldest()
      return this.view(open)
    } catch (error) {
      this.open.delete(id)
      throw error
    }
  }

  private async openAttempt(
    id: string,
    labId: string,
    lab: OpenAttempt['attempt']['lab'],
    locale: Locale,
    node: string,
  ): Promise<OpenAttempt> {
    const { store, snapshots } = this
    const open = new OpenAttempt(
      { id, lab, locale },
      {
        runtime: this.options.runtime,
        spare: this.spare,
        store,
        snapshots,
        socket: this.tty.path,
        events: {
          view: (view) => {
            store.attempts.progress(id, view, Date.now())
            this.emit({ event: 'attempt.view', attempt: id, view })
            this.emit({ event: 'progress', lab: labId, progress: this.library.progress(labId) })
          },
          saved: (at) => this.emit({ event: 'attempt.saved', attempt: id, at }),
          notice: (code, detail) => this.attemptNotice(id, code, detail),
        },
        terminalEvents: (terminal) => ({
          data: (data) => this.emit({ event: 'terminal.data', attempt: id, terminal, data }),
          state: (view) => this.emit({ event: 'terminal.state', attempt: id, terminal: view }),
        }),
        terminalClosed: (terminal, exit) => this.emit({ event: 'terminal.closed', attempt: id, terminal, exit }),
        lineTyped: (line) => store.attempts.lastCommand(id, line),
      },
    )
    try {
      await open.open(node)
      return open
    } catch (error) {
      await open.close().catch(() => {})
      throw error
    }
  }

  /** What is likely to be opened next: the attempt that was open last, or the first lab. */
  private ahead(locale: Locale): CallMap['prepare']['args'] | undefined {
    const { store, library } = this
    const last = store.attempts
      .all(ME)
      .reduce<AttemptRow | undefined>((a, b) => (a && a.openedAt > b.openedAt ? a : b), undefined)
    if (last === undefined) {
      const first = library.list(locale).find(({ valid }) => valid)
      return first && { lab: library.require(first.id).lab.folder, locale }
    }
    const row = store.attempts.newest(ME, last.labId)
    const lab = row && store.labs.get(row.labHash)
    if (row === undefined || lab === undefined || this.open.has(row.id)) return undefined
    const [newest] = store.snapshots.list(row.id)
    if (newest === undefined) return { lab, locale }
    const { id, checksum, seq } = newest
    return { lab, locale, snapshot: { text: store.snapshots.text(id), checksum, seq } }
  }

  private async closeOldest(): Promise<void> {
    while (this.live.size > MOST_OPEN) await this.closeAttempt(this.live.keys().next().value as string)
  }

  private async closeAttempt(id: string): Promise<void> {
    const open = await this.require(id)
    this.open.delete(id)
    this.live.delete(id)
    await this.apis.stop(id)
    await open.close()
  }

  private require(id: string): Promise<OpenAttempt> {
    const open = this.open.get(id)
    if (open === undefined) throw new Failure('no-such-attempt', id)
    return open
  }

  private view(open: OpenAttempt): AttemptView {
    return open.view(this.attemptNotices.get(open.attempt.id) ?? [])
  }

  private attemptNotice(attempt: string, code: NoticeCode, detail?: string): void {
    const notice: Notice = { id: randomUUID(), code, ...(detail !== undefined && { detail }) }
    this.attemptNotices.set(attempt, [...(this.attemptNotices.get(attempt) ?? []), notice].slice(-20))
    this.emit({ event: 'attempt.notice', attempt, notice })
  }

  private emit(event: HostEvent): void {
    for (const listener of this.listeners) listener(event)
  }

  /** Judges a tty client's hello: one of our own by its one-time token, or a program that joins. */
  private readonly welcome: Welcome = async (hello, link) => {
    if (hello.api !== undefined) {
      if (hello.token !== this.instance?.token) return { refused: 'this token is not known here' }
      return await this.apis.serve(hello.api, link, (lab) => this.openFor(lab))
    }
    // A client may be quicker than the rest of its attempt's opening.
    const settled = await Promise.allSettled(this.open.values())
    const attempts = settled.flatMap((s) => (s.status === 'fulfilled' ? [s.value] : []))
    for (const open of attempts) {
      const terminal = open.claims(hello.token)
      if (terminal !== undefined) return open.connect(terminal, link)
    }
    if (hello.join === undefined || hello.token !== this.instance?.token) return { refused: 'this token is not known here' }
    const latest = attempts.at(-1)
    if (latest === undefined) return { refused: 'no lab is open in the app' }
    const node = hello.join.node ?? latest.attempt.view.nodes[0]
    if (node === undefined || !latest.attempt.view.nodes.includes(node)) return { refused: `no node ${node ?? ''} in this lab` }
    return await latest.join(node, hello.columns, hello.rows, link)
  }
}
