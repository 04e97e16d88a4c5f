import { Vim } from '@replit/codemirror-vim'

/** What vim's `:` commands do to the text that is open. */
export interface ExHandler {
  write(): Promise<boolean>
  leave(force: boolean, exit: number): void
  paste(on: boolean): void
  /** Writes and leaves; `:x` writes only what changed. */
  writeAndLeave(onlyChanged: boolean): void
}

type Cm = { readonly cm6: object }
const handlers = new WeakMap<object, ExHandler>()

/** Whose commands the editor's are. The commands themselves are one set for all of vim's editors in this window. */
export function bindEx(view: object, handler: ExHandler): void {
  handlers.set(view, handler)
}

const of = (cm: unknown) => handlers.get((cm as Cm).cm6)

interface Params {
  readonly argString?: string
  readonly input?: string
}
const forced = (params: Params) => params.argString?.trim().startsWith('!') ?? params.input?.endsWith('!') ?? false

/** Options that vim's users set; those that change nothing here are taken in silence, as vim would. */
const QUIET_SWITCHES: readonly (readonly [string, boolean, string])[] = [
  ['number', true, 'nu'],
  ['expandtab', true, 'et'],
  ['autoindent', true, 'ai'],
  ['smartindent', false, 'si'],
  ['hlsearch', true, 'hls'],
  ['ignorecase', false, 'ic'],
]
const QUIET_NUMBERS: readonly (readonly [string, string])[] = [
  ['tabstop', 'ts'],
  ['softtabstop', 'sts'],
  ['shiftwidth', 'sw'],
]

let defined = false

/** Teaches vim the commands that leave and write, once for the window. */
export function defineEx(): void {
  if (defined) return
  defined = true
  Vim.defineEx('write', 'w', (cm: unknown) => void of(cm)?.write())
  Vim.defineEx('quit', 'q', (cm: unknown, params: Params) => of(cm)?.leave(forced(params), 0))
  Vim.defineEx('wq', 'wq', (cm: unknown) => of(cm)?.writeAndLeave(false))
  Vim.defineEx('xit', 'x', (cm: unknown) => of(cm)?.writeAndLeave(true))
  Vim.defineEx('cquit', 'cq', (cm: unknown) => of(cm)?.leave(true, 1))
  Vim.mapCommand('ZZ', 'action', 'chainwalkWriteAndLeave', {}, { context: 'normal' })
  Vim.mapCommand('ZQ', 'action', 'chainwalkLeave', {}, { context: 'normal' })
  Vim.defineAction('chainwalkWriteAndLeave', (cm: unknown) => of(cm)?.writeAndLeave(true))
  Vim.defineAction('chainwalkLeave', (cm: unknown) => of(cm)?.leave(true, 0))
  Vim.defineOption('paste', false, 'boolean', [], (value: unknown, cm?: unknown) => {
    if (value !== undefined && cm !== undefined) of(cm)?.paste(value === true)
  })
  for (const [name, value, alias] of QUIET_SWITCHES) Vim.defineOption(name, value, 'boolean', [alias])
  for (const [name, alias] of QUIET_NUMBERS) Vim.defineOption(name, 2, 'number', [alias])
}
