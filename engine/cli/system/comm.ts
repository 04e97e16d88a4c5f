import { encodeUtf8 } from '../../base/utf8.ts'
import type { Command, Flag } from '../command.ts'
import { complain, coreutilsOptions, HELP_FLAGS, linesOf, readInput, twoFiles } from './text-input.ts'

const FLAGS: readonly Flag[] = [
  { short: '1', status: 'emulated', suite: 'shell' },
  { short: '2', status: 'emulated', suite: 'shell' },
  { short: '3', status: 'emulated', suite: 'shell' },
  { long: 'check-order', status: 'emulated', suite: 'modelled' },
  { long: 'nocheck-order', status: 'emulated', suite: 'shell' },
  { long: 'output-delimiter', value: 'STR', status: 'emulated', suite: 'shell' },
  { long: 'total', status: 'known' },
  { short: 'z', long: 'zero-terminated', status: 'known' },
  ...HELP_FLAGS,
]

/** GNU comm: two sorted files line by line. */
export const comm: Command = {
  name: 'comm',
  path: '/usr/bin/comm',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const result = coreutilsOptions(context, FLAGS)
    if (typeof result === 'number') return result
    const files = twoFiles(context, result.operands)
    if (typeof files === 'number') return files
    const has = (name: string) => result.options.some(({ flag }) => flag.short === name || flag.long === name)
    const given = result.options.findLast(({ flag }) => flag.long === 'output-delimiter')?.value
    const delimiter = given === undefined ? '\t' : encodeUtf8(given) || '\0'
    const sides: string[][] = []
    for (const file of files) {
      const input = await readInput(context, file)
      if ('why' in input) return complain(context, `${file}: ${input.why}`)
      sides.push(linesOf(input.text, '\n'))
    }
    const [left, right] = sides as [string[], string[]]
    const columns = [!has('1'), !has('2'), !has('3')]
    const show = (column: number, line: string) => {
      if (!columns[column]) return
      const before = columns.slice(0, column).filter(Boolean).length
      context.stdout.write(`${delimiter.repeat(before)}${line}\n`)
    }
    const complained = [false, false]
    /** comm.c's check_order: only once something did not pair, unless it was asked for. */
    let unpaired = has('check-order')
    const order = (side: number, lines: readonly string[], at: number) => {
      if (has('nocheck-order') || complained[side] || !unpaired || at === 0) return
      if ((lines[at - 1] as string) > (lines[at] as string)) {
        complain(context, `file ${side + 1} is not in sorted order`)
        complained[side] = true
      }
    }
    let [i, j] = [0, 0]
    while (i < left.length || j < right.length) {
      const [a, b] = [left[i], right[j]]
      const less = b === undefined || (a !== undefined && a < b)
      if (a !== undefined && a === b) {
        show(2, a)
        i++
        j++
      } else if (less) {
        unpaired = true
        show(0, a as string)
        i++
      } else {
        unpaired = true
        show(1, b)
        j++
      }
      if (i < left.length && (a === b || less)) order(0, left, i)
      if (j < right.length && (a === b || !less)) order(1, right, j)
      if (has('check-order') && complained.some(Boolean)) return 1
    }
    if (!complained.some(Boolean)) return 0
    return complain(context, 'input is not in sorted order')
  },
}
