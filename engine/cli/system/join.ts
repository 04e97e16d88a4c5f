import { encodeUtf8 } from '../../base/utf8.ts'
import { type Command, type CommandContext, type Flag, notEmulated } from '../command.ts'
import { complain, coreutilsOptions, HELP_FLAGS, linesOf, readInput, twoFiles } from './text-input.ts'

const FLAGS: readonly Flag[] = [
  { short: 'a', value: 'FILENUM', status: 'emulated', suite: 'shell' },
  { short: 'v', value: 'FILENUM', status: 'emulated', suite: 'shell' },
  { short: 'e', value: 'STRING', status: 'emulated', suite: 'shell' },
  { short: 'o', value: 'FORMAT', status: 'emulated', suite: 'shell' },
  { short: 't', value: 'CHAR', status: 'emulated', suite: 'shell' },
  { short: '1', value: 'FIELD', status: 'emulated', suite: 'shell' },
  { short: '2', value: 'FIELD', status: 'emulated', suite: 'shell' },
  { short: 'j', value: 'FIELD', status: 'emulated', suite: 'modelled' },
  { short: 'i', long: 'ignore-case', status: 'emulated', suite: 'shell' },
  { long: 'nocheck-order', status: 'emulated', suite: 'modelled' },
  { long: 'check-order', status: 'known' },
  { long: 'header', status: 'known' },
  { short: 'z', long: 'zero-terminated', status: 'known' },
  ...HELP_FLAGS,
]

interface Row {
  readonly fields: readonly string[]
  readonly key: string
  readonly line: string
}

interface Layout {
  readonly keys: readonly [number, number]
  readonly tab: string | undefined
  readonly empty: string
  /** Side (0 is the join field itself) and field; undefined: all. */
  readonly format: readonly (readonly [number, number])[] | undefined
}

/** GNU join: two files sorted on their join fields. */
export const join: Command = {
  name: 'join',
  path: '/usr/bin/join',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const result = coreutilsOptions(context, FLAGS)
    if (typeof result === 'number') return result
    const files = twoFiles(context, result.operands)
    if (typeof files === 'number') return files
    const keys: [number, number] = [0, 0]
    const unpaired = [false, false]
    let paired = true
    let layout: Layout = { keys, tab: undefined, empty: '', format: undefined }
    for (const { flag, value = '' } of result.options) {
      if ('12j'.includes(flag.short ?? '-')) {
        if (!/^[1-9]\d*$/.test(value)) return complain(context, `invalid field number: ‘${value}’`)
        if (flag.short !== '2') keys[0] = Number(value) - 1
        if (flag.short !== '1') keys[1] = Number(value) - 1
      } else if (flag.short === 'a' || flag.short === 'v') {
        if (value !== '1' && value !== '2') return complain(context, `invalid file number: ‘${value}’`)
        unpaired[Number(value) - 1] = true
        if (flag.short === 'v') paired = false
      } else if (flag.short === 'e') layout = { ...layout, empty: encodeUtf8(value) }
      else if (flag.short === 't') {
        if ([...value].length !== 1) return notEmulated(context, `-t ‘${value}’`)
        layout = { ...layout, tab: encodeUtf8(value) }
      } else if (flag.short === 'o') {
        if (value === 'auto') return notEmulated(context, '-o auto')
        const format = (layout.format ?? []).concat(
          value.split(/[, \t]+/).map((part) => (part === '0' ? [0, 0] : (part.split('.').map(Number) as [number, number]))),
        )
        if (format.some(([side, field]) => side !== 0 && !((side === 1 || side === 2) && field >= 1)))
          return complain(context, `invalid field specifier: ‘${value}’`)
        layout = { ...layout, format }
      }
    }
    const has = (name: string) => result.options.some(({ flag }) => flag.short === name || flag.long === name)
    const fold = has('i') ? (text: string) => text.toUpperCase() : (text: string) => text
    const sides: Row[][] = []
    for (const [side, file] of files.entries()) {
      const input = await readInput(context, file)
      if ('why' in input) return complain(context, `${file}: ${input.why}`)
      sides.push(linesOf(input.text, '\n').map((line) => row(line, keys[side] as number, layout.tab, fold)))
    }
    const merged = merge(sides as [Row[], Row[]], paired, unpaired)
    context.stdout.write(merged.pairs.map((pair) => `${shown(pair, layout)}\n`).join(''))
    if (merged.complete || has('nocheck-order')) return 0
    return checked(context, sides as [Row[], Row[]], files)
  },
}

function row(line: string, key: number, tab: string | undefined, fold: (text: string) => string): Row {
  const fields = tab === undefined ? (line.match(/[^ \t]+/g) ?? []) : line.split(tab)
  return { fields, key: fold(fields[key] ?? ''), line }
}

type Pair = readonly [Row | undefined, Row | undefined]

function merge([left, right]: [Row[], Row[]], paired: boolean, unpaired: readonly boolean[]) {
  const pairs: Pair[] = []
  let complete = true
  const alone = (side: 0 | 1, one: Row) => {
    complete = false
    if (unpaired[side]) pairs.push(side === 0 ? [one, undefined] : [undefined, one])
  }
  let [i, j] = [0, 0]
  while (i < left.length || j < right.length) {
    const [a, b] = [left[i], right[j]]
    if (b === undefined || (a !== undefined && a.key < b.key)) {
      alone(0, a as Row)
      i++
    } else if (a === undefined || b.key < a.key) {
      alone(1, b)
      j++
    } else {
      const isSame = (each: Row) => each.key === a.key
      const end = (rows: readonly Row[], from: number) => {
        let at = from
        while (at < rows.length && isSame(rows[at] as Row)) at++
        return at
      }
      const [ends, endsRight] = [end(left, i), end(right, j)]
      if (paired) for (const one of left.slice(i, ends)) for (const other of right.slice(j, endsRight)) pairs.push([one, other])
      i = ends
      j = endsRight
    }
  }
  return { pairs, complete }
}

function shown([left, right]: Pair, { keys, tab, empty, format }: Layout): string {
  const between = tab ?? ' '
  const key = left?.fields[keys[0]] ?? right?.fields[keys[1]] ?? ''
  const or = (text: string | undefined) => (text === undefined || text === '' ? empty : text)
  if (format !== undefined)
    return format.map(([side, field]) => or(side === 0 ? key : (side === 1 ? left : right)?.fields[field - 1])).join(between)
  const rest = (each: Row | undefined, at: number) => (each?.fields ?? []).filter((_, i) => i !== at).map(or)
  return [or(key), ...rest(left, keys[0]), ...rest(right, keys[1])].join(between)
}

/** Lines that did not pair may be out of order: join says so of each file once, at the end. */
function checked(context: CommandContext, sides: [Row[], Row[]], files: readonly string[]): number {
  let exit = 0
  for (const [side, rows] of sides.entries()) {
    const at = rows.findIndex((each, i) => i > 0 && (rows[i - 1] as Row).key > each.key)
    if (at < 0) continue
    context.stderr.write(`${encodeUtf8(`join: ${files[side]}:${at + 1}: is not sorted: `)}${rows[at]?.line}\n`)
    exit = 1
  }
  return exit === 0 ? 0 : complain(context, 'input is not in sorted order')
}
