import { type Command, type CommandContext, type Flag, notEmulated } from '../command.ts'
import { editFile } from './file.ts'

const FLAGS: readonly Flag[] = [
  { short: 'v', long: 'view', status: 'emulated', help: 'look only', suite: 'modelled' },
  { short: 'l', long: 'linenumbers', status: 'accepted', reason: 'lines are always numbered in the window', suite: 'modelled' },
  { short: 'w', long: 'nowrap', status: 'accepted', reason: 'long lines are never broken', suite: 'modelled' },
  { short: 'E', long: 'tabstospaces', status: 'accepted', reason: 'Tab types spaces', suite: 'modelled' },
  { short: 'V', long: 'version', status: 'known' },
  { short: 'h', long: 'help', status: 'known' },
  { short: 'B', long: 'backup', status: 'known' },
  { short: 'T', long: 'tabsize', value: 'NUMBER', status: 'known' },
]

const HARMLESS = ['-l', '--linenumbers', '-w', '--nowrap', '-E', '--tabstospaces']

/** nano: one file, with plain keys. */
export const nano: Command = { name: 'nano', path: '/usr/bin/nano', aliases: ['pico'], on: 'node', flags: FLAGS, run }

async function run(context: CommandContext): Promise<number> {
  const files: string[] = []
  let readOnly = false
  let line: number | undefined
  for (const word of context.argv.slice(1)) {
    if (/^\+\d+(?:,\d+)?$/.test(word)) line = Number.parseInt(word.slice(1), 10)
    else if (word === '-v' || word === '--view') readOnly = true
    else if (HARMLESS.includes(word)) continue
    else if (/^-./.test(word)) return notEmulated(context, word)
    else files.push(word)
  }
  if (files.length > 1) return notEmulated(context, 'several files at once')
  const unwritable = (name: string) => `Error writing ${name}: No such file or directory`
  return editFile(context, { file: files[0] ?? '', keys: 'plain', readOnly, unwritable, ...(line === undefined ? {} : { line }) })
}
