import { Bash } from 'just-bash/browser'
import { atEnd } from './scan.ts'

let parser: Bash | undefined

/** Whether input so far is unfinished as bash sees it, so that it asks for more at "> ". */
export function needsMore(text: string): boolean {
  if (text.trim() === '') return false
  parser ??= new Bash({ commands: [], defenseInDepth: false })
  try {
    parser.transform(text)
  } catch (error) {
    const { message } = error as Error
    return /unexpected EOF|got EOF|unterminated here-document/.test(message)
  }
  // What just-bash's parser lets pass and bash does not.
  const end = atEnd(text)
  return end.backslash || end.operator || end.quote || end.arithmetic
}
