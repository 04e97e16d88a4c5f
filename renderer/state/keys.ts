/** What the window does at a key. `terminal` numbers from 1. */
export type Action =
  | {
      readonly do:
        | 'palette'
        | 'toggle'
        | 'panes'
        | 'foldLesson'
        | 'foldWalk'
        | 'walkBack'
        | 'walkOn'
        | 'search'
        | 'names'
        | 'newTerminal'
        | 'bigger'
        | 'smaller'
        | 'normal'
        | 'copy'
        | 'left'
        | 'right'
    }
  | { readonly do: 'terminal'; readonly number: number }

export interface Chord {
  readonly key: string
  readonly code: string
  readonly ctrl: boolean
  readonly shift: boolean
  readonly alt: boolean
}

export const chordOf = (event: KeyboardEvent): Chord => ({
  key: event.key,
  code: event.code,
  ctrl: event.ctrlKey || event.metaKey,
  shift: event.shiftKey,
  alt: event.altKey,
})

/** The action of a key, if it is the window's. Inside a terminal nothing a shell or vim uses is taken: those need Shift there. */
export function actionOf(chord: Chord, inTerminal: boolean): Action | undefined {
  const { ctrl, shift, alt, code } = chord
  // No shell or vim of the lab has a use for Alt with the arrows: readline's words are at Alt+B and Alt+F, which stay its own.
  if (alt)
    return ctrl || shift
      ? undefined
      : code === 'ArrowLeft'
        ? { do: 'walkBack' }
        : code === 'ArrowRight'
          ? { do: 'walkOn' }
          : undefined
  if (!ctrl) return code === 'F6' ? { do: 'panes' } : undefined
  if (code === 'Backquote') return { do: shift ? 'newTerminal' : 'toggle' }
  const digit = /^Digit([1-9])$/.exec(code)?.[1]
  if (digit && !shift) return { do: 'terminal', number: Number(digit) }
  if (code === 'Equal' || code === 'NumpadAdd') return { do: 'bigger' }
  if ((code === 'Minus' && !shift) || code === 'NumpadSubtract') return { do: 'smaller' }
  if (code === 'Digit0' || code === 'Numpad0') return { do: 'normal' }
  if (shift) {
    if (code === 'KeyP') return { do: 'palette' }
    if (code === 'KeyB') return { do: 'foldLesson' }
    if (code === 'KeyJ') return { do: 'foldWalk' }
    if (code === 'KeyF') return { do: 'search' }
    if (code === 'KeyO') return { do: 'names' }
    if (code === 'ArrowLeft' && inTerminal) return { do: 'left' }
    if (code === 'ArrowRight' && inTerminal) return { do: 'right' }
    if (code === 'KeyC' && inTerminal) return { do: 'copy' }
    return undefined
  }
  if (code === 'Insert' && inTerminal) return { do: 'copy' }
  if (!inTerminal && code === 'KeyB') return { do: 'foldLesson' }
  if (!inTerminal && code === 'KeyJ') return { do: 'foldWalk' }
  if (!inTerminal && code === 'KeyF') return { do: 'search' }
  return undefined
}
