import { encodeUtf8 } from '../../base/utf8.ts'
import type { Command, Flag } from '../command.ts'
import { complain, coreutilsOptions, HELP_FLAGS, linesOf, readInput, stdinLines } from './text-input.ts'

const FLAGS: readonly Flag[] = [
  { short: 'f', long: 'fields', value: 'LIST', status: 'emulated', suite: 'shell' },
  { short: 'c', long: 'characters', value: 'LIST', status: 'emulated', suite: 'shell' },
  { short: 'b', long: 'bytes', value: 'LIST', status: 'emulated', suite: 'shell' },
  { short: 'd', long: 'delimiter', value: 'DELIM', status: 'emulated', suite: 'shell' },
  { short: 's', long: 'only-delimited', status: 'emulated', suite: 'shell' },
  { long: 'complement', status: 'emulated', suite: 'shell' },
  { long: 'output-delimiter', value: 'STRING', status: 'emulated', suite: 'shell' },
  { short: 'z', long: 'zero-terminated', status: 'emulated', suite: 'modelled' },
  { short: 'n', status: 'accepted', reason: 'GNU cut ignores it' },
  ...HELP_FLAGS,
]

type Range = readonly [number, number]

/** GNU cut; its characters are bytes (coreutils 9.1). */
export const cut: Command = {
  name: 'cut',
  path: '/usr/bin/cut',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const result = coreutilsOptions(context, FLAGS)
    if (typeof result === 'number') return result
    const find = (name: string) => result.options.findLast(({ flag }) => flag.short === name || flag.long === name)
    const lists = result.options.filter(({ flag }) => 'fcb'.includes(flag.short ?? '-'))
    const delimiter = find('d')?.value
    if (lists.length > 1) return complain(context, 'only one list may be specified', true)
    if (delimiter !== undefined && encodeUtf8(delimiter).length > 1)
      return complain(context, 'the delimiter must be a single character', true)
    const list = lists[0]
    if (list === undefined) return complain(context, 'you must specify a list of bytes, characters, or fields', true)
    const fields = list.flag.short === 'f'
    if (!fields && delimiter !== undefined)
      return complain(context, 'an input delimiter may be specified only when operating on fields', true)
    if (!fields && find('s') !== undefined) {
      return complain(context, 'suppressing non-delimited lines makes sense\n\tonly when operating on fields', true)
    }
    const ranges = rangesOf(list.value as string, fields)
    if (typeof ranges === 'string') return complain(context, ranges, true)
    const complement = find('complement') !== undefined
    const chosen = (at: number) => ranges.some(([from, to]) => at >= from && at <= to) !== complement
    const tab = delimiter === undefined ? '\t' : delimiter === '' ? '\0' : delimiter
    const outDelimiter = find('output-delimiter')?.value
    const out = outDelimiter === undefined ? undefined : encodeUtf8(outDelimiter)
    const end = find('z') === undefined ? '\n' : '\0'

    const cutLine = (line: string): string | undefined => {
      if (!fields) return bytesOf(line, chosen, ranges, out ?? '')
      const parts = line.split(tab)
      if (parts.length === 1) return find('s') === undefined ? line : undefined
      return parts.filter((_, i) => chosen(i + 1)).join(out ?? tab)
    }
    let exit = 0
    for (const file of result.operands.length === 0 ? ['-'] : result.operands) {
      if (file === '-') {
        for await (const { text } of stdinLines(context, end)) {
          const line = cutLine(text)
          if (line !== undefined) context.stdout.write(line + end)
        }
        continue
      }
      const input = await readInput(context, file)
      if ('why' in input) exit = complain(context, `${file}: ${input.why}`)
      else {
        const lines = linesOf(input.text, end).map(cutLine)
        context.stdout.write(lines.flatMap((line) => (line === undefined ? [] : [line + end])).join(''))
      }
    }
    return exit
  },
}

/** The chosen bytes; an output delimiter stands where a range begins that does not touch what was printed of the one before. */
function bytesOf(line: string, chosen: (at: number) => boolean, ranges: readonly Range[], out: string): string {
  let text = ''
  for (let at = 1; at <= line.length; at++) {
    if (!chosen(at)) continue
    const begins = ranges.some(([from]) => from === at) && !ranges.some(([from, to]) => from < at && at <= to)
    if (text !== '' && (!chosen(at - 1) || begins)) text += out
    text += line[at - 1]
  }
  return text
}

/** set_fields of set-fields.c, with its complaints. */
function rangesOf(list: string, fields: boolean): Range[] | string {
  const ranges: Range[] = []
  for (const part of list.split(/[, \t]/)) {
    const match = /^(\d*)(-?)(\d*)$/.exec(part)
    if (match === null) {
      const bad = part.replace(/^[\d-]*(?=[^\d-])/, '')
      return fields ? `invalid field value ‘${bad}’` : `invalid byte/character position ‘${bad}’`
    }
    const [, from = '', dash, to = ''] = match
    if (dash !== '' && from === '' && to === '') return 'invalid range with no endpoint: -'
    if (part === '' || Number(from === '' ? 1 : from) === 0 || (dash !== '' && to !== '' && from === '' && Number(to) === 0))
      return part === '' || Number(from) === 0
        ? fields
          ? 'fields are numbered from 1'
          : 'byte/character positions are numbered from 1'
        : 'invalid decreasing range'
    const first = from === '' ? 1 : Number(from)
    const last = dash === '' ? first : to === '' ? Number.POSITIVE_INFINITY : Number(to)
    if (last < first) return 'invalid decreasing range'
    ranges.push([first, last])
  }
  return ranges
}
