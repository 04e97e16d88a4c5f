import type {
  HostEvent,
  Notice,
  SessionView,
  ShellTarget,
  ShellView,
  TerminalView,
  WindowInput,
} from '../../electron/contract/index.ts'
import { type Bridge, BridgeError, wordsOf } from '../bridge/bridge.ts'
import { settings } from './settings.svelte.ts'

/** One terminal tab: the host's client and the engine's shell under one id. */
export interface Tab {
  readonly id: string
  readonly title: string
  readonly target: ShellTarget | undefined
  readonly shell: 'idle' | 'running' | 'closed'
  readonly client: TerminalView['state']
  readonly exit: number | undefined
}

/** Size a terminal is opened with before the window has measured it. */
const FIRST_SIZE = { columns: 120, rows: 32 }

/** A lab being worked on: the session's view as the host last told it, and what the window does to it. */
export class AttemptState {
  readonly lab: string
  status = $state<'loading' | 'ready' | 'failed'>('loading')
  failure = $state<string | undefined>()
  id = $state<string | undefined>()
  view = $state.raw<SessionView | undefined>()
  /** Host-side real time at which `view.clock.now` held. */
  viewAt = $state(0)
  savedAt = $state<number | undefined>()
  notices = $state.raw<readonly Notice[]>([])
  terminals = $state.raw<readonly TerminalView[]>([])
  /** Shells as last seen: one that has ended is no longer in the view, but its tab still has a name and can be opened again. */
  shells = $state.raw<Readonly<Record<string, ShellView>>>({})
  exits = $state.raw<Readonly<Record<string, number>>>({})
  active = $state<string | undefined>()
  stepId = $state<string | undefined>()
  /** Grows at every (re)load, so that terminals attach again. */
  generation = $state(0)
  busy = $state(false)

  #bridge: Bridge
  #complain: (text: string) => void
  #stop: () => void

  constructor(bridge: Bridge, lab: string, complain: (text: string) => void) {
    this.lab = lab
    this.#bridge = bridge
    this.#complain = complain
    this.#stop = bridge.on((event) => this.#hear(event))
  }

  async load(fresh = false) {
    try {
      const opened = await this.#bridge.invoke('attempt.open', {
        lab: this.lab,
        locale: settings.locale,
        ...(fresh ? { fresh } : {}),
      })
      this.id = opened.attempt
      this.savedAt = opened.savedAt
      this.notices = opened.notices
      this.terminals = opened.terminals
      this.exits = {}
      this.#see(opened.view)
      if (!this.stepId || !opened.view.steps.some((step) => step.id === this.stepId)) this.stepId = this.#firstStep(opened.view)
      if (!this.tabs.some((tab) => tab.id === this.active)) this.active = this.tabs[0]?.id
      this.generation++
      this.status = 'ready'
      this.failure = undefined
    } catch (error) {
      if (error instanceof BridgeError && error.code === 'offline' && this.status === 'ready') return
      this.failure = wordsOf(error)
      this.status = 'failed'
    }
  }

  /** Leaves the lab: the host saves it and stops its clock. */
  leave() {
    this.#stop()
    if (this.id) this.#bridge.invoke('attempt.close', { attempt: this.id }).catch(() => {})
  }

  tabs: readonly Tab[] = $derived.by(() =>
    this.terminals.map((terminal) => {
      const shell = this.shells[terminal.id]
      return {
        id: terminal.id,
        title: settings.layout.tabNames[`${this.id}/${terminal.id}`] ?? shell?.title ?? terminal.id,
        target: shell?.target,
        shell: this.exits[terminal.id] === undefined ? (shell?.state ?? 'idle') : 'closed',
        client: terminal.state,
        exit: this.exits[terminal.id],
      }
    }),
  )

  stepIndex: number = $derived(Math.max(0, this.view?.steps.findIndex((step) => step.id === this.stepId) ?? 0))
  step = $derived(this.view?.steps[this.stepIndex])

  goStep(index: number) {
    const step = this.view?.steps[index]
    if (!step) return
    this.stepId = step.id
    settings.remember({ steps: { ...settings.layout.steps, [this.lab]: step.id } })
  }

  /** To the next step; the one that is left counts as read. */
  async nextStep() {
    const step = this.step
    this.goStep(this.stepIndex + 1)
    if (step && !step.done) await this.input({ type: 'seen', step: step.id })
  }

  /** Sends an input to the session; true when it was taken. */
  async input(input: WindowInput): Promise<boolean> {
    if (!this.id) return false
    this.busy = true
    try {
      this.#see(await this.#bridge.invoke('attempt.input', { attempt: this.id, input }))
      return true
    } catch (error) {
      this.#complain(wordsOf(error))
      return false
    } finally {
      this.busy = false
    }
  }

  async setLocale(locale: 'vi' | 'en') {
    if (!this.id) return
    try {
      this.#see(await this.#bridge.invoke('attempt.locale', { attempt: this.id, locale }))
    } catch (error) {
      this.#complain(wordsOf(error))
    }
  }

  async openTerminal(target: ShellTarget) {
    if (!this.id) return
    try {
      const terminal = await this.#bridge.invoke('terminal.open', { attempt: this.id, target, ...FIRST_SIZE })
      this.#terminal(terminal)
      this.active = terminal.id
    } catch (error) {
      this.#complain(wordsOf(error))
    }
  }

  async closeTerminal(id: string) {
    if (!this.id) return
    const at = this.terminals.findIndex((terminal) => terminal.id === id)
    try {
      await this.#bridge.invoke('terminal.close', { attempt: this.id, terminal: id })
    } catch (error) {
      // A client or shell that is gone already needs no closing.
      if (!(error instanceof BridgeError) || error.code !== 'no-such-terminal') return this.#complain(wordsOf(error))
    }
    this.terminals = this.terminals.filter((terminal) => terminal.id !== id)
    if (this.active === id) this.active = this.terminals[Math.min(at, this.terminals.length - 1)]?.id
  }

  async reconnect(id: string) {
    if (!this.id) return
    try {
      this.#terminal(await this.#bridge.invoke('terminal.reconnect', { attempt: this.id, terminal: id }))
      this.generation++
    } catch (error) {
      this.#complain(wordsOf(error))
    }
  }

  rename(id: string, name: string) {
    const tabNames: Record<string, string> = { ...settings.layout.tabNames }
    const key = `${this.id}/${id}`
    if (name.trim()) tabNames[key] = name.trim()
    else delete tabNames[key]
    settings.remember({ tabNames })
  }

  #firstStep(view: SessionView): string | undefined {
    const kept = settings.layout.steps[this.lab]
    if (view.steps.some((step) => step.id === kept)) return kept
    return (view.steps.find((step) => !step.done) ?? view.steps[0])?.id
  }

  #see(view: SessionView) {
    this.view = view
    this.shells = { ...this.shells, ...Object.fromEntries(view.shells.map((shell) => [shell.id, shell])) }
    this.viewAt = Date.now()
  }

  #terminal(terminal: TerminalView) {
    const known = this.terminals.some((t) => t.id === terminal.id)
    this.terminals = known ? this.terminals.map((t) => (t.id === terminal.id ? terminal : t)) : [...this.terminals, terminal]
    this.active ??= terminal.id
  }

  #hear(event: HostEvent) {
    if (!('attempt' in event) || event.attempt !== this.id) return
    if (event.event === 'attempt.view') this.#see(event.view)
    else if (event.event === 'attempt.saved') this.savedAt = event.at
    else if (event.event === 'attempt.notice')
      this.notices = [...this.notices.filter((n) => n.id !== event.notice.id), event.notice]
    else if (event.event === 'terminal.state') this.#terminal(event.terminal)
    else if (event.event === 'terminal.closed') this.exits = { ...this.exits, [event.terminal]: event.exit }
  }
}
