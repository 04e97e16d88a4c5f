import type { Completion } from '../../engine/index.ts'
import type { FromHost } from '../contract/tty.ts'

/** What a shell says to its terminal. */
export type FromShell = Extract<
  FromHost,
  { output: string } | { prompt: object } | { raw: boolean } | { closed: object } | { notice: string }
>

/** The shell behind a terminal: over the host's socket, or a session in this very process. */
export interface ShellPort {
  needsMore(text: string): Promise<boolean>
  expandHistory(text: string): Promise<{ readonly text: string; readonly changed: boolean } | { readonly error: string }>
  complete(line: string, cursor: number): Promise<Completion>
  line(text: string): void
  key(data: string): void
  signal(signal: 'INT' | 'EOF'): void
  resize(columns: number, rows: number): void
  on(listener: (message: FromShell) => void): void
}
