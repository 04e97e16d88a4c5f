import { describe, expect, test } from 'vitest'
import { Dice } from '../../clock/dice.ts'
import type { Packet, Skb } from '../packet.ts'
import type { HookEnv, HookName, RuleStep } from './env.ts'
import { rules } from './query.ts'
import { restoreText } from './restore.ts'
import { Ruleset } from './ruleset.ts'

const WRITER = '1.8.9/nft'

function load(text: string, writer = WRITER, ruleset = new Ruleset()): Ruleset {
  expect(restoreText(ruleset, text, { family: 4, writer, noflush: true, counters: true })).toEqual({ ok: true })
  return ruleset
}

function packet(over: Partial<Packet> = {}): Skb {
  return {
    packet: {
      family: 4,
      src: '10.0.0.1',
      dst: '10.96.0.10',
      proto: 6,
      ttl: 64,
      tos: 0,
      length: 60,
      id: 0,
      sport: 1000,
      dport: 80,
      payload: '',
      ...over,
    },
    mark: 0,
    iif: 'eth0',
    oif: undefined,
    ct: undefined,
  }
}

function environment(hook: HookName, steps: RuleStep[] = [], now = 0): HookEnv {
  return {
    netns: 'n',
    hook,
    now,
    dice: new Dice('netfilter'),
    addrType: (address) => (address === '10.0.0.9' ? 'LOCAL' : 'UNICAST'),
    log: () => {},
    nflog: () => {},
    step: (step) => steps.push(step),
  }
}

const counters = (ruleset: Ruleset, chain: string, table: 'nat' | 'filter' = 'filter') =>
  rules(ruleset, 4, 'nft', table, chain).map((rule) => [rule.packets, rule.bytes])

describe('traversal', () => {
  test('jump, return, goto and policy count what they meet', () => {
    const ruleset = load(`*filter
:INPUT DROP [0:0]
:A - [0:0]
:B - [0:0]
-A INPUT -j A
-A INPUT -g B
-A INPUT -j ACCEPT
-A A -p udp -j ACCEPT
-A A -j RETURN
-A A -j ACCEPT
-A B -m mark --mark 0x1 -j ACCEPT
COMMIT
`)
    const steps: RuleStep[] = []
    // goto leaves no way back to INPUT's third rule: B's end is INPUT's policy.
    expect(ruleset.evaluate(4, 'filter', packet(), environment('INPUT', steps))).toEqual({ kind: 'drop' })
    expect(counters(ruleset, 'INPUT')).toEqual([
      [1, 60],
      [1, 60],
      [0, 0],
    ])
    expect(counters(ruleset, 'A')).toEqual([
      [0, 0],
      [1, 60],
      [0, 0],
    ])
    expect(steps.map((s) => `${s.chain}:${s.rule} ${s.verdict}`)).toEqual([
      'INPUT:1 JUMP A',
      'A:2 RETURN',
      'INPUT:2 GOTO B',
      'INPUT:0 DROP',
    ])
    expect(steps[0]?.text).toBe('-A INPUT -j A')
    expect(ruleset.evaluate(4, 'filter', packet({ proto: 17 }), environment('INPUT'))).toEqual({ kind: 'accept' })
  })

  test('a long chain is walked by destination and counts as if every rule had been looked at', () => {
    const lines = Array.from(
      { length: 200 },
      (_, i) => `-A SERVICES -d 10.96.0.${i}/32 -p tcp -m tcp --dport 80 -j MARK --or-mark 0x${(i + 1).toString(16)}`,
    )
    lines.splice(50, 0, '-A SERVICES -m mark --mark 0x0 -j MARK --or-mark 0x4000')
    lines.push('-A SERVICES -j MARK --or-mark 0x8000')
    const ruleset = load(
      `*nat\n:PREROUTING ACCEPT [0:0]\n:SERVICES - [0:0]\n-A PREROUTING -j SERVICES\n${lines.join('\n')}\nCOMMIT\n`,
    )
    const skb = packet({ dst: '10.96.0.77' })
    ruleset.evaluate(4, 'nat', skb, environment('PREROUTING'))
    expect(skb.mark).toBe(0x4000 | 78 | 0x8000)
    const hit = counters(ruleset, 'SERVICES', 'nat').flatMap(([n], i) => (n === 1 ? [i] : []))
    expect(hit).toEqual([50, 78, 201])
  })

  test('nat targets ask for a translation and end the table', () => {
    const ruleset = load(`*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -p tcp -m addrtype ! --dst-type LOCAL -j DNAT --to-destination 10.0.2.209:8080
COMMIT
`)
    expect(ruleset.evaluate(4, 'nat', packet(), environment('PREROUTING'))).toEqual({
      kind: 'nat',
      request: { manip: 'dst', minAddress: '10.0.2.209', maxAddress: '10.0.2.209', minPort: 8080, maxPort: 8080 },
    })
    expect(ruleset.evaluate(4, 'nat', packet({ dst: '10.0.0.9' }), environment('PREROUTING'))).toEqual({ kind: 'accept' })
  })

  test('statistic splits evenly between the endpoints of a Service', () => {
    const ruleset = load(`*nat
:OUTPUT ACCEPT [0:0]
-A OUTPUT -m statistic --mode random --probability 0.33333333349 -j MARK --set-mark 1
-A OUTPUT -m statistic --mode nth --every 3 --packet 1 -j MARK --set-mark 2
COMMIT
`)
    const env = environment('OUTPUT')
    for (let i = 0; i < 6000; i++) ruleset.evaluate(4, 'nat', packet(), env)
    const [random, nth] = counters(ruleset, 'OUTPUT', 'nat')
    expect(random?.[0]).toBeGreaterThan(1850)
    expect(random?.[0]).toBeLessThan(2150)
    expect(nth?.[0]).toBe(2000)
  })

  test('recent remembers an address for its seconds, and the list lives as long as a rule names it', () => {
    const text = (extra: string) => `*filter
:INPUT ACCEPT [0:0]
:AFFINITY - [0:0]
${extra}COMMIT
`
    const ruleset = load(
      text(
        '-A AFFINITY -m recent --name SEP --rcheck --seconds 10 --reap -j DROP\n-A AFFINITY -m recent --name SEP --set\n-A INPUT -j AFFINITY\n',
      ),
    )
    const at = (now: number) => ruleset.evaluate(4, 'filter', packet(), environment('INPUT', [], now)).kind
    expect([at(0), at(9_000), at(11_000), at(12_000)]).toEqual(['accept', 'drop', 'accept', 'drop'])
    expect([...ruleset.recentLists().keys()]).toEqual(['SEP'])
    load(text(''), WRITER, ruleset)
    expect([...ruleset.recentLists().keys()]).toEqual([])
  })

  test('limit lets its burst through, then its rate', () => {
    const ruleset = load('*filter\n:INPUT DROP [0:0]\n-A INPUT -m limit --limit 1/sec --limit-burst 3 -j ACCEPT\nCOMMIT\n')
    const seen = [0, 0, 0, 0, 1000, 1100].map(
      (now) => ruleset.evaluate(4, 'filter', packet(), environment('INPUT', [], now)).kind,
    )
    expect(seen).toEqual(['accept', 'accept', 'accept', 'drop', 'accept', 'drop'])
  })

  test('nfacct counts beside the rule', () => {
    const ruleset = new Ruleset()
    expect(
      restoreText(ruleset, '*filter\n-A INPUT -m nfacct --nfacct-name x -j DROP\nCOMMIT\n', { family: 4, writer: WRITER }),
    ).toMatchObject({
      ok: false,
      line: 2,
    })
    ruleset.addAccounting('x')
    load('*filter\n-A INPUT -m nfacct --nfacct-name x -j DROP\nCOMMIT\n', WRITER, ruleset)
    ruleset.evaluate(4, 'filter', packet(), environment('INPUT'))
    expect(ruleset.accounting().get('x')).toEqual({ packets: 1, bytes: 60 })
  })
})

describe('restore', () => {
  const loop = '*filter\n:INPUT ACCEPT [0:0]\n:A - [0:0]\n:B - [0:0]\n-A INPUT -j A\n-A A -j B\n-A B -j A\nCOMMIT\n'

  test('refuses loops on both backends and leaves the table as it was', () => {
    for (const [writer, words] of [
      [WRITER, 'Too many links'],
      ['1.8.9/legacy', 'line 8 failed'],
    ] as const) {
      const ruleset = new Ruleset()
      const result = restoreText(ruleset, loop, { family: 4, writer })
      expect(result.ok).toBe(false)
      expect(result.ok ? '' : result.error).toContain(words)
      const backend = writer === WRITER ? 'nft' : 'legacy'
      expect(rules(ruleset, 4, backend, 'filter')).toEqual([])
    }
  })

  test('sees a loop that many small edits close', () => {
    const ruleset = load(
      '*filter\n:INPUT ACCEPT [0:0]\n:A - [0:0]\n:B - [0:0]\n:C - [0:0]\n-A INPUT -j A\n-A A -j B\n-A C -j A\nCOMMIT\n',
    )
    const add = (rule: string) =>
      restoreText(ruleset, `*filter\n-A ${rule}\nCOMMIT\n`, { family: 4, writer: WRITER, noflush: true }).ok
    expect([add('B -p tcp -j ACCEPT'), add('B -j C'), add('B -j B'), add('A -j C')]).toEqual([true, false, false, false])
    // A loop nobody reaches is allowed until somebody does.
    load('*filter\n:X - [0:0]\n:Y - [0:0]\n-A X -j Y\n-A Y -j X\nCOMMIT\n', WRITER, ruleset)
    expect([add('A -j X'), add('B -p udp -j ACCEPT')]).toEqual([false, true])
    expect(rules(ruleset, 4, 'nft', 'filter', 'B').map((rule) => rule.text)).toEqual([
      '-A B -p tcp -j ACCEPT',
      '-A B -p udp -j ACCEPT',
    ])
  })

  test('a chain reached from a new hook is checked for it', () => {
    const ruleset = load(
      '*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n:M - [0:0]\n-A M -j MASQUERADE\n-A POSTROUTING -j M\nCOMMIT\n',
    )
    const add = (rule: string) => restoreText(ruleset, `*nat\n-A ${rule}\nCOMMIT\n`, { family: 4, writer: WRITER, noflush: true })
    expect(add('PREROUTING -j M')).toMatchObject({ ok: false, exit: 4, line: 2 })
    expect(add('POSTROUTING -p tcp -j M')).toEqual({ ok: true })
  })

  test('a table takes effect as a whole or not at all', () => {
    const ruleset = load('*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -s 10.0.0.0/8 -j ACCEPT\nCOMMIT\n')
    const before = ruleset.save()
    const bad = restoreText(ruleset, '*filter\n-F INPUT\n-A INPUT -j DROP\n-A NOPE -j DROP\nCOMMIT\n', {
      family: 4,
      writer: WRITER,
      noflush: true,
    })
    expect(bad).toMatchObject({ ok: false, line: 4, exit: 1 })
    expect(ruleset.save()).toEqual(before)
  })
})

describe('snapshot', () => {
  test('load(save()) is the same, and unchanged chains are shared', () => {
    const ruleset = load(
      '*filter\n:INPUT ACCEPT [7:8]\n:A - [0:0]\n[1:2] -A INPUT -j A\n-A A -m limit --limit 1/sec -j DROP\nCOMMIT\n',
    )
    ruleset.addAccounting('y')
    ruleset.evaluate(4, 'filter', packet(), environment('INPUT'))
    const saved = ruleset.save()
    const other = new Ruleset()
    other.load(JSON.parse(JSON.stringify(saved)))
    expect(other.save()).toEqual(saved)
    load('*filter\n-A A -j RETURN\nCOMMIT\n', WRITER, ruleset)
    const chains = (state: unknown) =>
      (state as { tables: Record<string, { chains: unknown[][] }> }).tables['4/nft/filter']?.chains[0]
    const [input, a] = chains(saved) ?? []
    const [input2, a2] = chains(ruleset.save()) ?? []
    expect(input2).toBe(input)
    expect(a2).not.toBe(a)
  })

  test('packets after load go on where they were', () => {
    const ruleset = load('*filter\n:INPUT DROP [0:0]\n-A INPUT -m statistic --mode nth --every 2 --packet 0 -j ACCEPT\nCOMMIT\n')
    const walk = (set: Ruleset) => set.evaluate(4, 'filter', packet(), environment('INPUT')).kind
    walk(ruleset)
    const copy = new Ruleset()
    copy.load(ruleset.save())
    expect([walk(copy), walk(copy)]).toEqual([walk(ruleset), walk(ruleset)])
  })
})
