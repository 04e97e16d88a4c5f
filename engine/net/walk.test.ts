import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseCidr } from '../base/ip.ts'
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

describe('connections that fail', () => {
  it('no endpoints: REJECT answers, and the answer is tied to its packet', () => {
    const bench = new WalkBench(RULES)
    const walk = bench.tcp(bench.node, '10.100.0.9', 80)
    expect(labels(walk)).toEqual(['> SYN: rejected', '< ICMP port unreachable: delivered'])
    expect(packet(walk, 2).answers).toBe(1)
    expect(last(packet(walk, 1))).toMatchObject({
      table: 'filter',
      chain: 'KUBE-SERVICES',
      rule: 1,
      verdict: 'REJECT icmp-port-unreachable',
    })
    expect(walk.connection.result).toBe('refused')
    expect(walk.conclusion.text).toBe(
      'Rejected on node node: KUBE-SERVICES rule 1 answered with icmp-port-unreachable; the destination is 10.100.0.9, it is TCP and the destination port is 80.',
    )
    countersHold(bench, walk)
  })

  it('REJECT with a reset, for a pod’s packet: the RST goes back through the node’s hooks', () => {
    const bench = new WalkBench(RULES)
    bench.add('filter', '-I FORWARD -p tcp --dport 8080 -j REJECT --reject-with tcp-reset')
    const walk = bench.tcp(bench.pods['p1'] as WalkBench['node'], '10.0.2.209', 8080)
    expect(labels(walk)).toEqual(['> SYN: rejected', '< RST,ACK: delivered'])
    expect(packet(walk, 2).answers).toBe(1)
    expect(packet(walk, 2).steps[0]).toMatchObject({ kind: 'socket', place: { name: 'node' }, why: { code: 'socket.answers' } })
    expect(walk.connection.result).toBe('refused')
    expect(walk.conclusion).toMatchObject({ code: 'end.rejected', values: { rule: 'FORWARD rule 1', with: 'tcp-reset' } })
    countersHold(bench, walk)
  })

  it('REJECT behind a Service: the answer belongs to the flow, and the entry translates it back', () => {
    const bench = new WalkBench(RULES)
    bench.add('filter', '-I FORWARD -p tcp --dport 8080 -j REJECT --reject-with tcp-reset')
    const walk = bench.tcp(bench.pods['p2'] as WalkBench['node'], '10.100.0.1', 80)
    expect(labels(walk)).toEqual(['> SYN: rejected', '< RST,ACK: delivered'])
    const rst = packet(walk, 2)
    expect(rst.steps.find((s) => s.kind === 'conntrack')?.why.code).toBe('ct.related')
    expect(rst.steps.find((s) => s.kind === 'nat')).toMatchObject({
      hook: 'POSTROUTING',
      before: { src: '10.0.1.122', sport: 8080 },
      after: { src: '10.100.0.1', sport: 80 },
    })
    expect(walk.connection.result).toBe('refused')
    countersHold(bench, walk)
  })

  it('a DROP rule: silence, and the SYN goes again', () => {
    const bench = new WalkBench(RULES)
    bench.add('filter', '-I OUTPUT -d 10.0.1.122 -j DROP')
    const walk = bench.tcp(bench.node, '10.100.0.1', 80, 3500)
    expect(labels(walk)).toEqual(['> SYN: dropped', '> SYN: dropped', '> SYN: dropped'])
    expect(walk.packets.map((p) => p.time - packet(walk, 1).time)).toEqual([0, 1000, 3000])
    expect(last(packet(walk, 1))).toMatchObject({ chain: 'OUTPUT', rule: 1, verdict: 'DROP', before: { dst: '10.0.1.122' } })
    expect(walk.conclusion.text).toBe(
      'Dropped on node node by OUTPUT rule 1; nobody was told; the destination is 10.0.1.122 and it was sent 3 times.',
    )
    countersHold(bench, walk)
  })

  it('externalTrafficPolicy Local without a local endpoint: dropped for a client outside', () => {
    const bench = new WalkBench(RULES)
    const walk = bench.tcp(bench.client, '192.168.10.10', 30091, 500, '203.0.113.77')
    expect(last(packet(walk, 1))).toMatchObject({
      hook: 'INPUT',
      table: 'filter',
      chain: 'KUBE-EXTERNAL-SERVICES',
      verdict: 'DROP',
    })
    expect(walk.conclusion.code).toBe('end.dropped')
    countersHold(bench, walk)
  })

  it('nothing listens: the packet arrives, the kernel’s RST answers it', () => {
    const bench = new WalkBench(RULES)
    const walk = bench.tcp(bench.node, '10.100.0.11', 80)
    expect(labels(walk)).toEqual(['> SYN: delivered', '< RST,ACK: delivered'])
    expect(last(packet(walk, 1))?.why.code).toBe('deliver.closed')
    expect(packet(walk, 2).answers).toBe(1)
    expect(walk.conclusion.text).toContain('Refused: the packet reached pod demo/p1, where nothing listens on port 9999')
    countersHold(bench, walk)
  })

  it('a full conntrack table: dropped before any rule of nat', () => {
    const bench = new WalkBench(RULES)
    const one = bench.tcp(bench.node, '10.100.0.1', 80)
    bench.node.setSysctl('net.netfilter.nf_conntrack_max', '1')
    const walk = bench.tcp(bench.node, '10.100.0.1', 80, 500)
    expect(last(packet(walk, 1))).toMatchObject({ kind: 'drop', hook: 'OUTPUT', why: { code: 'ct.full' } })
    expect(walk.conclusion.text).toBe('Lost on node node; the conntrack table is full: the packet is dropped.')
    countersHold(bench, one, walk)
  })

  it('a routing loop: round and round until the time to live is used up', () => {
    const bench = new WalkBench(RULES)
    const { node, client } = bench
    const route = node.routes.find((r) => r.via === '192.168.10.20')
    const dst = parseCidr('10.77.0.0/16')
    if (route === undefined || dst === undefined) throw new Error('no route to copy')
    client.setSysctl('net.ipv4.ip_forward', '1')
    node.addRoute({ ...route, dst })
    const walk = bench.tcp(bench.pods['p1'] as WalkBench['node'], '10.77.0.1', 80, 500)
    const syn = packet(walk, 1)
    expect(syn.end).toBe('expired')
    expect(syn.steps.filter((s) => s.why.code === 'route.forward')).toHaveLength(63)
    expect(last(syn)).toMatchObject({ kind: 'drop', before: { ttl: 1 }, why: { code: 'drop.ttl' } })
    expect(packet(walk, 2)).toMatchObject({ label: 'ICMP time exceeded', answers: 1, end: 'delivered' })
    expect(walk.conclusion.code).toBe('end.expired')
    countersHold(bench, walk)
  })

  it('nowhere to go: no packet left, and that is said', () => {
    const bench = new WalkBench(RULES)
    bench.node.setRoutes([])
    const walk = bench.tcp(bench.node, '203.0.113.1', 80)
    expect(walk.packets).toEqual([])
    expect(walk.conclusion.text).toBe('No packet left; no route leads to 203.0.113.1.')
  })

  it('forwarding switched off: the packet ends at the node', () => {
    const bench = new WalkBench(RULES)
    bench.node.setSysctl('net.ipv4.ip_forward', '0')
    const walk = bench.tcp(bench.pods['p1'] as WalkBench['node'], '10.100.0.3', 80, 500)
    expect(last(packet(walk, 1))?.why.code).toBe('drop.forward')
    expect(walk.conclusion.code).toBe('end.lost')
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
