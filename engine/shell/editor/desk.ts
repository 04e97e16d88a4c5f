import type { EditProblem, EditRequest } from '../../cli/command.ts'
import type { CancelSignal } from '../../clock/clock.ts'

/** What a window shows of an edit; the text itself is asked for once. */
export interface EditView {
  /** Grows with every edit of the shell. */
  readonly id: number
  readonly tool: string
  readonly name: string
  readonly language: EditRequest['language']
  readonly keys: EditRequest['keys']
  readonly line?: number
  readonly readOnly: boolean
  /** How often it was written. */
  readonly saves: number
  /** Why the last write was refused, in the tool's words. */
  readonly refused?: string
}

interface Edit {
  readonly request: EditRequest
  readonly resolve: (exit: number) => void
  text: string
  saves: number
  refused: string | undefined
}

/** The text of one terminal that somebody edits in a window: handed out, written back, left. One at a time. */
export class EditDesk {
  private edit: Edit | undefined
  private count = 0

  /** Resolves with the editor's exit code once it is left. */
  open(request: EditRequest, signal: CancelSignal): Promise<number> {
    return new Promise<number>((resolve) => {
      this.count++
      const stop = signal.onAbort(() => this.leave(1))
      const done = (exit: number) => {
        stop()
        resolve(exit)
      }
      this.edit = { request, resolve: done, text: request.text, saves: 0, refused: undefined }
    })
  }

  get view(): EditView | undefined {
    if (this.edit === undefined) return undefined
    const { request, saves, refused } = this.edit
    const { tool, name, language, keys, line, readOnly } = request
    return {
      id: this.count,
      tool,
      name,
      language,
      keys,
      readOnly: readOnly === true,
      saves,
      ...(line === undefined ? {} : { line }),
      ...(refused === undefined ? {} : { refused }),
    }
  }

  /** What was written last, or what it began with. */
  get text(): string | undefined {
    return this.edit?.text
  }

  /** Writes; whether it was taken. */
  save(text: string): boolean {
    if (this.edit === undefined) return false
    this.edit.refused = this.edit.request.save(text)
    if (this.edit.refused !== undefined) return false
    this.edit.text = text
    this.edit.saves++
    return true
  }

  leave(exit: number): void {
    const edit = this.edit
    this.edit = undefined
    edit?.resolve(exit)
  }

  check(text: string): readonly EditProblem[] {
    return this.edit?.request.check?.(text) ?? []
  }
}
