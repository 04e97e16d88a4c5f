import type { Command, Flag } from '../command.ts'
import { decodeText, encodeText } from './regex/chars.ts'
import { complain, coreutilsOptions, HELP_FLAGS, readInput } from './text-input.ts'

const FLAGS: readonly Flag[] = [...HELP_FLAGS]

/** rev of util-linux: characters of every line in reverse. */
export const rev: Command = {
  name: 'rev',
  path: '/usr/bin/rev',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const result = coreutilsOptions(context, FLAGS)
    if (typeof result === 'number') return result
    let exit = 0
    for (const file of result.operands.length === 0 ? ['-'] : result.operands) {
      const input = await readInput(context, file)
      if ('why' in input) exit = complain(context, `cannot open ${file}: ${input.why}`)
      else context.stdout.write(input.text.replace(/[^\n]+/g, (line) => encodeText([...decodeText(line)].reverse().join(''))))
    }
    return exit
  },
}
