import type { Settings, Theme } from '../../electron/contract/index.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { i18n, type Locale } from '../i18n/index.svelte.ts'
import { type Layout, readLayout, USUAL_LAYOUT } from './layout.ts'

export const FONT = { usual: 13, least: 8, most: 32 } as const
const SAVE_AFTER = 400

class SettingsState {
  locale = $state<Locale>('en')
  theme = $state<Theme>('system')
  fontSize = $state<number>(FONT.usual)
  layout = $state.raw<Layout>(USUAL_LAYOUT)
  /** The theme really shown. */
  shown = $state<'dark' | 'light'>('dark')

  #bridge: Bridge | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #prefersLight = window.matchMedia('(prefers-color-scheme: light)')

  constructor() {
    this.#prefersLight.addEventListener('change', () => this.#show())
  }

  async load(bridge: Bridge) {
    this.#bridge = bridge
    this.#take(await bridge.invoke('settings.get', {}))
  }

  setLocale(locale: Locale) {
    this.locale = locale
    i18n.set(locale)
    this.#save({ locale })
  }

  setTheme(theme: Theme) {
    this.theme = theme
    this.#show()
    this.#save({ theme })
  }

  flipTheme() {
    this.setTheme(this.shown === 'dark' ? 'light' : 'dark')
  }

  setFontSize(size: number) {
    this.fontSize = Math.min(FONT.most, Math.max(FONT.least, Math.round(size)))
    this.#save({ terminalFontSize: this.fontSize })
  }

  /** Changes some of the layout. A divider being dragged is written when it rests, everything else at once. */
  remember(change: Partial<Layout>) {
    const changed = Object.keys(change).filter((key) => this.layout[key as keyof Layout] !== change[key as keyof Layout])
    if (changed.length === 0) return
    this.layout = { ...this.layout, ...change }
    clearTimeout(this.#timer)
    const write = () => this.#save({ layout: { ...this.layout } })
    if (changed.every((key) => key.endsWith('Size'))) this.#timer = setTimeout(write, SAVE_AFTER)
    else write()
  }

  #take(settings: Settings) {
    this.locale = settings.locale
    i18n.set(settings.locale)
    this.theme = settings.theme
    this.fontSize = settings.terminalFontSize
    this.layout = readLayout(settings.layout)
    this.#show()
  }

  #show() {
    this.shown = this.theme === 'system' ? (this.#prefersLight.matches ? 'light' : 'dark') : this.theme
    document.documentElement.dataset.theme = this.shown
  }

  /** A setting that cannot be written stays in force here; the host's connection state says why. */
  #save(change: Partial<Settings>) {
    this.#bridge?.invoke('settings.set', change).catch(() => {})
  }
}

export const settings = new SettingsState()
