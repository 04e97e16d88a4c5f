import { StatusError } from '../errors.ts'
import type { Mapping } from '../mapper.ts'
import { groupResource } from '../mapper.ts'

/** Why a text must be edited again: one line, and what belongs to it. */
export interface Reason {
  readonly head: string
  readonly causes: readonly string[]
}

const OBJECT = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`

const LAST_APPLIED = `# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
`

/** A line break inside a reason goes on as a comment. */
function commented(text: string): string {
  return text.replace(/\n(?=[^#])/g, '\n# ')
}

/** The comment on top of what is edited (editor.editHeader.writeTo). */
export function header(reasons: readonly Reason[], lastApplied: boolean): string {
  let out = lastApplied ? LAST_APPLIED : OBJECT
  for (const { head, causes } of reasons) {
    out += `# ${commented(head)}${causes.length > 0 ? ':' : ''}\n`
    for (const cause of causes) out += `# * ${commented(cause)}\n`
    out += '#\n'
  }
  return out
}

/** A text without its lines that are comments (cmdutil.ManualStrip). */
export function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
}

export function hasLines(text: string): boolean {
  return text.split('\n').some((line) => line.trim() !== '' && !line.trim().startsWith('#'))
}

/** What the server said of an edited object: how to go on, and in which words (editor.editResults.addError). */
export function judged(
  error: unknown,
  mapping: Mapping,
  name: string,
): { kind: 'invalid' | 'gone' | 'retry'; text: string; reason: Reason } {
  const what = `${groupResource(mapping)} "${name}"`
  const status = error instanceof StatusError ? error : undefined
  const causes = (status?.status.details?.causes ?? []).map((c: { field: string; message: string }) => `${c.field}: ${c.message}`)
  const reason = { head: `${what} was not valid`, causes }
  if (status?.reason === 'Invalid') return { kind: 'invalid', text: `error: ${what} is invalid`, reason }
  if (status?.reason === 'NotFound') return { kind: 'gone', text: `error: ${what} could not be found on the server`, reason }
  const message = error instanceof Error ? error.message : String(error)
  return { kind: 'retry', text: `error: ${what} could not be patched: ${message}`, reason }
}
