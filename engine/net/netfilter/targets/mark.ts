import { parameterProblem } from '../errors.ts'
import type { ExtensionOption, OptionUse, Target } from '../extension.ts'
import { hex, markText } from '../numbers.ts'

type Pair = readonly [number, number]

type MarkOption = 'set-xmark' | 'set-mark' | 'and-mark' | 'or-mark' | 'xor-mark'

/** Sets `mark = (mark & ~mask) ^ value`; every option of MARK is a case of it. */
function markOption(name: MarkOption, others: readonly string[]): ExtensionOption {
  const masked = name === 'set-xmark' || name === 'set-mark'
  return {
    name,
    arg: true,
    type: { kind: masked ? 'mark' : 'uint' },
    exclusive: others.filter((other) => other !== name),
    use: ({ draft, value: given }) => {
      if (masked) {
        const [value, mask] = given as Pair
        draft['xmark'] = [value, name === 'set-mark' ? (value | mask) >>> 0 : mask]
        return
      }
      const value = given as number
      draft['xmark'] = name === 'and-mark' ? [0, ~value >>> 0] : name === 'or-mark' ? [value, value] : [value, 0]
    },
  }
}

/** "and 0x0", "or 0x4000", "xset 0x1/0xff"... (mark_tg_print, connmark_tg_print). */
export function xmarkText(prefix: string, [value, mask]: Pair): string {
  if (value === 0) return `${prefix} and ${hex(~mask)}`
  if (value === mask) return `${prefix} or ${hex(value)}`
  if (mask === 0) return `${prefix} xor ${hex(value)}`
  if (mask === 0xffffffff) return `${prefix} set ${hex(value)}`
  return `${prefix} xset ${markText(value, mask)}`
}

const apply = (old: number, [value, mask]: Pair) => ((old & ~mask) ^ value) >>> 0

const MARKS: readonly MarkOption[] = ['set-xmark', 'set-mark', 'and-mark', 'or-mark', 'xor-mark']

/** libxt_MARK.c, xt_mark.c (revision 2) */
export const MARK: Target = {
  name: 'MARK',
  options: MARKS.map((name) => markOption(name, MARKS)),
  finish: (draft) => {
    if (draft['xmark'] === undefined)
      parameterProblem('MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required')
  },
  print: (d) => xmarkText('MARK', d['xmark'] as Pair),
  save: (d) => ` --set-xmark ${hex((d['xmark'] as Pair)[0])}/${hex((d['xmark'] as Pair)[1])}`,
  refuse: () => undefined,
  act: (d, skb) => {
    skb.mark = apply(skb.mark, d['xmark'] as Pair)
    return { kind: 'continue' }
  },
  verdictText: (d) => xmarkText('MARK', d['xmark'] as Pair),
}

const OPS = ['set-xmark', 'set-mark', 'and-mark', 'or-mark', 'xor-mark', 'save-mark', 'restore-mark']

/** CONNMARK does one thing only. */
function otherOps(name: string): readonly string[] {
  return OPS.filter((other) => other !== name)
}

/** libxt_CONNMARK.c: setting the connection's mark needs conntrack to write to; restoring reads it. */
export const CONNMARK: Target = {
  name: 'CONNMARK',
  options: [
    ...MARKS.map((name) => markOption(name, OPS)),
    { name: 'save-mark', type: { kind: 'none' } as const, key: 'save', exclusive: otherOps('save-mark') },
    { name: 'restore-mark', type: { kind: 'none' } as const, key: 'restore', exclusive: otherOps('restore-mark') },
    { name: 'ctmask', arg: true, type: { kind: 'uint' } as const },
    { name: 'nfmask', arg: true, type: { kind: 'uint' } as const },
    {
      name: 'mask',
      arg: true,
      type: { kind: 'uint' } as const,
      use: ({ draft, value }: OptionUse) => {
        draft['ctmask'] = draft['nfmask'] = value as number
      },
    },
  ],
  knownOptions: ['left-shift-mark', 'right-shift-mark'],
  finish: (draft) => {
    if (draft['xmark'] === undefined && !draft['save'] && !draft['restore'])
      parameterProblem('CONNMARK target: No operation specified')
    if (draft['xmark'] !== undefined) {
      delete draft['ctmask']
      delete draft['nfmask']
    } else if (draft['save'] || draft['restore']) {
      draft['ctmask'] ??= 0xffffffff
      draft['nfmask'] ??= 0xffffffff
    }
  },
  print: (d) => {
    if (d['xmark'] !== undefined) return xmarkText('CONNMARK', d['xmark'] as Pair)
    const ct = d['ctmask'] as number
    const nf = d['nfmask'] as number
    const verb = d['save'] ? 'save' : 'restore'
    if (ct === 0xffffffff && nf === 0xffffffff) return `CONNMARK ${verb}`
    if (ct === nf) return `CONNMARK ${verb} mask ${hex(ct)}`
    return `CONNMARK ${verb} nfmask ${hex(nf)} ctmask ~${hex(ct)}`
  },
  save: (d) => {
    if (d['xmark'] !== undefined) return ` --set-xmark ${hex((d['xmark'] as Pair)[0])}/${hex((d['xmark'] as Pair)[1])}`
    return ` --${d['save'] ? 'save' : 'restore'}-mark --nfmask ${hex(d['nfmask'] as number)} --ctmask ${hex(d['ctmask'] as number)}`
  },
  act: (d, skb) => {
    const ct = skb.ct
    if (ct === undefined) return { kind: 'continue' }
    if (d['restore']) {
      skb.mark = ((skb.mark & ~(d['nfmask'] as number)) ^ (ct.mark & (d['ctmask'] as number))) >>> 0
      return { kind: 'continue' }
    }
    const mark = d['save']
      ? ((ct.mark & ~(d['ctmask'] as number)) ^ (skb.mark & (d['nfmask'] as number))) >>> 0
      : apply(ct.mark, d['xmark'] as Pair)
    // CtInfo is conntrack's own view of the entry; its mark is the one field a target may write.
    ;(ct as { mark: number }).mark = mark
    return { kind: 'continue' }
  },
}
