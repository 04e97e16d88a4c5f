import type { Stdin } from '../cli/command.ts'

/** Whether input comes while programs run: a terminal's, or a stream's from afar. */
export function isLive(stdin: Stdin): boolean {
  return stdin.isTty || stdin.live === true
}
