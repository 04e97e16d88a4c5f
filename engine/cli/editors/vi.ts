import { type Command, type CommandContext, type Flag, notEmulated } from '../command.ts'
import { editFile } from './file.ts'

const FLAGS: readonly Flag[] = [
  { short: 'R', status: 'emulated', help: 'look only', suite: 'modelled' },
  { short: 'c', value: 'COMMAND', status: 'known' },
  { short: 'd', status: 'known' },
  { short: 'n', status: 'accepted', reason: 'there is no swap file', suite: 'modelled' },
  { short: 'O', status: 'known' },
  { short: 'o', status: 'known' },
  { short: 'p', status: 'known' },
  { short: 'e', status: 'known' },
  { short: 's', status: 'known' },
  { short: 'u', value: 'FILE', status: 'known' },
  { short: 'h', status: 'known' },
  { long: 'help', status: 'known' },
  { long: 'version', status: 'known' },
]

/** vi and vim: one file, in the window's editor with vim's keys or on the terminal's own screen. */
export const vi: Command = {
  name: 'vi',
  path: '/usr/bin/vi',
  aliases: ['vim', 'view', 'vim.tiny'],
  on: 'node',
  flags: FLAGS,
  run,
}

async function run(context: CommandContext): Promise<number> {
  const files: string[] = []
  let readOnly = context.argv[0]?.endsWith('view') ?? false
  let line: number | undefined
  let options = true
  for (const word of context.argv.slice(1)) {
    if (options && word === '--') options = false
    else if (options && /^\+\d*$/.test(word)) line = word === '+' ? Number.MAX_SAFE_INTEGER : Number(word.slice(1))
    else if (options && word === '-R') readOnly = true
    else if (options && word === '-n') continue
    else if (options && /^[-+]./.test(word)) return notEmulated(context, word)
    else files.push(word)
  }
  if (files.length > 1) return notEmulated(context, 'several files at once')
  const [file = ''] = files
  if (file === '-') return notEmulated(context, 'standard input as the text')
  const unwritable = (name: string) => `"${name}" E212: Can't open file for writing`
  return editFile(context, { file, keys: 'vim', readOnly, unwritable, ...(line === undefined ? {} : { line }) })
}
