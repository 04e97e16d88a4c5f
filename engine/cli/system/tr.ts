import { encodeUtf8 } from '../../base/utf8.ts'
import { type Command, type Flag, notEmulated } from '../command.ts'
import { getopt, notEmulatedOption } from '../getopt.ts'
import { complain, HELP_FLAGS } from './text-input.ts'
import { ALL_BYTES, type TrSet, trSet } from './tr-sets.ts'

const FLAGS: readonly Flag[] = [
  { short: 'c', long: 'complement', status: 'emulated', suite: 'shell' },
  { short: 'C', status: 'emulated', suite: 'modelled' },
  { short: 'd', long: 'delete', status: 'emulated', suite: 'shell' },
  { short: 's', long: 'squeeze-repeats', status: 'emulated', suite: 'shell' },
  { short: 't', long: 'truncate-set1', status: 'emulated', suite: 'shell' },
  ...HELP_FLAGS,
]

/** GNU tr, byte by byte. */
export const tr: Command = {
  name: 'tr',
  path: '/usr/bin/tr',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    // tr.c asks getopt for "+": the first operand ends the options.
    const result = getopt(context.argv.slice(1), FLAGS, { stopAtOperand: true })
    if (result.error !== undefined) return complain(context, result.error, true)
    const missing = notEmulatedOption(result)
    if (missing !== undefined) return notEmulated(context, missing)
    const has = (letters: string) => result.options.some(({ flag }) => letters.includes(flag.short ?? '-'))
    const [remove, squeeze] = [has('d'), has('s')]
    const { operands } = result
    const least = remove === squeeze ? 2 : 1
    const most = remove && !squeeze ? 1 : 2
    if (operands.length < least) {
      if (operands.length === 0) return complain(context, 'missing operand', true)
      const when = squeeze ? 'both deleting and squeezing repeats' : 'translating'
      return complain(context, `missing operand after ‘${operands[0]}’\nTwo strings must be given when ${when}.`, true)
    }
    if (operands.length > most) {
      const why = operands.length === 2 ? '\nOnly one string may be given when deleting without squeezing repeats.' : ''
      return complain(context, `extra operand ‘${operands[most]}’${why}`, true)
    }
    const sets: TrSet[] = []
    for (const operand of operands) {
      const set = trSet(encodeUtf8(operand))
      if (set === undefined) return notEmulated(context, operand)
      if (typeof set === 'string') return complain(context, set)
      sets.push(set)
    }
    const [first, second] = sets as [TrSet, TrSet | undefined]
    const named = new Set(first.bytes)
    const source = has('cC') ? ALL_BYTES.filter((byte) => !named.has(byte)) : first.bytes
    let change = (text: string) => text
    if (remove) {
      const gone = new Set(source)
      change = (text) => [...text].filter((byte) => !gone.has(byte)).join('')
    } else if (second !== undefined) {
      if (second.classes.some((name) => name !== 'upper' && name !== 'lower'))
        return complain(
          context,
          "when translating, the only character classes that may appear in\nstring2 are 'upper' and 'lower'",
        )
      if (second.bytes.length === 0 && !has('t')) return complain(context, 'when not truncating set1, string2 must be non-empty')
      const map = new Map<string, string>()
      source.forEach((byte, i) => {
        const to = second.bytes[i] ?? (has('t') ? undefined : second.bytes.at(-1))
        if (to !== undefined) map.set(byte, to)
      })
      change = (text) => [...text].map((byte) => map.get(byte) ?? byte).join('')
    }
    const repeated = new Set(squeeze ? (second?.bytes ?? source) : [])
    const { stdin, stdout, signal } = context
    let last = ''
    for (let piece = await stdin.piece(); piece !== undefined && !signal.aborted; piece = await stdin.piece()) {
      const text = change(piece)
      const bytes = [...text]
      stdout.write(
        squeeze ? bytes.filter((byte, i) => byte !== (i === 0 ? last : bytes[i - 1]) || !repeated.has(byte)).join('') : text,
      )
      last = bytes.at(-1) ?? last
    }
    return 0
  },
}
