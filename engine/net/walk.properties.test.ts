import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { stepped, WalkBench } from './walk.harness.ts'
import type { ConnectionWalk } from './walk.ts'
import { connectionWalk } from './walk-read.ts'

const RULES = readFileSync('test/golden/behaviour/lab.rules', 'utf8')

const HOOKS = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
} as const
type Table = keyof typeof HOOKS

const matches = fc.constantFrom(
  '',
  '-p tcp',
  '-p tcp --dport 8080',
  '! -p udp',
  '-s 10.0.0.0/16',
  '! -d 10.100.0.0/24',
  '-m mark --mark 0x1',
  '-m mark ! --mark 0x4000/0x4000',
  '-m conntrack --ctstate NEW',
  '-m conntrack ! --ctstate RELATED,ESTABLISHED',
  '-m statistic --mode random --probability 0.5',
  '-m statistic --mode nth --every 2 --packet 0',
  '-m limit --limit 1/s --limit-burst 2',
  '-m addrtype --dst-type LOCAL',
)

function target(table: Table) {
  const any = ['', '-j RETURN', '-j ACCEPT', '-j LOG', '-j MY', '-g MY']
  const own = { raw: ['-j NOTRACK'], mangle: ['-j MARK --set-mark 1', '-j MARK --xor-mark 3'], filter: ['-j DROP', '-j REJECT'] }[
    table
  ]
  return fc.constantFrom(...any, ...own)
}

const rule = fc
  .constantFrom<Table>('raw', 'mangle', 'filter')
  .chain((table) => fc.tuple(fc.constant(table), fc.constantFrom(...HOOKS[table], 'MY'), matches, target(table)))
  // MY may not lead into itself.
  .filter(([, chain, , to]) => chain !== 'MY' || !to.endsWith('MY'))

const connection = fc.record({
  from: fc.constantFrom('node', 'client', 'p1', 'p2'),
  to: fc.constantFrom(
    '10.100.0.1:80',
    '10.100.0.3:80',
    '10.100.0.9:80',
    '10.0.2.209:8080',
    '192.168.10.10:30080',
    '10.96.0.10:53',
  ),
})

function make(bench: WalkBench, { from, to }: { readonly from: string; readonly to: string }): ConnectionWalk {
  const [address = '', port = ''] = to.split(':')
  const ns = from === 'node' ? bench.node : from === 'client' ? bench.client : (bench.pods[from] as WalkBench['node'])
  return port === '53' ? bench.udp(ns, address, 53) : bench.tcp(ns, address, Number(port), 1500)
}

it('whatever the rules and the packets: each step of a walk is one count, and each count one step', () => {
  fc.assert(
    fc.property(
      fc.array(rule, { maxLength: 12 }),
      fc.array(connection, { minLength: 1, maxLength: 4 }),
      fc.nat(1000),
      (rules, dials, seed) => {
        const bench = new WalkBench(RULES, seed + 1)
        for (const table of ['raw', 'mangle', 'filter'] as const) bench.add(table, ':MY - [0:0]')
        for (const [table, chain, match, to] of rules) bench.add(table, `-I ${chain} ${match} ${to}`)
        const made = dials.map((dial) => make(bench, dial).connection.id)
        const walks = made.map((id) => connectionWalk(bench.network, id) as ConnectionWalk)
        expect(walks.every((w) => !w.cut)).toBe(true)
        expect(stepped(walks)).toEqual(bench.counted())
        // The n-th packet that a rule counts is told with n.
        const told = new Map<string, number[]>()
        for (const s of walks.flatMap((w) => w.packets).flatMap((p) => p.steps))
          if (s.counters !== undefined) {
            const key = `${s.netns} ${s.table} ${s.chain} ${s.rule}`
            told.set(key, [...(told.get(key) ?? []), s.counters.packets])
          }
        for (const counts of told.values()) expect(counts.sort((a, b) => a - b)).toEqual(counts.map((_, i) => i + 1))
      },
    ),
    { numRuns: 40 },
  )
})

it('every packet of a finished connection has an end, every step a sentence, and a step begins where the one before left off', () => {
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 6 }), connection, fc.nat(1000), (rules, dial, seed) => {
      const bench = new WalkBench(RULES, seed + 1)
      for (const table of ['raw', 'mangle', 'filter'] as const) bench.add(table, ':MY - [0:0]')
      for (const [table, chain, match, to] of rules) bench.add(table, `-I ${chain} ${match} ${to}`)
      make(bench, dial)
      // Whatever waits for ARP has its answer by then.
      bench.clock.advanceTo(bench.clock.now + 5000)
      for (const packet of bench.newest().packets) {
        expect(packet.end).not.toBe('cut')
        packet.steps.forEach((step, i) => {
          expect(step.why.text).toMatch(/^[A-Z0-9"].*\.$/)
          expect(step.why.text).not.toContain('?')
          const previous = packet.steps[i - 1]
          // Only the mark stays behind where a packet leaves its host.
          const { mark: _, ...before } = step.before
          const { mark: __, ...left } = previous?.after ?? previous?.before ?? step.before
          expect(before).toEqual(left)
          for (const [from, to] of step.matched ?? []) expect(step.text?.slice(from, to)).toMatch(/^(! )?-\S/)
        })
      }
    }),
    { numRuns: 40 },
  )
})

it('a walk saved and loaded is the same walk, and goes on', () => {
  const bench = new WalkBench(RULES)
  const walk = bench.tcp(bench.pods['p1'] as WalkBench['node'], '10.100.0.3', 80)
  const state = JSON.parse(JSON.stringify(bench.network.save()))
  expect(bench.network.walk.save()).toBe(bench.network.walk.save())
  bench.network.load(state)
  expect(connectionWalk(bench.network, walk.connection.id)).toEqual(walk)
  expect(JSON.parse(JSON.stringify(bench.network.save()))).toEqual(state)
})
