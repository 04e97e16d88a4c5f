import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { indentService, indentUnit } from '@codemirror/language'
import { type Diagnostic, linter, lintGutter } from '@codemirror/lint'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view'
import { vim } from '@replit/codemirror-vim'
import { minimalSetup } from 'codemirror'
import type { EditProblem, EditView } from '../../electron/contract/index.ts'
import { bindEx, defineEx, type ExHandler } from './ex-commands.ts'
import { fontSize, look } from './look.ts'

export interface EditorParts {
  readonly edit: EditView
  readonly text: string
  readonly fontSize: number
  /** Spoken name of the text field. */
  readonly label: string
  readonly handler: Omit<ExHandler, 'paste'>
  readonly changed: (text: string) => void
  readonly check: (text: string) => Promise<readonly EditProblem[]>
}

export interface Mounted {
  readonly text: string
  focus(): void
  setFontSize(pixels: number): void
  destroy(): void
}

/** A key that is taken whatever comes of it. */
function taken(key: string, act: () => void) {
  const run = () => {
    act()
    return true
  }
  return { key, run, preventDefault: true }
}

/** Ctrl+O writes and Ctrl+X leaves, as under nano; Ctrl+S writes everywhere. */
function plainKeys(handler: EditorParts['handler']): Extension {
  return keymap.of([taken('Ctrl-o', () => void handler.write()), taken('Ctrl-x', () => handler.leave(false, 0)), indentWithTab])
}

function problemsOf(view: EditorView, problems: readonly EditProblem[]): Diagnostic[] {
  return problems.map(({ line, column, message }) => {
    const at = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)))
    const from = Math.min(at.to, at.from + Math.max(0, (column ?? 1) - 1))
    return { from, to: Math.max(from, at.to), severity: 'error', message }
  })
}

/** CodeMirror in `parent`, with vim's keys or plain ones. */
export function mountEditor(parent: HTMLElement, parts: EditorParts): Mounted {
  const { edit, handler } = parts
  const isVim = edit.keys === 'vim'
  const size = new Compartment()
  const indent = new Compartment()
  if (isVim) defineEx()
  const state = EditorState.create({
    doc: parts.text,
    extensions: [
      // vim's keys come before all others
      isVim ? vim({ status: true }) : plainKeys(handler),
      keymap.of([taken('Mod-s', () => void handler.write()), ...defaultKeymap, ...historyKeymap]),
      minimalSetup,
      history(),
      lineNumbers(),
      drawSelection(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      EditorState.allowMultipleSelections.of(true),
      EditorState.readOnly.of(edit.readOnly),
      EditorView.contentAttributes.of({ 'aria-label': parts.label, tabindex: '0' }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) parts.changed(update.state.doc.toString())
      }),
      indentUnit.of('  '),
      indent.of([]),
      size.of(fontSize(parts.fontSize)),
      look,
      ...(edit.language === 'yaml' || edit.language === 'json'
        ? [
            yaml(),
            lintGutter(),
            linter(async (view) => problemsOf(view, await parts.check(view.state.doc.toString())), { delay: 400 }),
          ]
        : []),
    ],
  })
  const view = new EditorView({ state, parent })
  bindEx(view, {
    ...handler,
    // `:set paste`: a new line begins where pasted text begins it
    paste: (on) => view.dispatch({ effects: indent.reconfigure(on ? indentService.of(() => 0) : []) }),
  })
  if (edit.line !== undefined) {
    const at = view.state.doc.line(Math.max(1, Math.min(edit.line, view.state.doc.lines)))
    view.dispatch({ selection: { anchor: at.from }, scrollIntoView: true })
  }
  return {
    get text() {
      return view.state.doc.toString()
    },
    focus: () => view.focus(),
    setFontSize: (pixels) => view.dispatch({ effects: size.reconfigure(fontSize(pixels)) }),
    destroy: () => view.destroy(),
  }
}
