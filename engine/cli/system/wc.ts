import { encodeUtf8 } from '../../base/utf8.ts'
import type { Command, Flag } from '../command.ts'
import { complain, coreutilsOptions, HELP_FLAGS, readInput } from './text-input.ts'

const FLAGS: readonly Flag[] = [
  { short: 'l', long: 'lines', status: 'emulated', suite: 'shell' },
  { short: 'w', long: 'words', status: 'emulated', suite: 'shell' },
  { short: 'm', long: 'chars', status: 'emulated', suite: 'shell' },
  { short: 'c', long: 'bytes', status: 'emulated', suite: 'shell' },
  { short: 'L', long: 'max-line-length', status: 'known' },
  { long: 'files0-from', value: 'F', status: 'known' },
  ...HELP_FLAGS,
]

const ORDER = 'lwmc'
type Counts = Readonly<Record<string, number>>

/** GNU wc. Where standard input is one of several columns it counts as a pipe, which is seven wide. */
export const wc: Command = {
  name: 'wc',
  path: '/usr/bin/wc',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const result = coreutilsOptions(context, FLAGS)
    if (typeof result === 'number') return result
    const given = result.options.map(({ flag }) => flag.short as string)
    const shown = [...ORDER].filter((letter) => (given.length === 0 ? 'lwc' : given).includes(letter))
    const files = result.operands
    const inputs = []
    for (const file of files.length === 0 ? ['-'] : files) inputs.push({ file, input: await readInput(context, file) })

    // wc.c number_width: the digits of the sizes' sum, at least 7 where something is no regular file.
    const sizes = inputs.reduce((sum, { file, input }) => sum + (file !== '-' && 'text' in input ? input.text.length : 0), 0)
    const irregular = inputs.some(({ file, input }) => file === '-' || ('why' in input && input.at === 'read'))
    const alone = inputs.length === 1 && shown.length === 1
    const width = alone ? 1 : Math.max(String(sizes).length, irregular ? 7 : 1)
    const total: Record<string, number> = { l: 0, w: 0, m: 0, c: 0 }
    const print = (counts: Counts, name?: string) => {
      const numbers = shown.map((letter) => String(counts[letter]).padStart(width)).join(' ')
      context.stdout.write(encodeUtf8(`${numbers}${name === undefined ? '' : ` ${name}`}\n`))
    }
    let exit = 0
    for (const { file, input } of inputs) {
      if ('why' in input) exit = complain(context, `${file}: ${input.why}`)
      if ('why' in input && input.at === 'open') continue
      const counts = count('text' in input ? input.text : '')
      for (const letter of ORDER) total[letter] = (total[letter] as number) + (counts[letter] as number)
      print(counts, files.length === 0 ? undefined : file)
    }
    if (inputs.length > 1) print(total, 'total')
    return exit
  },
}

function count(text: string): Counts {
  return {
    l: text.split('\n').length - 1,
    // Control characters neither begin nor end a word.
    w: text.split(/[ \t\n\v\f\r]+/).filter((word) => /[!-~\x80-\xff]/.test(word)).length,
    m: text.replace(/[\x80-\xbf]/g, '').length,
    c: text.length,
  }
}
