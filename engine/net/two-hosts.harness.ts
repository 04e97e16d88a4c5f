import { Clock } from '../clock/clock.ts'
import { Dice } from '../clock/dice.ts'
import { restoreText } from './netfilter/restore.ts'
import type { Netns } from './netns.ts'
import { Network } from './network.ts'

/** Two hosts on a cable, as the real kernel was asked: 10.9.0.1 has the rules, 10.9.0.2 talks to it. */
export class TwoHosts {
  readonly clock = new Clock(Date.UTC(2026, 0, 1))
  readonly network: Network
  readonly node: Netns
  readonly client: Netns
  private readonly writer: string

  constructor(rules = '', writer = '1.8.9/nft', kernel = '6.18.0', seed = 'two hosts') {
    this.writer = writer
    this.network = new Network(this.clock, new Dice(seed), kernel)
    this.node = this.network.createNetns('nodes/node')
    this.client = this.network.createNetns('nodes/client')
    this.network.addVeth(this.node, 'eth0', this.client, 'eth0', {
      a: { mac: '02:00:00:00:00:01' },
      b: { mac: '02:00:00:00:00:02' },
    })
    this.node.addAddress('eth0', '10.9.0.1/24', { broadcast: '10.9.0.255' })
    this.client.addAddress('eth0', '10.9.0.2/24', { broadcast: '10.9.0.255' })
    if (rules !== '') this.load(rules)
  }

  load(rules: string): void {
    this.loadInto(this.node, rules)
  }

  loadInto(ns: Netns, rules: string): void {
    const result = restoreText(ns.netfilter, rules, { family: 4, writer: this.writer })
    if (!result.ok) throw new Error(`${result.line}: ${result.error}`)
  }

  /** One datagram; returns whether an answer of any kind came: an ICMP error here. */
  datagram(to: string, port: number, payload = 'hi\n', from: Netns = this.client, sport?: number): boolean {
    const socket = from.ip.openUdp({ dst: to, port, uid: 0, ...(sport === undefined ? {} : { sport }) })
    if (typeof socket === 'string') throw new Error(socket)
    const failed = socket.send(payload)
    const answered = failed !== undefined || socket.error() !== undefined
    socket.close()
    return answered
  }

  /** The kernel log of the node, lines alone. */
  log(): readonly string[] {
    return this.node.kernelLog.list().map((line) => line.text)
  }

  /** Packets that the nth rule of a chain has counted. */
  count(chain: string, rule: number, table: 'filter' | 'nat' | 'mangle' | 'raw' = 'filter'): number {
    const backend = this.writer.endsWith('legacy') ? 'legacy' : 'nft'
    const found = this.node.netfilter.table(4, backend, table)?.chains.get(chain)
    return found?.packets[rule - 1] ?? Number.NaN
  }
}
