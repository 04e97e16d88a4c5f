import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../base/json.ts'
import { Dice } from '../../clock/dice.ts'
import type { Packet, Skb } from '../packet.ts'
import { deviceMatches } from './device.ts'
import type { HookEnv, TableVerdict } from './env.ts'
import { findMatcher } from './matchers/registry.ts'
import { restoreText } from './restore.ts'
import type { Filter, Rule } from './rule.ts'
import { Ruleset } from './ruleset.ts'
import { findTarget } from './targets/registry.ts'

const WRITER = '1.8.9/nft'
const parse = (address: string) => address.split('.').reduce((value, part) => value * 256 + Number(part), 0)

/** ipt_do_table, rule by rule, with nothing prepared: what the engine's walk must be like. */
class PlainWalk {
  readonly counters = new Map<string, number>()
  readonly steps: string[] = []
  private readonly memory = new Map<string, Json>()
  private readonly ruleset: Ruleset

  constructor(ruleset: Ruleset) {
    this.ruleset = ruleset
  }

  private header(filter: Filter, { packet, iif, oif }: Skb): boolean {
    const inside = (address: string, net: string) => {
      const [base = '', bits] = net.split('/')
      const size = 2 ** (32 - Number(bits))
      return Math.floor(parse(address) / size) === Math.floor(parse(base) / size)
    }
    const holds = (wanted: boolean, invert: boolean | undefined) => wanted !== (invert === true)
    return (
      (filter.proto === undefined || holds(packet.proto === filter.proto, filter.protoInv)) &&
      (filter.dst === undefined || holds(inside(packet.dst, filter.dst), filter.dstInv)) &&
      (filter.src === undefined || holds(inside(packet.src, filter.src), filter.srcInv)) &&
      (filter.iif === undefined || holds(deviceMatches(filter.iif, iif), filter.iifInv)) &&
      (filter.oif === undefined || holds(deviceMatches(filter.oif, oif), filter.oifInv))
    )
  }

  private matches(rule: Rule, where: string, skb: Skb, hook: HookEnv): boolean {
    if (!this.header(rule.filter, skb)) return false
    return rule.matches.every((data, i) => {
      const key = `${where}/${i}`
      const memory = { get: () => this.memory.get(key), set: (value: Json) => this.memory.set(key, value) }
      return (
        findMatcher(data.ext)?.matches?.(data, skb, { hook, family: 4, table: 'filter', memory, shared: this.ruleset }) === true
      )
    })
  }

  private count(key: string): void {
    this.counters.set(key, (this.counters.get(key) ?? 0) + 1)
  }

  run(skb: Skb, hook: HookEnv): TableVerdict {
    const chains = this.ruleset.table(4, 'nft', 'filter')?.chains
    const stack: [string, number][] = []
    let name: string = hook.hook
    for (let at = 0; ; at++) {
      const rule = chains?.get(name)?.rules[at]
      const ended = rule === undefined
      if (!ended && !this.matches(rule, `${name}/${at}`, skb, hook)) continue
      if (!ended) this.count(`${name}/${at}`)
      const target = rule?.target
      if (ended || (target?.kind === 'verdict' && target.name === 'RETURN')) {
        if (!ended) this.steps.push(`${name}/${at + 1}`)
        const back = stack.pop()
        if (back === undefined) {
          this.steps.push(`${hook.hook}/0`)
          return { kind: chains?.get(hook.hook)?.policy === 'DROP' ? 'drop' : 'accept' }
        }
        if (ended) this.steps.push(`${name}/0`)
        ;[name, at] = back
        continue
      }
      this.steps.push(`${name}/${at + 1}`)
      if (target?.kind === 'verdict') return { kind: target.name === 'DROP' ? 'drop' : 'accept' }
      if (target?.kind === 'jump' || target?.kind === 'goto') {
        if (target.kind === 'jump') stack.push([name, at])
        name = target.chain
        at = -1
      } else if (target !== undefined) {
        const memory = { get: () => undefined, set: () => {} }
        const env = { hook, family: 4 as const, table: 'filter' as const, memory, shared: this.ruleset }
        findTarget(target.data.ext)?.act?.(target.data, skb, env)
      }
    }
  }
}

const host = fc.integer({ min: 0, max: 11 }).map((n) => `10.0.0.${n}`)
const not = (text: string) => fc.boolean().map((invert) => (invert ? `! ${text}` : text))
const sometimes = (part: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 3, arbitrary: part })
const port = fc.integer({ min: 80, max: 84 })
const ports = fc.oneof(
  port.chain((n) => not(`--dport ${n}`)),
  port.map((n) => `--dport ${n}:${n + 2}`),
  port.map((n) => `--sport ${n}`),
)
/** Matches that draw, count or remember, among those that only look: none may be asked once too often, or too seldom. */
const match = fc.oneof(
  fc.constant('-m comment --comment x'),
  fc.integer({ min: 0, max: 2 }).chain((n) => not(`--mark ${n}`).map((text) => `-m mark ${text}`)),
  fc.constant('-m statistic --mode random --probability 0.5'),
  fc.constant('-m statistic --mode nth --every 2 --packet 0'),
  fc.constant('-m limit --limit 1/sec --limit-burst 2'),
  fc.constant('-m recent --name list --set'),
  fc.constant('-m recent --name list --rcheck'),
  fc.constant('-m addrtype --dst-type LOCAL'),
  fc.constant('-m nfacct --nfacct-name n'),
)
const jump = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom('ACCEPT', 'DROP', 'RETURN') },
  { weight: 5, arbitrary: fc.constantFrom('A', 'B', 'MARK --set-mark 1', 'MARK --xor-mark 3') },
)
const rule = fc
  .record({
    src: sometimes(fc.tuple(host, fc.constantFrom('32', '32', '30')).chain(([a, bits]) => not(`-s ${a}/${bits}`))),
    dst: sometimes(fc.tuple(host, fc.constantFrom('32', '32', '32', '30')).chain(([a, bits]) => not(`-d ${a}/${bits}`))),
    device: sometimes(fc.constantFrom('-i eth0', '! -i eth0', '-i eth+', '-i lo')),
    proto: sometimes(fc.tuple(fc.constantFrom('tcp', 'udp'), ports).map(([p, text]) => `-p ${p} -m ${p} ${text}`)),
    before: sometimes(match),
    after: sometimes(match),
    target: fc.option(jump, { nil: undefined }),
  })
  .map(({ src, dst, device, proto, before, after, target }) =>
    [src, dst, device, before, proto, after, target === undefined ? '' : `-j ${target}`].filter((word) => word !== '').join(' '),
  )
/** Short chains, and such as are long enough to be indexed. */
const rulesOf = (most: number) =>
  fc.constantFrom(0, 30).chain((least) => fc.array(rule, { minLength: least, maxLength: Math.max(least, most), size: 'max' }))
/** A goes on to B; neither comes back to where it was called from in a circle. */
const text = fc.record({ input: rulesOf(60), a: rulesOf(60), b: rulesOf(30) }).map(({ input, a, b }) => {
  const line = (chain: string, allowed: RegExp) => (body: string) =>
    `-A ${chain} ${allowed.test(body) ? body : body.replace(/-j [AB]$/, '')}`
  return [
    '*filter\n:INPUT DROP [0:0]\n:A - [0:0]\n:B - [0:0]',
    ...input.map(line('INPUT', /./)),
    ...a.map(line('A', /(?<!-j A)$/)),
    ...b.map(line('B', /(?<!-j [AB])$/)),
    'COMMIT\n',
  ].join('\n')
})
const packets = fc.array(
  fc.record({
    src: host,
    dst: host,
    proto: fc.constantFrom(6, 17, 1),
    sport: port,
    dport: port,
    iif: fc.constantFrom('eth0', 'lo'),
  }),
  { minLength: 1, maxLength: 25 },
)

function skbOf({ iif, ...fields }: { iif: string; src: string; dst: string; proto: number; sport: number; dport: number }): Skb {
  const { sport, dport, ...header } = fields
  const packet: Packet = {
    family: 4,
    ttl: 64,
    tos: 0,
    length: 60,
    id: 0,
    payload: '',
    ...header,
    ...(header.proto === 1 ? { icmp: { type: 8, code: 0 } } : { sport, dport }),
  }
  return { packet, mark: 0, iif, oif: undefined, ct: undefined }
}

function environment(now: number, dice: Dice, steps: string[], stepping: boolean): HookEnv {
  return {
    netns: 'n',
    hook: 'INPUT',
    now,
    dice,
    addrType: (address) => (address === '10.0.0.9' ? 'LOCAL' : 'UNICAST'),
    log: () => {},
    nflog: () => {},
    stepping,
    step: (step) => steps.push(`${step.chain}/${step.rule}`),
  }
}

function load(rules: string): Ruleset {
  const ruleset = new Ruleset()
  ruleset.addAccounting('n')
  expect(restoreText(ruleset, rules, { family: 4, writer: WRITER })).toEqual({ ok: true })
  return ruleset
}

describe('the walk of indexed chains', () => {
  test('is the plain walk: verdicts, marks, counters, steps, dice and lists, for any rules and packets', () => {
    fc.assert(
      fc.property(text, packets, fc.boolean(), (rules, sent, stepping) => {
        const indexed = load(rules)
        const plain = new PlainWalk(load(rules))
        const dice = [new Dice('x'), new Dice('x')] as const
        const steps: string[] = []
        sent.forEach((fields, i) => {
          const a = skbOf(fields)
          const b = skbOf(fields)
          const seen = indexed.evaluate(4, 'filter', a, environment(i * 300, dice[0], steps, stepping))
          expect(seen.kind).toBe(plain.run(b, environment(i * 300, dice[1], [], false)).kind)
          expect(a.mark).toBe(b.mark)
        })
        expect(dice[0].save()).toEqual(dice[1].save())
        if (stepping) expect(steps).toEqual(plain.steps)
        for (const chain of indexed.table(4, 'nft', 'filter')?.chains.values() ?? [])
          chain.rules.forEach((_, at) => {
            expect(chain.packetsOf(at)).toBe(plain.counters.get(`${chain.name}/${at}`) ?? 0)
          })
        const other = plain['ruleset']
        expect(indexed.accounting()).toEqual(other.accounting())
        expect(indexed.recentLists()).toEqual(other.recentLists())
      }),
      { numRuns: 80, seed: 4 },
    )
  })

  test('meets a handful of ten thousand rules', () => {
    const services = 10_000
    const address = (n: number) => `10.96.${n >> 8}.${n & 255}`
    const lines = Array.from({ length: services }, (_, n) => `-A SERVICES -d ${address(n)}/32 -p tcp -m tcp --dport 80 -j ACCEPT`)
    const ports = Array.from({ length: 2000 }, (_, n) => `-A PORTS -p tcp -m tcp --dport ${30000 + n} -j ACCEPT`)
    const ruleset = load(
      [
        '*filter',
        ':INPUT ACCEPT [0:0]',
        ':SERVICES - [0:0]',
        ':PORTS - [0:0]',
        '-A INPUT -j SERVICES',
        '-A INPUT -j PORTS',
        ...lines,
        ...ports,
        'COMMIT',
        '',
      ].join('\n'),
    )
    const send = (dst: string, dport: number) =>
      ruleset.evaluate(
        4,
        'filter',
        skbOf({ src: '10.0.0.1', dst, proto: 6, sport: 1000, dport, iif: 'eth0' }),
        environment(0, new Dice(1), [], false),
      )
    const rounds = 2000
    for (let i = 0; i < rounds; i++) {
      send(address((i * 7) % services), 80)
      send('192.0.2.1', 30000 + (i % 2000))
    }
    const table = ruleset.table(4, 'nft', 'filter')
    const total = (name: string) => table?.chains.get(name)?.packets.reduce((sum, n) => sum + n, 0)
    expect([total('SERVICES'), total('PORTS')]).toEqual([rounds, rounds])
    // Rules made ready to be run: only those that some packet could match, not what stood before them.
    const ready = (name: string) => table?.chains.get(name)?.compiled?.rules.filter((rule) => rule !== undefined).length
    expect([ready('SERVICES'), ready('PORTS')]).toEqual([rounds, rounds])
  })
})
