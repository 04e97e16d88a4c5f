import { describe, expect, test } from 'vitest'
import { Dice } from '../../clock/dice.ts'
import { dialectOf } from './dialect.ts'
import type { Matcher, Target } from './extension.ts'
import { MATCHERS } from './matchers/registry.ts'
import { NO_NAMES } from './names.ts'
import { restoreText } from './restore.ts'
import { Ruleset } from './ruleset.ts'
import { saveTable } from './save.ts'
import { TARGETS } from './targets/registry.ts'

/** Words that some option or other takes; most options refuse most of them, in words of the tool. */
const WORDS = [
  '80',
  '80:90',
  '0x1/0x1',
  'foo',
  'NEW',
  'LOCAL',
  '10.0.0.1',
  '10.0.0.1-10.0.0.9',
  '10.0.0.1:80',
  '10.0.0.0/8',
  '5/min',
  'Mon',
  '08:00',
  '00:11:22:33:44:55',
  'random',
  'nth',
  'bm',
  '1',
  'EF',
  'in',
  'ipsec',
  'host',
  'both',
  'packets',
  'ORIGINAL',
  'ASSURED',
  '5:6',
  '1:1',
  'warn',
  'tcp-reset',
  '6&0xFF=1',
  'root',
  '-1',
  '99999',
  '0.25',
  'ACCEPT',
  'srcip,dstport',
  'fd00::1',
  '2026-01-02',
]
const WRITERS = ['1.8.7/nft', '1.8.9/legacy', '1.8.11/nft']
const PLACES = [
  ['filter', 'INPUT'],
  ['nat', 'PREROUTING'],
  ['mangle', 'POSTROUTING'],
  ['raw', 'OUTPUT'],
  ['filter', 'FORWARD'],
  ['nat', 'POSTROUTING'],
  ['raw', 'PREROUTING'],
  ['mangle', 'PREROUTING'],
] as const
const PROTOCOLS: Readonly<Record<string, string>> = {
  tcp: 'tcp',
  udp: 'udp',
  sctp: 'sctp',
  dccp: 'dccp',
  icmp: 'icmp',
  icmp6: 'icmpv6',
  esp: 'esp',
  ah: 'ah',
}

function someRule(extension: Matcher | Target, target: boolean, dice: Dice): string {
  const options = dice.shuffle(extension.options).slice(0, dice.int(4))
  const words = options.map((option) => {
    const value = option.arg ? ` ${WORDS[dice.int(WORDS.length)]}` : ''
    const two = option.name === 'tcp-flags' ? ' SYN,ACK SYN' : option.name === 'chunk-types' ? ' any INIT' : value
    return `${dice.int(5) === 0 ? '! ' : ''}--${option.name}${two}`
  })
  const proto = PROTOCOLS[extension.name] ?? ['tcp', 'udp', 'all', 'icmp'][dice.int(4)]
  return `-p ${proto} ${target ? '-j' : '-m'} ${extension.name} ${words.join(' ')}${target ? '' : ' -j ACCEPT'}`
}

describe('every match and target', () => {
  for (const [extension, target] of [...MATCHERS.map((m) => [m, false] as const), ...TARGETS.map((t) => [t, true] as const)]) {
    test(extension.name, () => {
      const dice = new Dice(extension.name)
      const family = extension.families?.[0] ?? 4
      for (let i = 0; i < 240; i++) {
        const writer = WRITERS[i % WRITERS.length] as string
        const [table, chain] = PLACES[dice.int(PLACES.length)] as (typeof PLACES)[number]
        const ruleset = new Ruleset()
        ruleset.addAccounting('foo')
        const text = `*${table}\n-A ${chain} ${someRule(extension, target, dice)}\nCOMMIT\n`
        // Whatever is written, the tool answers: a rule, or its own words.
        const result = restoreText(ruleset, text, { family, writer })
        if (!result.ok) {
          expect(result.error).not.toMatch(/undefined|NaN|Infinity|\[object/)
          continue
        }
        const dialect = dialectOf(writer)
        const save = (of: Ruleset) => {
          const found = of.table(family, dialect.backend, table)
          return found && saveTable(found, { dialect, family, names: NO_NAMES, numeric: true, proto: 0 }, false)
        }
        const saved = save(ruleset)
        expect(saved).toBeDefined()
        expect(saved).not.toMatch(/undefined|NaN|Infinity|\[object/)
        const again = new Ruleset()
        again.addAccounting('foo')
        expect(restoreText(again, saved ?? '', { family, writer })).toEqual({ ok: true })
        expect(save(again)).toBe(saved)
        const found = restoreText(again, `*${table}\n-C ${text.split('-A ')[1]?.split('\n')[0]}\nCOMMIT\n`, {
          family,
          writer,
          noflush: true,
        })
        expect(found).toEqual({ ok: true })
      }
    })
  }
})
