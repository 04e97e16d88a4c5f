import type { Command, Flag } from '../command.ts'
import { complain, coreutilsOptions, HELP_FLAGS, linesOf, parseCount, readInput } from './text-input.ts'

const FLAGS: readonly Flag[] = [
  { short: 'b', long: 'bytes', status: 'emulated', suite: 'modelled' },
  { short: 's', long: 'spaces', status: 'emulated', suite: 'shell' },
  { short: 'w', long: 'width', value: 'WIDTH', status: 'emulated', suite: 'shell' },
  ...[...'0123456789'].map((short) => ({ short, status: 'known' as const })),
  ...HELP_FLAGS,
]
const TAB = 8

/** GNU fold 9.1: counts bytes as columns, but for tabs, backspaces and returns. */
export const fold: Command = {
  name: 'fold',
  path: '/usr/bin/fold',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const result = coreutilsOptions(context, FLAGS)
    if (typeof result === 'number') return result
    const has = (short: string) => result.options.some(({ flag }) => flag.short === short)
    const text = result.options.findLast(({ flag }) => flag.short === 'w')?.value ?? '80'
    const width = parseCount(text, { suffixes: false })
    if (width === undefined) return complain(context, `invalid number of columns: ‘${text}’`)
    if (width === 0) return complain(context, `invalid number of columns: ‘${text}’: Numerical result out of range`)
    let exit = 0
    for (const file of result.operands.length === 0 ? ['-'] : result.operands) {
      const input = await readInput(context, file)
      if ('why' in input) {
        exit = complain(context, `${file}: ${input.why}`)
        continue
      }
      const folded = linesOf(input.text, '\n').map((line) => folds(line, width, has('s'), has('b')))
      context.stdout.write(folded.join('\n') + (input.text.endsWith('\n') ? '\n' : ''))
    }
    return exit
  },
}

function advance(column: number, byte: string, bytes: boolean): number {
  if (bytes) return column + 1
  if (byte === '\b') return Math.max(0, column - 1)
  if (byte === '\r') return 0
  return byte === '\t' ? column + TAB - (column % TAB) : column + 1
}

/** A line cut where it would grow beyond the width; with `spaces` after the last blank that fits. */
function folds(line: string, width: number, spaces: boolean, bytes: boolean): string {
  let out = ''
  let held = ''
  let column = 0
  for (const byte of line) {
    let next = advance(column, byte, bytes)
    while (next > width && held !== '') {
      const blank = spaces ? Math.max(held.lastIndexOf(' '), held.lastIndexOf('\t')) : -1
      const cut = blank < 0 ? held.length : blank + 1
      out += `${held.slice(0, cut)}\n`
      held = held.slice(cut)
      column = [...held].reduce((at, each) => advance(at, each, bytes), 0)
      next = advance(column, byte, bytes)
    }
    held += byte
    column = next
  }
  return out + held
}
