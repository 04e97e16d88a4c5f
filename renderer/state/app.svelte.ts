import type { AppInfo, LabSummary, Notice } from '../../electron/contract/index.ts'
import { type Bridge, type Connection, wordsOf } from '../bridge/bridge.ts'
import { i18n, type Locale } from '../i18n/index.svelte.ts'
import { AttemptState } from './attempt.svelte.ts'
import { router } from './route.svelte.ts'
import { settings } from './settings.svelte.ts'

/** A line the window shows for a while, spoken politely. */
export interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'plain' | 'bad'
}

const TOAST_MS = 6_000

class AppState {
  info = $state.raw<AppInfo | undefined>()
  connection = $state<Connection>('connecting')
  /** Set when the host answered the first requests. */
  ready = $state(false)
  failed = $state<string | undefined>()
  labs = $state.raw<readonly LabSummary[] | undefined>()
  labsFailed = $state<string | undefined>()
  notices = $state.raw<readonly Notice[]>([])
  toasts = $state.raw<readonly Toast[]>([])
  attempt = $state.raw<AttemptState | undefined>()
  palette = $state(false)

  #bridge: Bridge | undefined
  #toast = 0

  get bridge(): Bridge {
    if (!this.#bridge) throw new Error('the bridge is used before it is there')
    return this.#bridge
  }

  /** Connects the window's state to the host; called once. */
  start(bridge: Bridge) {
    this.#bridge = bridge
    let first = true
    bridge.onConnection((connection) => {
      const back = connection === 'connected' && this.connection === 'lost'
      this.connection = connection
      if (connection === 'connected' && (first || !this.ready)) {
        first = false
        void this.load()
      } else if (back) {
        void this.attempt?.load()
        void this.listLabs()
      }
    })
    bridge.on((event) => {
      if (event.event === 'notice') this.notices = [...this.notices.filter((n) => n.id !== event.notice.id), event.notice]
      else if (event.event === 'progress') this.#progress(event.lab, event.progress)
    })
  }

  async load() {
    this.failed = undefined
    try {
      await settings.load(this.bridge)
      this.info = await this.bridge.invoke('app.info', {})
      this.notices = this.info.notices
      this.ready = true
      await this.listLabs()
    } catch (error) {
      this.failed = wordsOf(error)
    }
  }

  async listLabs() {
    try {
      this.labs = await this.bridge.invoke('labs.list', { locale: settings.locale })
      this.labsFailed = undefined
    } catch (error) {
      this.labsFailed = wordsOf(error)
    }
  }

  setLocale(locale: Locale) {
    settings.setLocale(locale)
    void this.listLabs()
    void this.attempt?.setLocale(locale)
  }

  /** Opens the lab of the route, or leaves the one that is open. */
  enter(lab: string | undefined) {
    if (this.attempt?.lab === lab) return
    this.attempt?.leave()
    this.attempt = lab === undefined ? undefined : new AttemptState(this.bridge, lab, (text) => this.say(text, 'bad'))
    void this.attempt?.load()
    if (lab === undefined && this.ready) void this.listLabs()
  }

  openLab(lab: string) {
    router.go({ view: 'lab', lab })
  }

  dismiss(notice: Notice) {
    this.notices = this.notices.filter((n) => n.id !== notice.id)
    this.bridge.invoke('app.dismissNotice', { id: notice.id }).catch(() => {})
  }

  say(text: string, tone: Toast['tone'] = 'plain') {
    const id = ++this.#toast
    this.toasts = [...this.toasts.slice(-2), { id, text: text || i18n.m.fault.command, tone }]
    setTimeout(() => this.hush(id), TOAST_MS)
  }

  hush(id: number) {
    this.toasts = this.toasts.filter((toast) => toast.id !== id)
  }

  #progress(lab: string, progress: Extract<LabSummary, { valid: true }>['progress']) {
    this.labs = this.labs?.map((summary) => (summary.valid && summary.id === lab ? { ...summary, progress } : summary))
  }
}

export const app = new AppState()
