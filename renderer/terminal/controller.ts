import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { Terminal } from '@xterm/xterm'
import type { Bridge } from '../bridge/bridge.ts'
import { nameProvider, namesOnScreen } from './links.ts'
import type { FoundName } from './names.ts'
import { terminalTheme } from './theme.ts'

export interface ControllerOptions {
  readonly bridge: Bridge
  readonly attempt: string
  readonly terminal: string
  readonly fontSize: number
  readonly cursorBlink: boolean
  readonly screenReader: boolean
  /** True for a key that is the window's, not the shell's. */
  readonly ours: (event: KeyboardEvent) => boolean
  readonly nodes: () => readonly string[]
  readonly onname: (name: FoundName, event: MouseEvent) => void
  readonly onselection: (has: boolean) => void
}

/** Tool output is not folded: a terminal narrower than this scrolls sideways. The longest line of the first lab has 185 characters. */
export const WIDE = 200
const ACK_EVERY = 4_096

/** One xterm bound to one terminal of the host: bytes, flow control, size, names as links. */
export class TerminalController {
  readonly term: Terminal
  readonly search = new SearchAddon()
  #fit = new FitAddon()
  #options: ControllerOptions
  #attached = false
  #unacked = 0
  #stop: (() => void)[] = []
  #scroller: HTMLElement | undefined
  #sheet: HTMLElement | undefined

  constructor(options: ControllerOptions) {
    this.#options = options
    this.term = new Terminal({
      allowProposedApi: true,
      fontFamily: '"JetBrains Mono", "Cascadia Code", ui-monospace, monospace',
      fontSize: options.fontSize,
      lineHeight: 1.35,
      cursorBlink: options.cursorBlink,
      screenReaderMode: options.screenReader,
      minimumContrastRatio: 4.5,
      scrollback: 10_000,
      theme: terminalTheme(),
    })
    this.term.loadAddon(this.#fit)
    this.term.loadAddon(this.search)
    this.term.loadAddon(new Unicode11Addon())
    this.term.unicode.activeVersion = '11'
    this.term.attachCustomKeyEventHandler((event) => !options.ours(event))
    this.term.registerLinkProvider(nameProvider(this.term, options.nodes, options.onname))
    this.term.onSelectionChange(() => options.onselection(this.term.hasSelection()))
    this.term.onData((data) => this.type(data))
    this.term.buffer.onBufferChange(() => this.fit())
    this.term.onCursorMove(() => this.#followCursor())
    this.term.onResize(({ cols, rows }) => {
      if (this.#attached)
        options.bridge.send('terminal.resize', { attempt: options.attempt, terminal: options.terminal, columns: cols, rows })
    })
  }

  /** Puts the terminal into `sheet`, which scrolls sideways inside `scroller`. */
  async open(scroller: HTMLElement, sheet: HTMLElement) {
    this.#scroller = scroller
    this.#sheet = sheet
    // Measured before the font is there, every column would be too wide or too narrow.
    await document.fonts.load(`${this.#options.fontSize}px "JetBrains Mono"`).catch(() => [])
    this.term.open(sheet)
    this.fit()
    const observer = new ResizeObserver(() => this.fit())
    observer.observe(scroller)
    const scrolled = () => this.#placeScrollbar()
    const wheel = (event: WheelEvent) => {
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX
      if (sideways === 0 || (!event.shiftKey && Math.abs(event.deltaX) < Math.abs(event.deltaY))) return
      // xterm would take it for a scroll through history.
      event.preventDefault()
      event.stopPropagation()
      scroller.scrollLeft += sideways
    }
    scroller.addEventListener('wheel', wheel, { capture: true, passive: false })
    scroller.addEventListener('scroll', scrolled, { passive: true })
    this.#stop.push(
      () => observer.disconnect(),
      () => scroller.removeEventListener('scroll', scrolled),
      () => scroller.removeEventListener('wheel', wheel, { capture: true }),
      this.#options.bridge.on((event) => {
        if (
          event.event === 'terminal.data' &&
          event.terminal === this.#options.terminal &&
          event.attempt === this.#options.attempt
        )
          this.#show(event.data)
      }),
    )
  }

  /** Asks the host for what was printed before and for what comes. Again after a lost connection. */
  async attach() {
    const { bridge, attempt, terminal } = this.#options
    this.#attached = false
    const { text } = await bridge.invoke('terminal.attach', { attempt, terminal, columns: this.term.cols, rows: this.term.rows })
    this.term.reset()
    this.term.write(text)
    this.#unacked = 0
    this.#attached = true
  }

  get attached(): boolean {
    return this.#attached
  }

  /** Keys as a keyboard would send them. */
  type(data: string) {
    if (!this.#attached) return
    this.#options.bridge.send('terminal.data', { attempt: this.#options.attempt, terminal: this.#options.terminal, data })
  }

  /** Types a command and Enter; what stood at the prompt goes to the line editor's kill buffer (Ctrl+Y brings it back). */
  run(command: string) {
    const line = command.includes('\n') ? `\x1b[200~${command}\x1b[201~` : command
    this.type(`\x05\x15${line}\r`)
    this.term.scrollToBottom()
  }

  paste(text: string) {
    this.term.paste(text)
  }

  setLook(look: { fontSize: number; cursorBlink: boolean; screenReader: boolean }) {
    this.term.options.theme = terminalTheme()
    this.term.options.cursorBlink = look.cursorBlink
    this.term.options.screenReaderMode = look.screenReader
    if (this.term.options.fontSize !== look.fontSize) {
      this.term.options.fontSize = look.fontSize
      this.fit()
    }
  }

  fit() {
    const scroller = this.#scroller
    const sheet = this.#sheet
    // A terminal that is not shown has no size; it is fitted when it comes back.
    if (!scroller || !sheet || scroller.clientWidth === 0) return
    sheet.style.width = '100%'
    const size = this.#fit.proposeDimensions()
    if (!size || !Number.isFinite(size.cols) || !Number.isFinite(size.rows)) return
    // A program that fills the screen fills what one sees.
    const full = this.term.buffer.active.type === 'alternate'
    const columns = full ? size.cols : Math.max(size.cols, WIDE)
    if (columns !== this.term.cols || size.rows !== this.term.rows) this.term.resize(columns, Math.max(2, size.rows))
    const screen = sheet.querySelector<HTMLElement>('.xterm-screen')
    if (columns > size.cols && screen) sheet.style.width = `${Math.ceil(screen.getBoundingClientRect().width) + 30}px`
    this.#placeScrollbar()
  }

  /** Half a screen to the left (-1) or right (1). */
  sideways(direction: 1 | -1) {
    if (this.#scroller) this.#scroller.scrollLeft += (direction * this.#scroller.clientWidth) / 2
  }

  names(): readonly FoundName[] {
    return namesOnScreen(this.term, this.#options.nodes())
  }

  /** Every line of the terminal, history first, as text. */
  text(): string {
    const buffer = this.term.buffer.active
    const lines: string[] = []
    for (let row = 0; row < buffer.length; row++) {
      const line = buffer.getLine(row)
      if (line?.isWrapped && lines.length > 0) lines[lines.length - 1] += line.translateToString(true)
      else lines.push(line?.translateToString(true) ?? '')
    }
    return lines.join('\n')
  }

  dispose() {
    for (const stop of this.#stop) stop()
    this.term.dispose()
  }

  #show(data: string) {
    if (!this.#attached) return
    this.term.write(data, () => {
      this.#unacked += data.length
      if (this.#unacked >= ACK_EVERY) this.#ack()
      else queueMicrotask(() => this.#ack())
    })
  }

  #ack() {
    if (this.#unacked === 0 || !this.#attached) return
    this.#options.bridge.send('terminal.ack', {
      attempt: this.#options.attempt,
      terminal: this.#options.terminal,
      chars: this.#unacked,
    })
    this.#unacked = 0
  }

  /** Keeps the cursor in sight while one types past the edge, and comes back to the left at the next prompt. */
  #followCursor() {
    const scroller = this.#scroller
    if (!scroller || scroller.scrollWidth <= scroller.clientWidth) return
    const screen = this.#sheet?.querySelector<HTMLElement>('.xterm-screen')
    if (!screen) return
    const cell = screen.clientWidth / this.term.cols
    const x = this.term.buffer.active.cursorX * cell
    const margin = cell * 8
    if (x < scroller.clientWidth - margin * 2) scroller.scrollLeft = 0
    else if (x > scroller.scrollLeft + scroller.clientWidth - margin * 2)
      scroller.scrollLeft = x - scroller.clientWidth + margin * 4
    else if (x < scroller.scrollLeft + margin) scroller.scrollLeft = Math.max(0, x - margin * 4)
  }

  /** The vertical scroll bar stays at the visible edge, not at the sheet's. */
  #placeScrollbar() {
    const scroller = this.#scroller
    if (!scroller || !this.#sheet) return
    const right = Math.max(0, this.#sheet.offsetWidth - scroller.clientWidth - scroller.scrollLeft)
    this.#sheet.style.setProperty('--bar-right', `${right}px`)
  }
}
