import { parseCidr } from '../base/ip.ts'
import { Clock } from '../clock/clock.ts'
import { Dice } from '../clock/dice.ts'
import type { CtEntry } from './conntrack/entry.ts'
import { entryText } from './conntrack/text.ts'
import { TABLE_MAIN } from './fib.ts'
import { dialectOf } from './netfilter/dialect.ts'
import { NO_NAMES } from './netfilter/names.ts'
import { restoreText } from './netfilter/restore.ts'
import { saveTable } from './netfilter/save.ts'
import type { Netns } from './netns.ts'
import { Network } from './network.ts'
import type { TcpConnection } from './socket/api.ts'

/** The topology that behaviour.jsonl was recorded on (its FORMAT.md, section 4). */
export class Bench {
  readonly clock = new Clock(Date.UTC(2026, 0, 1))
  readonly dice: Dice
  readonly network: Network
  readonly node: Netns
  readonly client: Netns
  readonly pods: Readonly<Record<string, Netns>>
  private readonly writer: string

  constructor(seed: number, rules: string, writer: readonly [string, string]) {
    this.dice = new Dice(seed)
    this.network = new Network(this.clock, this.dice)
    this.writer = writer.join('/')
    const net = this.network
    this.node = net.createNetns('nodes/node')
    this.client = net.createNetns('nodes/client')
    const lan = net.createNetns('nodes/nowhere')
    net.addVeth(this.node, 'eth0', this.client, 'eth0')
    this.node.addAddress('eth0', '192.168.10.10/24', { broadcast: '192.168.10.255' })
    this.client.addAddress('eth0', '192.168.10.20/24', { broadcast: '192.168.10.255' })
    this.client.addAddress('lo', '203.0.113.77/32')
    route(this.client, '10.96.0.0/12', 'eth0', '192.168.10.10')
    route(this.client, '10.0.0.0/8', 'eth0', '192.168.10.10')
    route(this.node, '0.0.0.0/0', 'eth0', '192.168.10.1')
    route(this.node, '203.0.113.77/32', 'eth0', '192.168.10.20')
    net.addVeth(this.node, 'cilium_net', this.node, 'cilium_host')
    this.node.addAddress('cilium_host', '10.0.0.88/32')
    for (const key of ['net.ipv4.ip_forward', 'net.ipv4.conf.all.route_localnet']) this.node.setSysctl(key, '1')
    net.removeNetns(lan.id)
    const pods: Record<string, Netns> = {}
    for (const [name, ip] of [
      ['p1', '10.0.1.122'],
      ['p2', '10.0.2.209'],
      ['p3', '10.0.2.13'],
      ['dns', '10.0.0.161'],
    ] as const) {
      const pod = net.createNetns(`pods/demo/${name}`)
      net.addVeth(this.node, `lxc_${name}`, pod, 'eth0')
      pod.addAddress('eth0', `${ip}/32`)
      route(pod, '0.0.0.0/0', 'eth0', '10.0.0.88')
      route(this.node, `${ip}/32`, `lxc_${name}`)
      pods[name] = pod
    }
    this.pods = pods
    this.serve()
    this.load(rules)
  }

  load(rules: string): void {
    const result = restoreText(this.node.netfilter, rules, { family: 4, writer: this.writer })
    if (!result.ok) throw new Error(result.error)
  }

  /** Each pod says who it is and then echoes; HALF makes it close its direction, RST abort. */
  private serve(): void {
    this.network.registerProgram({
      name: 'lab',
      accept(c, context) {
        const pod = context.netns.slice(context.netns.lastIndexOf('/') + 1)
        c.send(`{"pod": "${pod}", "peer": ["${c.remote}", ${c.rport}], "local": ["${c.local}", ${c.lport}]}\n`)
      },
      data(c, data) {
        if (data === 'HALF') c.close()
        else if (data === 'RST') c.reset()
        else c.send(data)
      },
      datagram: (data) => (data === 'quiet' ? [] : [data]),
    })
    for (const pod of Object.values(this.pods)) {
      for (const port of [8080, 8443]) pod.ip.listenTcp({ port, program: 'lab' })
      pod.ip.listenUdp({ port: 53, program: 'lab' })
    }
  }

  /** Connects, reads the greeting, exchanges messages and closes; what the recorder's client did. */
  talk(
    from: Netns,
    dst: string,
    port: number,
    messages: number,
    src?: string,
  ): { hello?: Greeting; errno?: string; afterMs: number } {
    const start = this.clock.now
    const c = from.ip.connectTcp({ dst, port, uid: 0, ...(src === undefined ? {} : { src }) })
    if (typeof c === 'string') return { errno: c, afterMs: 0 }
    if (c.state === 'connecting') this.clock.advanceTo(start + 2000)
    if (c.state !== 'connected') {
      const errno = c.errno ?? 'TimeoutError'
      c.close()
      return { errno, afterMs: this.clock.now - start }
    }
    const hello = JSON.parse(c.read()) as Greeting
    for (let i = 0; i < messages; i++) {
      c.send('hi')
      c.read()
    }
    c.close()
    return { hello, afterMs: 0 }
  }

  connect(from: Netns, dst: string, port: number): TcpConnection {
    const c = from.ip.connectTcp({ dst, port, uid: 0 })
    if (typeof c === 'string') throw new Error(c)
    return c
  }

  /** The node's table as `conntrack -L` prints it. */
  lines(): readonly string[] {
    return this.node.conntrack.list().map((e) => entryText(e, { now: this.clock.now, use: 1 + this.node.queuedFor(e) }))
  }

  eventText(entry: CtEntry): string {
    return entryText(entry, { now: this.clock.now, event: true })
  }

  /** Rules and policies of a table that counted something, as the recordings name them. */
  counters(table: 'nat' | 'filter'): Record<string, [number, number]> {
    const found: Record<string, [number, number]> = {}
    const [version, backend] = this.writer.split('/') as [string, 'nft' | 'legacy']
    const known = this.node.netfilter.table(4, backend, table)
    if (known === undefined) return found
    const env = { family: 4 as const, names: NO_NAMES, dialect: dialectOf(`${version}/${backend}`), numeric: true }
    for (const line of (saveTable(known, env as never, true) ?? '').split('\n')) {
      const policy = /^:(\S+) \S+ \[(\d+):(\d+)\]/.exec(line)
      const rule = /^\[(\d+):(\d+)\] (.*)$/.exec(line)
      if (policy !== null && Number(policy[2]) > 0) found[`:${policy[1]}`] = [Number(policy[2]), Number(policy[3])]
      if (rule !== null && Number(rule[1]) > 0) found[rule[3] as string] = [Number(rule[1]), Number(rule[2])]
    }
    return found
  }
}

export interface Greeting {
  readonly pod: string
  readonly peer: readonly [string, number]
  readonly local: readonly [string, number]
}

function route(ns: Netns, to: string, dev: string, via?: string): void {
  const dst = parseCidr(to)
  if (dst === undefined) throw new Error(to)
  ns.addRoute({
    dst,
    type: 'unicast',
    dev,
    scope: via === undefined ? 'link' : 'global',
    proto: 'boot',
    table: TABLE_MAIN,
    ...(via === undefined ? {} : { via }),
  })
}
