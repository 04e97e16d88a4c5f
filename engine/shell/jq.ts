import type { Bash } from 'just-bash/browser'
import { NOT_EMULATED_EXIT } from '../cli/command.ts'
import { jsonError } from './json-errors.ts'

interface Result {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}
interface Program {
  readonly name: string
  execute(args: string[], context: { readonly stdin: string }): Promise<Result>
}

/** How the JavaScript engine and just-bash word that an input is no JSON. */
const FOREIGN =
  /^jq: parse error: .*(JSON|Unexpected|position \d|double-quoted|[Uu]nterminated|escaped character|control character)/
/** Options under which an input error is worded and counted as without them. */
const SAME = /^(-[rcSjMCa]+|--(raw-output|compact-output|sort-keys|join-output|tab))$/

/** jq 1.6's own words for an input that is no JSON where they are known, and no one else's where they are not. */
export function honestJq(bash: Bash, mark: () => void): void {
  const { commands } = bash as unknown as { commands: Map<string, Program> }
  const jq = commands.get('jq')
  if (jq === undefined) return
  commands.set('jq', {
    ...jq,
    async execute(args, context) {
      const result = await jq.execute(args, context)
      if (!FOREIGN.test(result.stderr)) return result
      const plain = args.filter((word) => !SAME.test(word))
      const words = plain.length === 1 ? jsonError(String(context.stdin)) : undefined
      // main() of jq 1.6 leaves with 4 where it ended at such an input.
      if (words !== undefined) return { ...result, stderr: `parse error: ${words}\n`, exitCode: 4 }
      mark()
      const stderr = 'chainwalk: jq: what it says of this input, which is no JSON: valid, but not emulated here\n'
      return { ...result, stderr, exitCode: NOT_EMULATED_EXIT }
    },
  })
}
