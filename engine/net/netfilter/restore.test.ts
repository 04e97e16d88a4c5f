import { describe, expect, test } from 'vitest'
import { Dice } from '../../clock/dice.ts'
import { dialectOf } from './dialect.ts'
import type { HookEnv } from './env.ts'
import { NO_NAMES } from './names.ts'
import { chains, rules } from './query.ts'
import { restoreText } from './restore.ts'
import { Ruleset } from './ruleset.ts'
import { saveTable } from './save.ts'

const WRITERS = ['1.8.9/nft', '1.8.9/legacy'] as const
const backendOf = (writer: string) => dialectOf(writer).backend

const LINES = 50_000
const GOOD = Array.from({ length: LINES }, (_, n) => `-A BIG -s 10.${n >> 16}.${(n >> 8) & 255}.${n & 255}/32 -j RETURN`)
const before = '*mangle\n:KEPT - [0:0]\nCOMMIT\n*filter\n:BIG - [0:0]\n-A INPUT -j BIG\n'

describe('bad input 50,000 lines in', () => {
  for (const writer of WRITERS) {
    const backend = backendOf(writer)
    const restored = (bad: string, end = '*raw\n:NEVER - [0:0]\nCOMMIT\n') => {
      const ruleset = new Ruleset()
      restoreText(ruleset, '*filter\n:OLD - [0:0]\n-A INPUT -j OLD\nCOMMIT\n', { family: 4, writer })
      const was = ruleset.save()
      const text = `${before}${GOOD.join('\n')}\n${bad}\nCOMMIT\n${end}`
      const result = restoreText(ruleset, text, { family: 4, writer })
      return { ruleset, was, result }
    }
    const line = before.split('\n').length + LINES

    test(`${writer}: an unknown option names its line; the table stays, the table before it is in force`, () => {
      const { ruleset, result } = restored('-A BIG --nonsense -j ACCEPT')
      expect(result).toMatchObject({ ok: false, exit: 2, line })
      expect(result.ok ? '' : result.error).toContain(`Error occurred at line: ${line}\n`)
      expect(chains(ruleset, 4, backend, 'filter')).toEqual(
        backend === 'nft' ? ['INPUT', 'OLD'] : ['INPUT', 'FORWARD', 'OUTPUT', 'OLD'],
      )
      expect(rules(ruleset, 4, backend, 'filter').map((r) => r.text)).toEqual(['-A INPUT -j OLD'])
      expect(chains(ruleset, 4, backend, 'mangle')).toContain('KEPT')
      expect(chains(ruleset, 4, backend, 'raw')).not.toContain('NEVER')
    })

    test(`${writer}: a jump to a chain that is not there`, () => {
      const { ruleset, result } = restored('-A BIG -j NOWHERE')
      expect(result).toMatchObject({ ok: false, exit: 2 })
      expect(rules(ruleset, 4, backend, 'filter').map((r) => r.text)).toEqual(['-A INPUT -j OLD'])
      expect(chains(ruleset, 4, backend, 'mangle')).toContain('KEPT')
    })

    test(`${writer}: rules that loop are refused by the kernel at COMMIT`, () => {
      const { ruleset, result } = restored('-A BIG -j INNER\n-A INNER -j BIG'.replace(/^/, ':INNER - [0:0]\n'))
      expect(result).toMatchObject({ ok: false, exit: backend === 'nft' ? 4 : 1 })
      expect(result.ok ? '' : result.error).toContain(
        backend === 'nft'
          ? `line ${line + 2}: RULE_APPEND failed (Too many links): rule in chain INNER`
          : `line ${line + 3} failed`,
      )
      expect(rules(ruleset, 4, backend, 'filter').map((r) => r.text)).toEqual(['-A INPUT -j OLD'])
    })

    test(`${writer}: without COMMIT at the end nothing of the table is in force`, () => {
      const ruleset = new Ruleset()
      const result = restoreText(ruleset, `${before}${GOOD.join('\n')}\n`, { family: 4, writer })
      expect(result).toMatchObject({ ok: false, exit: 1 })
      expect(result.ok ? '' : result.error).toContain(`COMMIT expected at line ${line}`)
      expect(rules(ruleset, 4, backend, 'filter')).toEqual([])
    })
  }
})

describe('what the kernel refuses at COMMIT', () => {
  const errors = (text: string) => {
    const result = restoreText(new Ruleset(), text, { family: 4, writer: '1.8.9/nft' })
    return result.ok ? [] : result.error.split('\n').slice(1, -1)
  }

  test('every rule from the one that closes a loop on is refused', () => {
    expect(
      errors('*filter\n:A - [0:0]\n:B - [0:0]\n-A INPUT -j A\n-A A -j B\n-A B -j A\n:C - [0:0]\n-I C -j RETURN\nCOMMIT\n'),
    ).toEqual([
      'line 6: RULE_APPEND failed (Too many links): rule in chain B',
      'line 8: RULE_INSERT failed (Too many links): rule in chain C',
    ])
  })

  test('a rule that cannot be made is refused alone, and nothing is said of loops', () => {
    expect(
      errors(
        '*filter\n:A - [0:0]\n-A INPUT -j A\n-A A -j A\n-A INPUT -m nfacct --nfacct-name nope\n-A INPUT -j RETURN\nCOMMIT\n',
      ),
    ).toEqual(['line 5: RULE_APPEND failed (No such file or directory): rule in chain INPUT'])
  })

  test('a loop that is gone by COMMIT was none', () => {
    expect(errors('*filter\n:A - [0:0]\n-A INPUT -j A\n-A A -j A\n-D A 1\n-A A -j RETURN\nCOMMIT\n')).toEqual([])
  })
})

describe('undo', () => {
  test('a ruleset goes back and forth between its saved forms, chain by chain', () => {
    const ruleset = new Ruleset()
    const dice = new Dice('undo')
    const printed = { dialect: dialectOf('1.8.9/nft'), family: 4 as const, names: NO_NAMES, numeric: true, proto: 0 }
    const env: HookEnv = {
      netns: 'n',
      hook: 'INPUT',
      now: 0,
      dice,
      addrType: () => 'LOCAL',
      log: () => {},
      nflog: () => {},
      step: () => {},
    }
    const seen = () => {
      const table = ruleset.table(4, 'nft', 'filter')
      const references = table?.sorted().map(({ name }) => [name, table.referencesTo(name)])
      return [table && saveTable(table, printed, true), references, JSON.stringify(ruleset.save())]
    }
    const packet = {
      family: 4,
      src: '10.0.0.1',
      dst: '10.0.0.2',
      proto: 6,
      ttl: 64,
      tos: 0,
      length: 60,
      id: 1,
      sport: 1,
      dport: 80,
      payload: '',
    } as const
    const points: { state: ReturnType<Ruleset['save']>; seen: unknown }[] = []
    const steps = 600
    let looped = 0
    const declared = Array.from({ length: 9 }, (_, i) => `:D${i} - [0:0]\n`).join('')
    restoreText(ruleset, `*filter\n${declared}COMMIT\n`, { family: 4, writer: '1.8.9/nft', noflush: true })
    for (let i = 0; i < steps; i++) {
      const n = () => `C${dice.int(300)}`
      const [a, b] = [n(), n()]
      const text = [
        () => `:${a} - [0:0]\n-A ${a} -s 10.0.0.${dice.int(9)} -j RETURN\n-A INPUT -j ${a}\n`,
        () => `:${a} - [0:0]\n:${b}x - [0:0]\n-A ${a} -m recent --name ${b} --set -j ${b}x\n`,
        () => `-F ${a}\n-X ${a}\n`,
        () => `-D INPUT -j ${a}\n`,
        () => `-A INPUT -p tcp -m tcp --dport 80\n`,
        ...Array.from({ length: 5 }, () => () => `-A D${dice.int(9)} -${'jg'[dice.int(2)]} D${dice.int(9)}\n`),
        () => `-F D${dice.int(9)}\n-A INPUT -j D${dice.int(9)}\n`,
        () => `-A D${dice.int(9)} -p tcp -j REJECT --reject-with tcp-reset\n`,
        () => `-A D${dice.int(9)} -j REJECT --reject-with tcp-reset\n`,
      ][dice.int(13)]?.()
      // What is carried along from version to version says the same as a look at the whole table.
      const whole = new Ruleset()
      whole.load(JSON.parse(JSON.stringify(ruleset.save())))
      const write = (to: Ruleset) =>
        restoreText(to, `*filter\n${text}COMMIT\n`, { family: 4, writer: '1.8.9/nft', noflush: true })
      const result = write(ruleset)
      expect(result).toEqual(write(whole))
      looped += !result.ok && result.error.includes('Too many links') ? 1 : 0
      for (let k = 0; k < dice.int(3); k++)
        ruleset.evaluate(4, 'filter', { packet, mark: 0, iif: 'eth0', oif: undefined, ct: undefined }, env)
      points.push({ state: ruleset.save(), seen: seen() })
      if (dice.int(4) > 0) continue
      const point = points[dice.int(points.length)] as (typeof points)[number]
      ruleset.load(dice.int(2) === 0 ? point.state : JSON.parse(JSON.stringify(point.state)))
      expect(seen()).toEqual(point.seen)
    }
    expect(looped).toBeGreaterThan(10)
  })
})

describe('chance', () => {
  /** The 99th percentile of chi-square by degrees of freedom (NIST handbook, table 1.3.6.7.4). */
  const LIMITS: Readonly<Record<number, number>> = { 1: 6.635, 2: 9.21, 3: 11.345 }

  for (const endpoints of [2, 3, 4]) {
    test(`10,000 connections over ${endpoints} endpoints are spread as chance would`, () => {
      const lines = Array.from({ length: endpoints }, (_, i) => {
        const left = endpoints - i
        const draw = left === 1 ? '' : `-m statistic --mode random --probability ${(1 / left).toFixed(11)} `
        return `-A OUTPUT ${draw}-j DNAT --to-destination 10.0.0.${i + 1}`
      })
      const ruleset = new Ruleset()
      expect(restoreText(ruleset, `*nat\n${lines.join('\n')}\nCOMMIT\n`, { family: 4, writer: '1.8.9/nft' })).toEqual({
        ok: true,
      })
      const env: HookEnv = {
        netns: 'n',
        hook: 'OUTPUT',
        now: 0,
        dice: new Dice('chi-square'),
        addrType: () => 'UNICAST',
        log: () => {},
        nflog: () => {},
        step: () => {},
      }
      const packet = {
        family: 4,
        src: '10.0.1.1',
        dst: '10.96.0.1',
        proto: 6,
        ttl: 64,
        tos: 0,
        length: 60,
        id: 1,
        sport: 1,
        dport: 80,
        payload: '',
      } as const
      const connections = 10_000
      const counts = new Map<string, number>()
      for (let i = 0; i < connections; i++) {
        const verdict = ruleset.evaluate(4, 'nat', { packet, mark: 0, iif: undefined, oif: 'eth0', ct: undefined }, env)
        const to = verdict.kind === 'nat' ? (verdict.request.minAddress ?? '') : verdict.kind
        counts.set(to, (counts.get(to) ?? 0) + 1)
      }
      expect([...counts.keys()].sort()).toEqual(Array.from({ length: endpoints }, (_, i) => `10.0.0.${i + 1}`))
      const wanted = connections / endpoints
      const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - wanted) ** 2 / wanted, 0)
      expect(chiSquare).toBeLessThan(LIMITS[endpoints - 1] as number)
      expect(rules(ruleset, 4, 'nft', 'nat').map((r) => r.packets)).toEqual(lines.map((_, i) => counts.get(`10.0.0.${i + 1}`)))
    })
  }
})
