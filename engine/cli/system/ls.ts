import { encodeUtf8 } from '../../base/utf8.ts'
import type { FsEntry } from '../../cluster/fs.ts'
import { type Command, type CommandContext, notEmulated } from '../command.ts'
import { coloured, columns, longLines, nameOf, type Row } from './ls-format.ts'

const TRY = "Try 'ls --help' for more information.\n"
const LETTERS = 'alhA1trSdRFpiQ'

/** What an ls is asked for, by the letters of its options. */
export type LsOptions = ReadonlySet<string>

/** GNU ls: names in columns on a terminal, `-l` with owners from the machine's /etc/passwd and /etc/group. */
export const ls: Command = {
  name: 'ls',
  path: '/usr/bin/ls',
  on: 'both',
  flags: [
    ...[...'alhA1trSdRF'].map((short) => ({ short, status: 'emulated' as const, suite: 'modelled' })),
    { long: 'color', value: 'WHEN', valueOptional: true, status: 'emulated', suite: 'modelled' },
    { long: 'all', status: 'emulated', suite: 'modelled' },
    { short: 'p', status: 'known' },
    { short: 'i', status: 'known' },
    { short: 'Q', status: 'known' },
  ],
  run(context) {
    const options = new Set<string>()
    const operands: string[] = []
    for (const word of context.argv.slice(1)) {
      const color = /^--colou?r(?:=(always|auto|never))?$/.exec(word)
      if (color !== null) {
        const on = color[1] === undefined || color[1] === 'always' || (color[1] === 'auto' && context.tty !== undefined)
        if (on) options.add('color')
        else options.delete('color')
      } else if (word === '--all') options.add('a')
      else if (word === '--human-readable') options.add('h')
      else if (word.startsWith('--') && word !== '--') {
        context.stderr.write(`ls: unrecognized option '${word}'\n${TRY}`)
        return 2
      } else if (word.startsWith('-') && word !== '-' && word !== '--') {
        for (const letter of word.slice(1)) {
          if (!LETTERS.includes(letter)) {
            context.stderr.write(`ls: invalid option -- '${letter}'\n${TRY}`)
            return 2
          }
          if ('piQ'.includes(letter)) return notEmulated(context, `-${letter}`)
          options.add(letter)
        }
      } else if (word !== '--') operands.push(word)
    }
    return list(context, options, operands.length === 0 ? ['.'] : operands)
  },
}

function list(context: CommandContext, options: LsOptions, operands: readonly string[]): number {
  const { fs } = context.machine
  const files: Row[] = []
  const folders: string[] = []
  let exit = 0
  for (const operand of operands) {
    const path = absolute(context, operand)
    // Without -l or -d a link on the command line is followed.
    const entry = statOf(context, path, !options.has('l') && !options.has('d'))
    if (entry === undefined) {
      context.stderr.write(encodeUtf8(`ls: cannot access '${operand}': No such file or directory\n`))
      exit = 2
    } else if (entry.type === 'dir' && !options.has('d')) folders.push(operand)
    else files.push({ name: operand, entry, links: linksOf(entry) })
  }
  const blocks: string[] = []
  if (files.length > 0) blocks.push(block(context, options, sorted(files, options), false))
  const headed = operands.length > 1 || options.has('R')
  for (let i = 0; i < folders.length; i++) {
    const folder = folders[i] as string
    const path = absolute(context, folder)
    const names = fs.list(path).filter((name) => options.has('a') || options.has('A') || !name.startsWith('.'))
    const rows = names.flatMap((name): Row[] => {
      const entry = statOf(context, `${path}/${name}`, false)
      return entry === undefined ? [] : [{ name, entry, links: linksOf(entry) }]
    })
    if (options.has('a')) {
      for (const name of ['..', '.']) {
        const entry = statOf(context, `${path}/${name}`, true)
        if (entry !== undefined) rows.unshift({ name, entry, links: linksOf(entry) })
      }
    }
    const order = sorted(rows, options)
    blocks.push((headed ? `${folder}:\n` : '') + block(context, options, order, true))
    if (!options.has('R')) continue
    const below = order.filter(({ name, entry }) => entry.type === 'dir' && name !== '.' && name !== '..')
    folders.splice(i + 1, 0, ...below.map(({ name }) => `${folder === '/' ? '' : folder}/${name}`))
  }
  context.stdout.write(encodeUtf8(blocks.join('\n')))
  return exit
}

function block(context: CommandContext, options: LsOptions, rows: readonly Row[], total: boolean): string {
  if (options.has('l')) return longLines(context, options, rows, total)
  const shown = rows.map((row) => ({ text: coloured(row, options), width: nameOf(row, options).length }))
  if (context.tty === undefined || options.has('1')) return shown.map(({ text }) => `${text}\n`).join('')
  return columns(shown, context.tty.columns)
}

/** Names by the C.UTF-8 locale (bytes); -t newest first, -S largest first, -r backwards. */
function sorted(rows: readonly Row[], options: LsOptions): Row[] {
  const byName = (a: Row, b: Row) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
  const size = ({ entry }: Row) => (entry.type === 'file' ? entry.content.length : 4096)
  const order = [...rows].sort((a, b) => {
    if (options.has('S')) return size(b) - size(a) || byName(a, b)
    if (options.has('t')) return b.entry.mtime - a.entry.mtime || byName(a, b)
    return byName(a, b)
  })
  return options.has('r') ? order.reverse() : order
}

function absolute(context: CommandContext, path: string): string {
  return path.startsWith('/') ? path : `${context.cwd}/${path}`
}

function statOf(context: CommandContext, path: string, follow: boolean): FsEntry | undefined {
  try {
    return context.machine.fs.stat(path, { follow })
  } catch {
    return undefined
  }
}

function linksOf(entry: FsEntry): number {
  return entry.type === 'dir' ? 2 + Object.values(entry.entries).filter(({ type }) => type === 'dir').length : 1
}
