import type { Command, Flag } from '../command.ts'
import { complain, coreutilsOptions, HELP_FLAGS, readInput } from './text-input.ts'

const FLAGS: readonly Flag[] = [
  { short: 'b', long: 'before', status: 'known' },
  { short: 'r', long: 'regex', status: 'known' },
  { short: 's', long: 'separator', value: 'STRING', status: 'known' },
  ...HELP_FLAGS,
]

/** GNU tac: a last line without an end stays without one. */
export const tac: Command = {
  name: 'tac',
  path: '/usr/bin/tac',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const result = coreutilsOptions(context, FLAGS)
    if (typeof result === 'number') return result
    let exit = 0
    for (const file of result.operands.length === 0 ? ['-'] : result.operands) {
      const input = await readInput(context, file)
      if ('text' in input) context.stdout.write((input.text.match(/[^\n]*\n|[^\n]+$/g) ?? []).reverse().join(''))
      else if (input.at === 'open') exit = complain(context, `failed to open '${file}' for reading: ${input.why}`)
      else exit = complain(context, `${file}: read error: ${input.why}`)
    }
    return exit
  },
}
