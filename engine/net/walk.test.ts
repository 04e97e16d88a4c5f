import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { rulesOf, stations, stepAt, stepped, WalkBench } from './walk.harness.ts'
import type { ConnectionWalk, WalkPacket } from './walk.ts'
import { ruleHits } from './walk-read.ts'

const RULES = readFileSync('test/golden/behaviour/lab.rules', 'utf8')

const labels = (walk: ConnectionWalk) => walk.packets.map((p) => `${p.direction === 'original' ? '>' : '<'} ${p.label}: ${p.end}`)
const packet = (walk: ConnectionWalk, nr: number) => walk.packets[nr - 1] as WalkPacket
const last = (p: WalkPacket) => p.steps.at(-1)
/** Every rule and policy counted as often as it stands in the walks, and the last count told is the count there is. */
function countersHold(bench: WalkBench, ...walks: readonly ConnectionWalk[]): void {
  expect(stepped(walks)).toEqual(bench.counted())
}

describe('a plain connection: the node asks a ClusterIP', () => {
  const bench = new WalkBench(RULES)
  const walk = bench.tcp(bench.node, '10.100.0.1', 80)

  it('keeps every packet apart, with its direction and its end', () => {
    expect(labels(walk)).toEqual([
      '> SYN: delivered',
      '< SYN,ACK: delivered',
      '> ACK: delivered',
      expect.stringMatching(/^< data \d+ bytes: delivered$/),
      '> ACK: delivered',
      '> data 2 bytes: delivered',
      '< ACK: delivered',
      '< data 2 bytes: delivered',
      '> FIN,ACK: delivered',
      '< FIN,ACK: delivered',
      '> ACK: delivered',
    ])
    expect(walk.connection).toMatchObject({
      command: 'a test',
      shell: 't',
      result: 'connected',
      packets: 11,
      from: { place: { kind: 'node', name: 'node' }, address: '192.168.10.10' },
      backend: { place: { kind: 'pod', name: 'demo/p1' }, address: '10.0.1.122', port: 8080 },
    })
    expect(walk.cut).toBe(false)
  })

  it('goes through the hooks in the kernel’s order, asks nat once and then routes again', () => {
    expect(stations(packet(walk, 1))).toEqual([
      'socket',
      'route',
      'OUTPUT conntrack',
      'OUTPUT mangle',
      'OUTPUT nat',
      'route',
      'OUTPUT filter',
      'POSTROUTING mangle',
      'POSTROUTING nat',
      'POSTROUTING conntrack',
      'device',
      'route',
      'deliver',
    ])
    expect(rulesOf(packet(walk, 1), 'nat')).toEqual([
      'nat OUTPUT:1',
      'nat KUBE-SERVICES:4',
      'nat KUBE-SVC-JDPCBXXKFYAPKTWS:2',
      'nat KUBE-SEP-FEWVA6P3YSWINNFM:2',
      'nat POSTROUTING:1',
      'nat KUBE-POSTROUTING:1',
    ])
  })

  it('shows what the DNAT rule changed in its own step, and why it matched', () => {
    const dnat = stepAt(packet(walk, 1), 'KUBE-SEP-FEWVA6P3YSWINNFM', 2)
    expect([dnat.before.dst, dnat.before.dport, dnat.after?.dst, dnat.after?.dport]).toEqual([
      '10.100.0.1',
      80,
      '10.0.1.122',
      8080,
    ])
    expect(dnat.verdict).toBe('DNAT 10.0.1.122:8080')
    expect(dnat.counters).toEqual({ packets: 1, bytes: 60 })
    expect(dnat.entry).toMatchObject({
      state: 'NEW',
      reply: { src: '10.0.1.122', sport: 8080 },
      status: ['DST_NAT', 'DST_NAT_DONE'],
    })
    expect(dnat.why.text).toBe('It is TCP: its destination becomes 10.0.1.122:8080, and the entry keeps that for the whole flow.')
    const jump = stepAt(packet(walk, 1), 'KUBE-SERVICES', 4)
    expect(jump.matched?.map(([from, to]) => jump.text?.slice(from, to))).toEqual([
      '-d 10.100.0.1/32',
      '-p tcp',
      '-m tcp --dport 80',
    ])
    expect(jump.why.because?.map((b) => b.code)).toEqual(['match.dst.is', 'match.proto', 'match.dport'])
  })

  it('has later packets answered by the entry, replies translated back', () => {
    expect(rulesOf(packet(walk, 3), 'nat')).toEqual([])
    expect(packet(walk, 3).steps.find((s) => s.kind === 'nat')?.why.text).toBe(
      'Not the first packet of its flow: the entry answers, the rules of the nat table are not asked; its destination becomes 10.0.1.122:8080.',
    )
    const back = packet(walk, 2).steps.find((s) => s.kind === 'nat')
    expect([back?.hook, back?.before.src, back?.after?.src, back?.after?.sport]).toEqual([
      'INPUT',
      '10.0.1.122',
      '10.100.0.1',
      80,
    ])
    expect(back?.why.code).toBe('nat.reply')
  })

  it('ends in one sentence, and agrees with the counters', () => {
    expect(walk.conclusion.text).toBe(
      'Delivered: 10.0.1.122:8080 of pod demo/p1 answered; KUBE-SEP-FEWVA6P3YSWINNFM rule 2 gave it the destination 10.0.1.122:8080.',
    )
    countersHold(bench, walk)
  })

  it('is found by the rules it hit', () => {
    const query = { node: 'node', table: 'nat', chain: 'KUBE-SVC-JDPCBXXKFYAPKTWS' } as const
    const hits = ruleHits(bench.network, query)
    expect(hits.map((h) => [h.packet, h.rule])).toEqual([[1, 2]])
    expect(packet(walk, hits[0]?.packet ?? 0).steps[hits[0]?.step ?? 0]?.chain).toBe(query.chain)
    expect(ruleHits(bench.network, { ...query, rule: 1 })).toEqual([])
    expect(ruleHits(bench.network, { ...query, node: 'client' })).toEqual([])
    expect(ruleHits(bench.network, { ...query, backend: 'legacy' })).toEqual([])
  })
})

describe('a masqueraded connection: a pod asks a Service of three', () => {
  const bench = new WalkBench(RULES, 3)
  const walk = bench.tcp(bench.pods['p1'] as WalkBench['node'], '10.100.0.3', 80)

  it('says who had it marked and why, what the dice did, and which source the backend sees', () => {
    const syn = packet(walk, 1)
    const masq = stepAt(syn, 'KUBE-POSTROUTING', 3)
    expect([masq.before.src, masq.after?.src]).toEqual(['10.0.1.122', '192.168.10.10'])
    expect(stepAt(syn, 'KUBE-MARK-MASQ', 1)).toMatchObject({ before: { mark: 0 }, after: { mark: 0x4000 } })
    expect(stepAt(syn, 'KUBE-POSTROUTING', 2)).toMatchObject({ before: { mark: 0x4000 }, after: { mark: 0 } })
    expect(walk.connection.sourceSeen?.address).toBe('192.168.10.10')
    const [dnat, snat, marked] = walk.conclusion.because ?? []
    expect(dnat?.code).toBe('fact.dnat')
    expect(snat?.text).toBe('KUBE-POSTROUTING rule 3 made 192.168.10.10 its source')
    expect(marked?.text).toBe(
      'KUBE-SVC-NRIPR4V3EL4HGZSH rule 1 had it marked (the source 10.0.1.122 is outside 192.168.10.0/24, the destination is 10.100.0.3, it is TCP and the destination port is 80)',
    )
    countersHold(bench, walk)
  })

  it('tells of every draw: the one that chose, and those that passed the packet over', () => {
    const draws = new Set<string>()
    for (let seed = 1; seed <= 20; seed++) {
      const each = new WalkBench(RULES, seed)
      const syn = packet(each.tcp(each.node, '10.100.0.3', 80), 1)
      const chosen = syn.steps.find((s) => s.chain === 'KUBE-SVC-NRIPR4V3EL4HGZSH' && s.verdict?.startsWith('JUMP KUBE-SEP'))
      const because = chosen?.why.because ?? []
      draws.add(`${chosen?.rule}: ${because.map((b) => b.code).join(' ')}`)
      for (const { code, values } of because) {
        const below = Number(values['drawn']) < Number(values['probability'])
        if (code === 'match.chance') expect(below).toBe(true)
        if (code === 'passed.chance') expect(below).toBe(false)
      }
    }
    expect([...draws].sort()).toEqual(['2: match.chance', '3: passed.chance match.chance', '4: passed.chance passed.chance'])
  })
})

describe('where a chain leads back to', () => {
  it('RETURN in a base chain leaves it to the policy, in another it goes back to the last jump; GOTO leaves no way back', () => {
    const bench = new WalkBench(RULES)
    bench.add(
      'mangle',
      ':ONE - [0:0]',
      ':TWO - [0:0]',
      '-A OUTPUT -j ONE',
      '-A ONE -g TWO',
      '-A OUTPUT -p tcp -j RETURN',
      '-A OUTPUT -j DROP',
    )
    const walk = bench.tcp(bench.node, '10.100.0.1', 80)
    const mangle = packet(walk, 1).steps.filter((s) => s.table === 'mangle' && s.hook === 'OUTPUT')
    expect(mangle.map((s) => `${s.chain}:${s.rule} ${s.why.code}`)).toEqual([
      'OUTPUT:1 rule.jump',
      'ONE:1 rule.goto',
      'TWO:0 chain.empty',
      'OUTPUT:2 rule.return.base',
      'OUTPUT:0 policy.rest',
    ])
    countersHold(bench, walk)
  })
})

describe('session affinity', () => {
  it('notes the client the first time, and knows it the second', () => {
    const bench = new WalkBench(RULES)
    const because = (walk: ConnectionWalk) =>
      packet(walk, 1)
        .steps.flatMap((s) => s.why.because ?? [])
        .filter((b) => b.code.startsWith('match.recent'))
    const first = bench.tcp(bench.node, '10.100.0.6', 443)
    expect(because(first).map((b) => b.code)).toEqual(['match.recent.set'])
    bench.clock.advanceTo(bench.clock.now + 90_000)
    const second = bench.tcp(bench.node, '10.100.0.6', 443)
    expect(second.connection.backend?.address).toBe(first.connection.backend?.address)
    const [known] = because(second)
    expect(known?.text).toMatch(/^the list KUBE-SEP-\w+ has 192\.168\.10\.10, seen 90 s ago$/)
    countersHold(bench, first, second)
  })
})

describe('pod to pod, and a pod to itself', () => {
  it('plain: forwarded by the node, translated by nobody', () => {
    const bench = new WalkBench(RULES)
    const walk = bench.tcp(bench.pods['p1'] as WalkBench['node'], '10.0.2.209', 8080)
    expect(stations(packet(walk, 1)).filter((s) => s.startsWith('FORWARD') || s.startsWith('PRE'))).toEqual([
      'PREROUTING conntrack',
      'PREROUTING mangle',
      'PREROUTING nat',
      'FORWARD mangle',
      'FORWARD filter',
    ])
    const forward = packet(walk, 1).steps.find((s) => s.why.code === 'route.forward')
    expect([forward?.before.ttl, forward?.after?.ttl, forward?.device]).toEqual([64, 63, 'lxc_p2'])
    expect(walk.packets.every((p) => p.steps.every((s) => s.after === undefined || s.after.src === s.before.src))).toBe(true)
    expect(walk.conclusion.text).toBe('Delivered: 10.0.2.209:8080 of pod demo/p2 answered; no address was changed on the way.')
    countersHold(bench, walk)
  })

  it('hairpin: KUBE-SEP marks it because the source is the endpoint itself', () => {
    const bench = new WalkBench(RULES)
    const p1 = bench.pods['p1'] as WalkBench['node']
    const walk = bench.tcp(p1, '10.100.0.1', 80)
    expect(rulesOf(packet(walk, 1), 'nat')).toContain('nat KUBE-SEP-FEWVA6P3YSWINNFM:1')
    expect(walk.connection).toMatchObject({ result: 'connected', backend: { place: { name: 'demo/p1' } } })
    expect(walk.connection.sourceSeen?.address).toBe('192.168.10.10')
    expect(walk.packets.map((p) => p.direction).slice(0, 3)).toEqual(['original', 'reply', 'original'])
    const places = [...new Set(packet(walk, 1).steps.map((s) => s.place.name))]
    expect(places).toEqual(['demo/p1', 'node'])
    countersHold(bench, walk)
  })
})

describe('from outside, and datagrams', () => {
  it('NodePort: the client’s source is replaced, the reply translated back on both ends', () => {
    const bench = new WalkBench(RULES)
    const walk = bench.tcp(bench.client, '192.168.10.10', 30080, 500, '203.0.113.77')
    expect(walk.connection).toMatchObject({ result: 'connected', sourceSeen: { address: '192.168.10.10' } })
    expect(rulesOf(packet(walk, 1), 'nat')).toEqual(
      expect.arrayContaining(['nat KUBE-NODEPORTS:1', 'nat KUBE-EXT-3FI5PGKAZJQCM3EG:1', 'nat KUBE-POSTROUTING:3']),
    )
    const back = packet(walk, 2).steps.filter((s) => s.why.code === 'nat.reply')
    expect(back.map((s) => [s.hook, s.after?.src, s.after?.dst])).toEqual([
      ['PREROUTING', '10.0.1.122', '203.0.113.77'],
      ['POSTROUTING', '192.168.10.10', '203.0.113.77'],
    ])
    expect(last(packet(walk, 2))?.place.name).toBe('client')
    countersHold(bench, walk)
  })

  it('a DNS question over UDP, and its answer', () => {
    const bench = new WalkBench(RULES)
    const walk = bench.udp(bench.pods['p2'] as WalkBench['node'], '10.96.0.10', 53)
    expect(labels(walk)).toEqual(['> UDP 8 bytes: delivered', '< UDP 8 bytes: delivered'])
    expect(walk.connection).toMatchObject({ proto: 'udp', result: 'connected' })
    expect(walk.conclusion.text).toContain('Delivered: 10.0.0.161:53 of pod demo/dns answered')
    countersHold(bench, walk)
  })

  it('a datagram nobody takes: port unreachable, translated back inside', () => {
    const bench = new WalkBench(RULES)
    const walk = bench.udp(bench.node, '192.168.10.20', 999)
    expect(labels(walk)).toEqual(['> UDP 8 bytes: delivered', '< ICMP port unreachable: delivered'])
    expect(packet(walk, 2).answers).toBe(1)
    expect(walk.connection.result).toBe('refused')
    expect(walk.conclusion.code).toBe('end.refused')
    countersHold(bench, walk)
  })
})
