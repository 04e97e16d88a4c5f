import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { dialectOf } from '../../../engine/net/netfilter/dialect.ts'
import type { TableName } from '../../../engine/net/netfilter/env.ts'
import { NO_NAMES } from '../../../engine/net/netfilter/names.ts'
import { restoreText } from '../../../engine/net/netfilter/restore.ts'
import { saveTable } from '../../../engine/net/netfilter/save.ts'
import type { TcpConnection } from '../../../engine/net/socket/api.ts'
import { TwoHosts } from '../../../engine/net/two-hosts.harness.ts'

/**
 * What a Linux 6.18 kernel counted: rules of iptables 1.8.9 (nf_tables) in a network namespace, and packets from another one at the
 * end of a cable. The node serves UDP 53 (any address), UDP 54 (10.9.0.1) and TCP 80; the client serves UDP 53.
 */
interface Scenario {
  readonly name: string
  readonly rules: string
  readonly nfacct?: readonly string[]
  readonly actions: readonly Action[]
  readonly results: readonly (string | null)[]
  /** Table, chain, packets, bytes; in iptables-save's order. */
  readonly counters: readonly (readonly [TableName, string, number, number])[]
}

interface Action {
  readonly wait?: number
  readonly udp?: number
  readonly tcp?: number
  readonly from?: 'node'
  readonly sport?: number
  readonly ttl?: number
  readonly tos?: number
  readonly data?: string
  readonly hold?: string
  readonly close?: string
  readonly proc?: string
}

const scenarios = JSON.parse(readFileSync('test/golden/matches/recorded.json', 'utf8')) as readonly Scenario[]

class Replay {
  readonly hosts: TwoHosts
  private readonly held = new Map<string, TcpConnection>()

  constructor(scenario: Scenario) {
    this.hosts = new TwoHosts()
    const { node, client } = this.hosts
    node.ip.listenUdp({ port: 53 })
    node.ip.listenUdp({ port: 54, address: '10.9.0.1' })
    node.ip.listenTcp({ port: 80 })
    client.ip.listenUdp({ port: 53 })
    for (const name of scenario.nfacct ?? []) node.netfilter.addAccounting(name)
    this.hosts.load(scenario.rules)
  }

  act(action: Action): string | undefined {
    const { clock, node, client } = this.hosts
    const from = action.from === 'node' ? node : client
    const to = action.from === 'node' ? '10.9.0.2' : '10.9.0.1'
    const pass = (ms: number) => clock.advanceTo(clock.now + ms)
    if (action.wait !== undefined) pass(action.wait)
    if (action.udp !== undefined) {
      const { sport, ttl, tos } = action
      if (tos !== undefined) this.serviceType(sport as number, tos)
      const socket = from.ip.openUdp({ dst: to, port: action.udp, uid: 0, ...(sport === undefined ? {} : { sport }) })
      if (typeof socket === 'string') throw new Error(socket)
      socket.send(action.data ?? 'hi', undefined, undefined, ttl)
      socket.close()
      pass(20)
      return 'sent'
    }
    if (action.tcp !== undefined) {
      const c = from.ip.connectTcp({ dst: to, port: action.tcp, uid: 0 })
      if (typeof c === 'string') throw new Error(c)
      if (c.state === 'connecting') pass(500)
      const result = c.state === 'connected' ? 'connected' : c.errno === 'ECONNREFUSED' ? 'refused' : 'timeout'
      if (action.hold !== undefined) this.held.set(action.hold, c)
      else c.close()
      pass(60)
      return result
    }
    if (action.close !== undefined) {
      this.held.get(action.close)?.close()
      pass(60)
    }
    return undefined
  }

  /** Sockets here have no IP_TOS: the client's own rules set what the recorder's socket did. */
  private serviceType(sport: number, tos: number): void {
    const rules = `*mangle\n-A OUTPUT -p udp --sport ${sport} -j TOS --set-tos ${tos}\nCOMMIT\n`
    restoreText(this.hosts.client.netfilter, rules, { family: 4, writer: '1.8.9/nft' })
  }

  /** "-A ..." lines with their packets and bytes. */
  counters(table: TableName): readonly string[] {
    const found = this.hosts.node.netfilter.table(4, 'nft', table)
    if (found === undefined) return []
    const text = saveTable(found, { family: 4, names: NO_NAMES, dialect: dialectOf('1.8.9/nft'), numeric: true, proto: 0 }, true) ?? ''
    return text.split('\n').filter((line) => line.startsWith('['))
  }
}

describe('matches and targets count what a real kernel counted', () => {
  for (const scenario of scenarios)
    test(scenario.name, () => {
      const replay = new Replay(scenario)
      const results = scenario.actions.map((action) => replay.act(action))
      scenario.actions.forEach((action, i) => {
        if (action.tcp !== undefined) expect(results[i]).toBe(scenario.results[i])
      })
      for (const table of new Set(scenario.counters.map(([name]) => name))) {
        const seen = replay.counters(table)
        const wanted = scenario.counters.filter(([name]) => name === table).map(([, , packets, bytes], i) => seen[i]?.replace(/^\[\d+:\d+\]/, `[${packets}:${bytes}]`))
        expect(seen).toEqual(wanted)
      }
    })
})
