import { encodeUtf8 } from '../../base/utf8.ts'
import type { Command, Flag } from '../command.ts'
import { complain, coreutilsOptions, HELP_FLAGS, linesOf, readInput } from './text-input.ts'

const FLAGS: readonly Flag[] = [
  { short: 'd', long: 'delimiters', value: 'LIST', status: 'emulated', suite: 'shell' },
  { short: 's', long: 'serial', status: 'emulated', suite: 'shell' },
  { short: 'z', long: 'zero-terminated', status: 'emulated', suite: 'modelled' },
  ...HELP_FLAGS,
]

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** GNU paste: the lines of files side by side, or with -s each file's lines in one. */
export const paste: Command = {
  name: 'paste',
  path: '/usr/bin/paste',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const result = coreutilsOptions(context, FLAGS)
    if (typeof result === 'number') return result
    const given = (letter: string) => result.options.findLast(({ flag }) => flag.short === letter)
    const list = given('d')?.value ?? '\t'
    const delimiters = delimitersOf(list)
    if (delimiters === undefined) return complain(context, `delimiter list ends with an unescaped backslash: ${list}`)
    const end = given('z') === undefined ? '\n' : '\0'
    const serial = given('s') !== undefined
    const files = result.operands.length === 0 ? ['-'] : result.operands
    let exit = 0
    const columns: string[][] = []
    const stdin = { read: false, lines: [] as string[] }
    for (const file of files) {
      if (file === '-' && stdin.read) {
        // Names of one open file: each takes the next line (side by side), or finds the end (-s).
        columns.push(serial ? [] : stdin.lines)
        continue
      }
      const input = await readInput(context, file)
      if ('why' in input) {
        exit = complain(context, `${file}: ${input.why}`)
        // paste_parallel opens everything before it prints anything, and dies of what it cannot open.
        if (!serial && input.at === 'open') return exit
        if (!serial) columns.push([])
        if (serial && input.at === 'read') columns.push([])
        continue
      }
      const lines = linesOf(input.text, end)
      if (file === '-') {
        stdin.read = true
        stdin.lines = lines
      }
      columns.push(lines)
    }
    const rows = serial ? columns : sideBySide(columns)
    context.stdout.write(rows.map((row) => joined(row, delimiters) + end).join(''))
    return exit
  },
}

/** Takes a line of every column until none has one; a column that appears twice gives two lines a row. */
function sideBySide(columns: readonly string[][]): string[][] {
  const at = new Map<string[], number>()
  const rows: string[][] = []
  for (;;) {
    let any = false
    const row = columns.map((column) => {
      const i = at.get(column) ?? 0
      at.set(column, i + 1)
      any ||= i < column.length
      return column[i] ?? ''
    })
    if (!any) return rows
    rows.push(row)
  }
}

function joined(fields: readonly string[], delimiters: readonly string[]): string {
  return fields.map((field, i) => (i === 0 ? '' : delimiters[(i - 1) % delimiters.length]) + field).join('')
}

/** The bytes of -d in turn; `\0` and an empty list put nothing between. */
function delimitersOf(list: string): string[] | undefined {
  const bytes = encodeUtf8(list)
  const found: string[] = []
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as string
    if (byte !== '\\') found.push(byte)
    else {
      const escaped = bytes[++i]
      if (escaped === undefined) return undefined
      found.push(ESCAPES[escaped] ?? escaped)
    }
  }
  return found.length === 0 ? [''] : found
}
