import { encodeUtf8 } from '../../base/utf8.ts'
import type { Command, CommandContext, Flag } from '../command.ts'
import { decodeText } from './regex/chars.ts'
import { complain, coreutilsOptions, HELP_FLAGS, linesOf, readInput } from './text-input.ts'

const FLAGS: readonly Flag[] = [
  { short: 't', long: 'table', status: 'emulated', suite: 'shell' },
  { short: 's', long: 'separator', value: 'STRING', status: 'emulated', suite: 'shell' },
  { short: 'o', long: 'output-separator', value: 'STRING', status: 'emulated', suite: 'shell' },
  { short: 'c', long: 'output-width', value: 'WIDTH', status: 'emulated', suite: 'shell' },
  { short: 'x', long: 'fillrows', status: 'emulated', suite: 'shell' },
  ...[...'JNRTHOEWnlrdpiL'].map((short): Flag => ({ short, status: 'known' })),
  { long: 'json', status: 'known' },
  { long: 'table-columns', value: 'NAMES', status: 'known' },
  { long: 'table-right', value: 'COLUMNS', status: 'known' },
  { long: 'table-noheadings', status: 'known' },
  { long: 'table-truncate', value: 'COLUMNS', status: 'known' },
  { long: 'keep-empty-lines', status: 'known' },
  ...HELP_FLAGS,
]
const TAB = 8
const DEFAULT_WIDTH = 80

/** column of util-linux 2.38: entries in columns, or with -t lines as a table. */
export const column: Command = {
  name: 'column',
  path: '/usr/bin/column',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const result = coreutilsOptions(context, FLAGS)
    if (typeof result === 'number') return result
    const value = (short: string) => result.options.findLast(({ flag }) => flag.short === short)?.value
    const has = (short: string) => result.options.some(({ flag }) => flag.short === short)
    const lines: string[] = []
    let exit = 0
    for (const file of result.operands.length === 0 ? ['-'] : result.operands) {
      const input = await readInput(context, file)
      if ('why' in input) exit = complain(context, `${file}: ${input.why}`)
      else lines.push(...linesOf(input.text, '\n').filter((line) => /[^ \t]/.test(line)))
    }
    if (has('t')) table(context, lines, value('s'), encodeUtf8(value('o') ?? '  '))
    else {
      const width = value('c') ?? (context.tty === undefined ? String(DEFAULT_WIDTH) : String(context.tty.columns))
      if (!/^\d+$/.test(width) || Number(width) === 0) return complain(context, `invalid columns argument: '${width}'`)
      context.stdout.write(columns(lines, Number(width), has('x')))
    }
    return exit
  },
}

const cells = (text: string) => [...decodeText(text)].length

function table(context: CommandContext, lines: readonly string[], separators: string | undefined, between: string): void {
  const rows = lines.map((line) => {
    if (separators === undefined) return line.match(/[^ \t]+/g) ?? []
    const chars = encodeUtf8(separators)
    const fields: string[] = ['']
    for (const byte of line) {
      if (chars.includes(byte)) fields.push('')
      else fields[fields.length - 1] += byte
    }
    return fields
  })
  const count = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, i) => Math.max(0, ...rows.map((row) => cells(row[i] ?? ''))))
  for (const row of rows) {
    const line = widths.map((width, i) => {
      const text = row[i] ?? ''
      return i === count - 1 ? text : text + ' '.repeat(width - cells(text))
    })
    context.stdout.write(`${line.join(between)}\n`)
  }
}

/** Entries down the columns (or with -x across), each column as wide as the widest entry, up to the next tab stop. */
function columns(entries: readonly string[], width: number, across: boolean): string {
  const widest = Math.max(0, ...entries.map(cells))
  const step = (Math.floor(widest / TAB) + 1) * TAB
  if (widest >= width || entries.length === 0) return entries.map((entry) => `${entry}\n`).join('')
  const count = Math.max(1, Math.floor(width / step))
  const rows = Math.ceil(entries.length / count)
  let out = ''
  for (let row = 0; row < rows; row++) {
    let at = 0
    let end = 0
    for (let i = 0; i < count; i++) {
      const entry = entries[across ? row * count + i : i * rows + row]
      if (entry === undefined) break
      if (i > 0) {
        for (let stop = (Math.floor(at / TAB) + 1) * TAB; stop <= end; stop += TAB) {
          out += '\t'
          at = stop
        }
      }
      out += entry
      at += cells(entry)
      end += step
    }
    out += '\n'
  }
  return out
}
