import type { Command, Flag } from '../command.ts'
import { complain, coreutilsOptions, HELP_FLAGS, readInput } from './text-input.ts'

const FLAGS: readonly Flag[] = [
  { short: 'A', long: 'show-all', status: 'emulated', suite: 'shell' },
  { short: 'b', long: 'number-nonblank', status: 'emulated', suite: 'shell' },
  { short: 'e', status: 'emulated', suite: 'shell' },
  { short: 'E', long: 'show-ends', status: 'emulated', suite: 'shell' },
  { short: 'n', long: 'number', status: 'emulated', suite: 'shell' },
  { short: 's', long: 'squeeze-blank', status: 'emulated', suite: 'shell' },
  { short: 't', status: 'emulated', suite: 'shell' },
  { short: 'T', long: 'show-tabs', status: 'emulated', suite: 'shell' },
  { short: 'u', status: 'accepted', reason: 'cat never buffers here' },
  { short: 'v', long: 'show-nonprinting', status: 'emulated', suite: 'shell' },
  ...HELP_FLAGS,
]

/** GNU cat: passes on what comes as it comes. */
export const cat: Command = {
  name: 'cat',
  path: '/usr/bin/cat',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const result = coreutilsOptions(context, FLAGS)
    if (typeof result === 'number') return result
    const letters = result.options.map(({ flag }) => flag.short as string).join('')
    const format = letters === '' ? (text: string) => text : formatter(letters)
    let exit = 0
    for (const file of result.operands.length === 0 ? ['-'] : result.operands) {
      if (file === '-') {
        const { stdin, signal, stdout } = context
        for (let piece = await stdin.piece(); piece !== undefined && !signal.aborted; piece = await stdin.piece())
          stdout.write(format(piece))
        continue
      }
      const input = await readInput(context, file)
      if ('text' in input) context.stdout.write(format(input.text))
      else exit = complain(context, `${file}: ${input.why}`)
    }
    return exit
  },
}

/** Numbers and blank lines are counted across files; a file without a last newline goes on in the next (cat.c's `newlines`). */
function formatter(letters: string): (text: string) => string {
  const has = (...any: string[]) => any.some((letter) => letters.includes(letter))
  const nonblank = has('b')
  const number = has('n', 'b')
  const show = { ends: has('A', 'e', 'E'), tabs: has('A', 't', 'T'), nonprinting: has('A', 'e', 't', 'v') }
  const squeeze = has('s')
  let line = 0
  let atStart = true
  let blanks = 0
  return (text) => {
    let out = ''
    for (const [piece] of text.matchAll(/[^\n]*\n|[^\n]+$/g)) {
      const ended = piece.endsWith('\n')
      const body = ended ? piece.slice(0, -1) : piece
      const blank = atStart && body === ''
      blanks = blank ? blanks + 1 : 0
      if (squeeze && blanks > 1) continue
      if (number && atStart && !(nonblank && blank)) out += `${String(++line).padStart(6)}\t`
      out += visible(body, show, ended) + (ended ? `${show.ends ? '$' : ''}\n` : '')
      atStart = ended
    }
    return out
  }
}

function visible(body: string, show: { ends: boolean; tabs: boolean; nonprinting: boolean }, ended: boolean): string {
  let text = body
  if (show.tabs) text = text.replaceAll('\t', '^I')
  if (show.nonprinting) return text.replace(/[^\t\x20-\x7e]/g, caret)
  return show.ends && ended ? text.replace(/\r$/, '^M') : text
}

/** A byte as `cat -v` writes it: ^X below 32, M- above 127. */
function caret(byte: string): string {
  const code = byte.charCodeAt(0)
  if (code >= 128) {
    const low = String.fromCharCode(code - 128)
    return `M-${low < ' ' || low === '\x7f' ? caret(low) : low}`
  }
  return code === 127 ? '^?' : `^${String.fromCharCode(code + 64)}`
}
