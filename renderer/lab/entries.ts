import { i18n } from '../i18n/index.svelte.ts'
import type { AttemptState } from '../state/attempt.svelte.ts'
import type { Action } from '../state/keys.ts'
import type { PaletteEntry } from '../ui/Palette.svelte'

interface Hands {
  readonly attempt: AttemptState
  readonly act: (action: Action) => void
  readonly reset: () => void
  readonly api: () => void
  readonly openTerminal: (node: string) => void
}

/** What the command palette offers inside a lab. */
export function labEntries({ attempt, act, reset, api, openTerminal }: Hands): PaletteEntry[] {
  const m = i18n.m
  const view = attempt.view
  if (!view) return []
  const { canUndo, canRedo, undoLabel, redoLabel } = view.undo
  const entry = (id: string, label: string, run: () => void, keys?: string): PaletteEntry => ({
    id,
    label,
    run,
    ...(keys ? { keys } : {}),
  })
  return [
    ...(canUndo
      ? [entry('undo', undoLabel ? m.history.undoWhat(undoLabel) : m.history.undo, () => void attempt.input({ type: 'undo' }))]
      : []),
    ...(canRedo
      ? [entry('redo', redoLabel ? m.history.redoWhat(redoLabel) : m.history.redo, () => void attempt.input({ type: 'redo' }))]
      : []),
    entry('clock', view.clock.running ? m.clock.pause : m.clock.resume, () => {
      void attempt.input({ type: 'clock', action: view.clock.running ? 'pause' : 'resume' })
    }),
    entry('30s', m.clock.forward30s, () => void attempt.input({ type: 'clock', action: 'advance', ms: 30_000 })),
    entry('3h', m.clock.forward3h, () => void attempt.input({ type: 'clock', action: 'advance', ms: 10_800_000 })),
    entry('reset', m.history.resetYes, reset),
    entry('api', m.api.open, api),
    entry('focus-terminal', m.palette.focusTerminal, () => act({ do: 'terminal', number: activeNumber(attempt) }), 'Ctrl+`'),
    entry('fold-walk', m.settings.keys.foldWalk, () => act({ do: 'foldWalk' }), 'Ctrl+J'),
    entry('fold', m.lesson.fold, () => act({ do: 'foldLesson' }), 'Ctrl+B'),
    entry('search', m.terminal.search, () => act({ do: 'search' }), 'Ctrl+Shift+F'),
    entry('names', m.terminal.links, () => act({ do: 'names' }), 'Ctrl+Shift+O'),
    ...attempt.tabs.map((tab, index) =>
      entry(
        `terminal-${tab.id}`,
        m.palette.terminal(index + 1, tab.title),
        () => act({ do: 'terminal', number: index + 1 }),
        index < 9 ? `Ctrl+${index + 1}` : undefined,
      ),
    ),
    ...attempt.tabs
      .filter((tab) => tab.id === attempt.active)
      .map((tab) => entry('close', m.terminal.close(tab.title), () => void attempt.closeTerminal(tab.id))),
    ...view.nodes.map((node) => entry(`new-${node}`, m.terminal.newOn(node), () => openTerminal(node))),
    ...view.steps.map((step, index) =>
      entry(`step-${step.id}`, m.palette.step(index + 1, step.title), () => attempt.goStep(index)),
    ),
  ]
}

function activeNumber(attempt: AttemptState): number {
  return (
    Math.max(
      0,
      attempt.tabs.findIndex((tab) => tab.id === attempt.active),
    ) + 1
  )
}
