import type {
  ApiResponse,
  Completion,
  ConnectionSummary,
  ConnectionWalk,
  Input,
  JournalEntry,
  Json,
  RuleHit,
  RuleQuery,
  Session,
  SessionEvent,
  SessionSpec,
  SessionView,
  ShellView,
} from '../../../engine/index.ts'
import { FakeApi } from './fake-api.ts'

interface State {
  now: number
  running: boolean
  count: number
  shells: ShellView[]
  lines: string[]
}

const FIRST: State = { now: Date.UTC(2026, 0, 1), running: true, count: 0, shells: [], lines: [] }

const SAID = { code: 'end.none', values: {}, text: 'No packet left.' }
const CONNECTION: ConnectionSummary = {
  id: 0,
  at: FIRST.now,
  proto: 'tcp',
  command: 'count',
  from: { place: { kind: 'node', name: 'node-1' }, address: '10.0.0.1', port: 40_000 },
  to: { address: '10.0.0.2', port: 80 },
  result: 'connected',
  packets: 0,
}

/** A session with five commands, for tests of the host alone: echo, count, sleep (virtual seconds), flood and die. */
export class FakeSession implements Session {
  private state: State
  private readonly listeners = new Set<(event: SessionEvent) => void>()
  private sleeper: { due: number; wake: () => void } | undefined
  private locale = 'en'
  private readonly api = new FakeApi(
    () => this.state.count,
    () => this.state.count++,
  )

  constructor(_: SessionSpec, state: State = FIRST) {
    this.state = structuredClone(state)
  }

  get now(): number {
    return this.state.now
  }

  get idle(): boolean {
    return this.sleeper === undefined
  }

  async apply(input: Input): Promise<void> {
    const { state } = this
    if (input.type === 'open') {
      const shell: ShellView = { id: input.shell, title: 'fake', target: input.target, state: 'idle', prompt: 'fake# ' }
      state.shells = [...state.shells, shell]
      this.prompt(input.shell)
    } else if (input.type === 'close') state.shells = state.shells.filter((s) => s.id !== input.shell)
    else if (input.type === 'line') {
      state.lines = [...state.lines, input.text]
      await this.line(input.shell, input.text)
      this.prompt(input.shell)
    } else if (input.type === 'signal') this.sleeper?.wake()
    else if (input.type === 'undo') throw new Error('nothing to undo')
    else if (input.type === 'api') this.api.request(input.request)
    else if (input.type === 'clock') state.running = input.action !== 'pause'
    this.emit({ type: 'view' })
  }

  async applyApi(input: Parameters<Session['applyApi']>[0]): Promise<ApiResponse | undefined> {
    return this.api.request(input.request)
  }

  client(): ReturnType<Session['client']> {
    return this.api.client()
  }

  edited(): ReturnType<Session['edited']> {
    return { text: undefined, check: () => [] }
  }

  private async line(shell: string, text: string): Promise<void> {
    const [name, ...words] = text.split(' ')
    const print = (data: string) => this.emit({ type: 'output', shell, data })
    if (name === 'echo') print(`${words.join(' ')}\n`)
    else if (name === 'count') print(`${++this.state.count}\n`)
    else if (name === 'flood') for (let n = 0; n < Number(words[0]); n++) print(`${'x'.repeat(1023)}\n`)
    else if (name === 'die') process.abort()
    else if (name === 'sleep') {
      await new Promise<void>((resolve) => {
        this.sleeper = { due: this.state.now + Number(words[0]) * 1000, wake: resolve }
      })
      this.sleeper = undefined
    }
  }

  async pump(elapsed: number): Promise<void> {
    if (!this.state.running) return
    this.state.now += elapsed
    if (this.sleeper !== undefined && this.sleeper.due <= this.state.now) this.sleeper.wake()
  }

  nextDueIn(): number | undefined {
    return this.sleeper && this.sleeper.due - this.state.now
  }

  private emit(event: SessionEvent): void {
    for (const listener of this.listeners) listener(event)
  }

  private prompt(shell: string): void {
    const event = this.promptOf(shell)
    if (event !== undefined) this.emit(event)
  }

  promptOf(shell: string): Extract<SessionEvent, { type: 'prompt' }> | undefined {
    return { type: 'prompt', shell, prompt: 'fake# ', more: false, history: this.state.lines, exit: 0 }
  }

  on(listener: (event: SessionEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  setLocale(locale: string): void {
    this.locale = locale
  }

  needsMore(text: string): boolean {
    return text.endsWith('\\')
  }

  expandHistory(_: string, text: string): { text: string; changed: boolean } {
    return { text, changed: false }
  }

  complete(): Completion {
    return { start: 0, candidates: [], suffix: ' ' }
  }

  /** Every count made is a connection, and its walk has no packets. */
  connections(): readonly ConnectionSummary[] {
    const numbers = Array.from({ length: this.state.count }, (_, index) => this.state.count - index)
    return numbers.map((id) => ({ ...CONNECTION, id }))
  }

  walk(id: number): ConnectionWalk | undefined {
    const connection = this.connections().find((c) => c.id === id)
    return connection && { version: 1, connection, packets: [], conclusion: SAID, cut: false }
  }

  hits({ chain, rule = 1 }: RuleQuery): readonly RuleHit[] {
    return chain === 'FORWARD' ? [] : this.connections().map((connection) => ({ connection, packet: 1, step: 0, rule }))
  }

  view(): SessionView {
    const { state } = this
    const passed = state.count > 0
    return {
      lab: { id: 'small', title: 'Small', track: 'foundations', locale: this.locale, locales: ['en', 'vi'] },
      steps: [{ id: 'one', title: 'One', markdown: '', done: passed }],
      tasks: [
        {
          id: 'counted',
          title: 'Counted',
          points: 2,
          state: passed ? 'passed' : 'open',
          wanted: 'a count',
          seen: String(state.count),
          hints: [],
        },
      ],
      predictions: [],
      points: { earned: passed ? 2 : 0, total: 2 },
      clock: { now: state.now, running: state.running },
      undo: { canUndo: false, canRedo: false },
      shells: state.shells,
      nodes: ['node-1'],
      versions: { kubernetes: '1.35', iptables: '1.8.11/nft', proxyIptables: '1.8.11/nft', proxyMode: 'iptables' },
    }
  }

  snapshot(): Json {
    return this.state as unknown as Json
  }

  checksum(): string {
    return JSON.stringify(this.state)
  }

  takeJournal(): readonly JournalEntry[] {
    return []
  }
}

export const fakeEngine = {
  createSession: (spec: SessionSpec) => new FakeSession(spec),
  restoreSession: (spec: SessionSpec, snapshot: Json) => new FakeSession(spec, snapshot as unknown as State),
}
