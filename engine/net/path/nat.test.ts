import { expect, test } from 'vitest'
import { Bench } from '../behaviour.harness.ts'
import type { TapEvent } from '../taps.ts'

const WRITER = ['1.8.9', 'nft'] as const
const NAT = '*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n'
const FILTER = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n'
const rules = (nat: readonly string[], filter: readonly string[] = []) =>
  `${NAT}${nat.join('\n')}\nCOMMIT\n${FILTER}${filter.join('\n')}\nCOMMIT\n`
const VIP = '-A PREROUTING -d 10.100.0.1/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.1.122:8080'
const MASQ = '-A POSTROUTING -d 10.0.0.0/8 -p tcp -j MASQUERADE'
const bench = (nat: readonly string[], filter: readonly string[] = [], seed = 1) => new Bench(seed, rules(nat, filter), WRITER)

/** Source ports as the pod saw them, one for each connection tried. */
function seenPorts(b: Bench, count: number, sport?: (n: number) => number): (number | string)[] {
  return Array.from({ length: count }, (_, n) => {
    const c = b.client.ip.connectTcp({ dst: '10.100.0.1', port: 80, uid: 0, ...(sport === undefined ? {} : { sport: sport(n) }) })
    if (typeof c === 'string') return c
    if (c.state !== 'connected') return c.errno ?? c.state
    return (JSON.parse(c.read()) as { peer: [string, number] }).peer[1]
  })
}

test('a namespace without rules that ask for it tracks nothing', () => {
  const b = new Bench(1, `${FILTER}-A FORWARD -p tcp -j ACCEPT\nCOMMIT\n`, WRITER)
  b.client.ip.connectTcp({ dst: '10.0.1.122', port: 8080, uid: 0 })
  expect(b.node.conntrack.list()).toEqual([])
  b.load(`${FILTER}-A FORWARD -m conntrack --ctstate NEW\nCOMMIT\n`)
  b.client.ip.connectTcp({ dst: '10.0.1.122', port: 8080, uid: 0 })
  expect(b.node.conntrack.list()).toHaveLength(1)
})

test('MASQUERADE keeps a free source port, and a taken one moves within its class', () => {
  expect(seenPorts(bench([VIP, MASQ]), 3, (n) => 40_000 + n)).toEqual([40_000, 40_001, 40_002])
  const b = bench([VIP, MASQ])
  // The node itself holds its own address's port 300 to that pod: the client's 300 must move, and stays privileged.
  b.node.ip.connectTcp({ dst: '10.0.1.122', port: 8080, sport: 300, uid: 0 })
  const [moved] = seenPorts(b, 1, () => 300)
  expect(moved).not.toBe(300)
  expect(moved).toBeGreaterThanOrEqual(1)
  expect(moved).toBeLessThanOrEqual(511)
})

test('ports run out: the flow is refused by the table and its SYN disappears', () => {
  const b = bench([VIP, '-A POSTROUTING -d 10.0.0.0/8 -p tcp -j MASQUERADE --to-ports 61000-61002'])
  const ports = seenPorts(b, 4)
  expect(new Set(ports.slice(0, 3))).toEqual(new Set([61000, 61001, 61002]))
  expect(ports[3]).toBe('connecting')
  expect(b.node.conntrack.stats).toMatchObject({ insert_failed: 1, drop: 1 })
  b.clock.advanceTo(b.clock.now + 3000)
  expect(b.node.conntrack.stats).toMatchObject({ insert_failed: 3, drop: 3 })
})

test('a client behind a source that is translated already gets the same port again', () => {
  const b = bench([VIP, VIP.replace('10.100.0.1', '10.100.0.2').replace('1.122', '2.209'), MASQ])
  b.node.ip.connectTcp({ dst: '10.0.1.122', port: 8080, sport: 45_000, uid: 0 })
  const [first] = seenPorts(b, 1, () => 45_000)
  const c = b.client.ip.connectTcp({ dst: '10.100.0.2', port: 80, sport: 45_000, uid: 0 })
  if (typeof c === 'string') throw new Error(c)
  expect(first).not.toBe(45_000)
  // Another destination: the mapping of before is free there, and find_appropriate_src takes it.
  expect((JSON.parse(c.read()) as { peer: [string, number] }).peer[1]).toBe(first)
})

test('masqueraded flows end with the address, and with the device', () => {
  const dead = (act: (b: Bench) => void) => {
    const b = bench([VIP.replace('PREROUTING', 'OUTPUT'), '-A POSTROUTING -o eth0 -j MASQUERADE'])
    b.pods['p1']?.ip.connectTcp({ dst: '192.168.10.20', port: 9, uid: 0 })
    b.pods['p1']?.ip.openUdp({ dst: '192.168.10.20', port: 9, uid: 0 })
    const udp = b.pods['p1']?.ip.openUdp({ dst: '192.168.10.20', port: 9, uid: 0 })
    if (udp === undefined || typeof udp === 'string') throw new Error('no socket')
    udp.send('x')
    expect(b.node.conntrack.list().some((e) => e.masqOif === 'eth0')).toBe(true)
    act(b)
    return b.node.conntrack.list().filter((e) => e.masqOif === 'eth0')
  }
  expect(dead((b) => b.node.removeAddress('eth0', '192.168.10.10'))).toEqual([])
  expect(dead((b) => b.node.updateLink('eth0', { up: false }))).toEqual([])
})

test('a dropped SYN is sent again after 1, 3, 7, 15, 31 and 63 seconds, and given up after 127', () => {
  const b = bench([VIP], ['-A FORWARD -p tcp -j DROP'])
  const sent: number[] = []
  const start = b.clock.now
  b.network.taps.capture(b.client, ({ direction, at, packet }: TapEvent) => {
    if (direction === 'Out' && packet !== undefined) sent.push((at - start) / 1000)
  })
  const c = b.client.ip.connectTcp({ dst: '10.100.0.1', port: 80, uid: 0 })
  if (typeof c === 'string') throw new Error(c)
  b.clock.advanceTo(start + 126_999)
  expect([c.state, sent]).toEqual(['connecting', [0, 1, 3, 7, 15, 31, 63]])
  b.clock.advanceTo(start + 127_000)
  expect([c.state, c.errno]).toEqual(['closed', 'ETIMEDOUT'])
})

test.each([
  ['tcp-reset', 'ECONNREFUSED'],
  ['icmp-port-unreachable', 'ECONNREFUSED'],
  ['icmp-host-prohibited', 'EHOSTUNREACH'],
  ['icmp-net-unreachable', 'ENETUNREACH'],
])('REJECT --reject-with %s behind a translation reaches the client as %s', (how, errno) => {
  const b = bench([VIP, MASQ], [`-A FORWARD -p tcp -j REJECT --reject-with ${how}`])
  expect(seenPorts(b, 1)).toEqual([errno])
  expect(b.node.conntrack.list()).toEqual([])
})

test('the table is full: the packet goes, the kernel says so ten times in five seconds', () => {
  const b = bench([VIP], ['-A FORWARD -m conntrack --ctstate INVALID -j DROP'])
  b.node.setSysctl('net.netfilter.nf_conntrack_max', '2')
  expect(seenPorts(b, 3).map((p) => typeof p)).toEqual(['number', 'number', 'string'])
  const line = 'nf_conntrack: nf_conntrack: table full, dropping packet'
  const lines = () => b.node.kernelLog.list().map((l) => l.text)
  expect(lines()).toEqual([line])
  const s = b.client.ip.openUdp({ dst: '10.0.0.161', port: 53, uid: 0 })
  if (typeof s === 'string') throw new Error(s)
  for (let i = 0; i < 30; i++) s.send('x')
  expect(lines()).toEqual(Array(10).fill(line))
  b.clock.advanceTo(b.clock.now + 5001)
  s.send('x')
  expect(lines().filter((l) => /callbacks suppressed/.test(l))).toHaveLength(1)
  expect(b.node.conntrack.stats.drop).toBeGreaterThan(30)
  // Room again: an entry's end lets the next flow in.
  b.node.conntrack.flush()
  s.send('x')
  expect(s.receive()?.data).toBe('x')
})

test('packets that go round and round end by their TTL', () => {
  const b = bench([], [])
  // The pod's host sends them back to the node, which sends them to the pod again.
  b.pods['p1']?.setSysctl('net.ipv4.ip_forward', '1')
  const to = b.node.routes.find((r) => r.dst.base === '10.0.1.122')
  if (to === undefined) throw new Error('no route')
  b.node.addRoute({ ...to, dst: { ...to.dst, base: '10.7.7.7' }, via: '10.0.1.122', onlink: true, scope: 'global' })
  const ping = b.client.ip.openPing({ uid: 0 })
  if (typeof ping === 'string') throw new Error(ping)
  ping.send('10.7.7.7', 1, 'x')
  expect(ping.errors()).toMatchObject([{ type: 11, code: 0 }])
})

test('without forwarding nothing passes; to 127.0.0.0/8 only with route_localnet', () => {
  const b = bench([VIP])
  b.node.setSysctl('net.ipv4.ip_forward', '0')
  expect(seenPorts(b, 1)).toEqual(['connecting'])
  expect(b.node.counter('IpInAddrErrors')).toBe(1)
  const local = bench(['-A PREROUTING -d 192.168.10.10/32 -p tcp --dport 99 -j DNAT --to-destination 127.0.0.1:99'])
  local.node.ip.listenTcp({ address: '127.0.0.1', port: 99, program: 'lab' })
  const dial = () => {
    const c = local.client.ip.connectTcp({ dst: '192.168.10.10', port: 99, uid: 0 })
    return typeof c === 'string' ? c : c.state
  }
  expect(dial()).toBe('connected')
  local.node.setSysctl('net.ipv4.conf.all.route_localnet', '0')
  expect(dial()).toBe('connecting')
})

test('a flow keeps its translation when the rules that made it are gone', () => {
  const b = bench([VIP, MASQ])
  const c = b.client.ip.connectTcp({ dst: '10.100.0.1', port: 80, uid: 0 })
  if (typeof c === 'string') throw new Error(c)
  c.read()
  b.load(rules([], ['-A FORWARD -m conntrack --ctstate INVALID -j DROP']))
  c.send('still there')
  expect(c.read()).toBe('still there')
  // As a real kernel does it: with the last rule that asks for conntrack its hooks go, and translation with them.
  b.load(rules([]))
  c.send('gone')
  expect(c.read()).toBe('')
  expect(b.node.conntrack.list()).toHaveLength(1)
  expect(seenPorts(b, 1)).toEqual(['connecting'])
})

test('a connected UDP socket hears of a closed port, and an unanswered one waits in silence', () => {
  const b = bench(['-A PREROUTING -d 10.100.0.1/32 -p udp -j DNAT --to-destination 10.0.1.122:77'])
  const s = b.client.ip.openUdp({ dst: '10.100.0.1', port: 5, uid: 0 })
  if (typeof s === 'string') throw new Error(s)
  expect(s.send('x')).toBeUndefined()
  expect(s.send('y')).toBe('ECONNREFUSED')
})
