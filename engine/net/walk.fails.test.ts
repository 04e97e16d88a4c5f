import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseCidr } from '../base/ip.ts'
import { stepped, WalkBench } from './walk.harness.ts'
import type { ConnectionWalk, WalkPacket } from './walk.ts'

const RULES = readFileSync('test/golden/behaviour/lab.rules', 'utf8')

const labels = (walk: ConnectionWalk) => walk.packets.map((p) => `${p.direction === 'original' ? '>' : '<'} ${p.label}: ${p.end}`)
const packet = (walk: ConnectionWalk, nr: number) => walk.packets[nr - 1] as WalkPacket
const last = (p: WalkPacket) => p.steps.at(-1)
/** Every rule and policy counted as often as it stands in the walks, and the last count told is the count there is. */
function countersHold(bench: WalkBench, ...walks: readonly ConnectionWalk[]): void {
  expect(stepped(walks)).toEqual(bench.counted())
}

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

it('the answer is dropped on its way back: said so, with the rule', () => {
  const bench = new WalkBench(RULES)
  bench.add('filter', '-I FORWARD -p tcp --sport 8080 -j DROP')
  const walk = bench.tcp(bench.pods['p1'] as WalkBench['node'], '10.0.2.209', 8080, 500)
  expect(labels(walk)).toEqual(['> SYN: delivered', '< SYN,ACK: dropped'])
  expect(walk.conclusion.text).toBe(
    'The packet reached 10.0.2.209:8080 of pod demo/p2, but the answer was lost on node node; FORWARD rule 1 dropped it (it is TCP and the source port is 8080) and no address was changed on the way.',
  )
  countersHold(bench, walk)
})

it('data is dropped after the handshake: delivered, and what did not arrive is named', () => {
  const bench = new WalkBench(RULES)
  bench.add('filter', '-I FORWARD -p tcp --sport 8080 -m length --length 100: -j DROP')
  const walk = bench.tcp(bench.pods['p1'] as WalkBench['node'], '10.0.2.209', 8080, 500)
  expect(walk.connection.result).toBe('connected')
  expect(walk.conclusion.text).toMatch(
    /^Delivered: .*; no address was changed on the way and packet 4, data \d+ bytes, did not arrive \(FORWARD rule 1 dropped it \(.*"-m length --length 100:65535" holds\)\)\.$/,
  )
  countersHold(bench, walk)
})

it('two flows that would look alike: the second is lost where its entry should go into the table', () => {
  const bench = new WalkBench(RULES)
  bench.add('nat', '-I POSTROUTING -p tcp -j MASQUERADE --to-ports 5000')
  const open = { dst: '10.0.2.209', port: 8080, uid: 0, origin: { command: 'first', shell: 't' } }
  bench.pods['p1']?.ip.connectTcp(open)
  const first = bench.newest()
  const second = bench.tcp(bench.pods['p3'] as WalkBench['node'], '10.0.2.209', 8080, 500)
  expect(first.connection.result).toBe('connected')
  expect(last(packet(second, 1))).toMatchObject({ kind: 'drop', hook: 'POSTROUTING', why: { code: 'ct.clash' } })
  expect(second.conclusion.text).toBe(
    "Lost on node node; another flow has taken the entry's place meanwhile: the packet is dropped.",
  )
  countersHold(bench, first, second)
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

it('a ping that nobody answers, and one that hears why', () => {
  const bench = new WalkBench(RULES)
  const ping = (dst: string) => {
    const s = bench.node.ip.openPing({ uid: 0, origin: { command: `ping ${dst}`, shell: 't' } })
    if (typeof s === 'string') throw new Error(s)
    s.send(dst, 1, 'x'.repeat(56))
    bench.clock.advanceTo(bench.clock.now + 4000)
    s.replies()
    s.errors()
    s.close()
    return bench.newest()
  }
  expect(ping('192.168.10.20').conclusion.text).toBe(
    'Delivered: 192.168.10.20 answered the echo; no address was changed on the way.',
  )
  const nobody = ping('192.168.10.99')
  expect(nobody.connection.result).toBe('unreachable')
  expect(labels(nobody)).toEqual(['> ICMP echo request: unroutable', '< ICMP host unreachable: delivered'])
  bench.add('filter', '-I OUTPUT -p icmp -j DROP')
  const dropped = ping('192.168.10.20')
  expect(dropped.connection.result).toBe('timeout')
  expect(dropped.conclusion.text).toBe('Dropped on node node by OUTPUT rule 1; nobody was told; it is ICMP.')
})
