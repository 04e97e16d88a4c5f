import { Bench } from './behaviour.harness.ts'
import { restoreText } from './netfilter/restore.ts'
import type { Netns } from './netns.ts'
import type { ConnectionWalk, WalkPacket, WalkStep } from './walk.ts'
import { connectionWalk } from './walk-read.ts'

const ORIGIN = { command: 'a test', shell: 't' }

/** The recorded topology, and connections whose walks are looked at. */
export class WalkBench extends Bench {
  /** `rules`: the text of test/golden/behaviour/lab.rules. */
  constructor(rules: string, seed = 1) {
    super(seed, rules, ['1.8.9', 'nft'])
  }

  /** Adds rules to what is there, as `iptables-restore -n` does. */
  add(table: string, ...lines: readonly string[]): void {
    const text = `*${table}\n${lines.join('\n')}\nCOMMIT\n`
    const result = restoreText(this.node.netfilter, text, { family: 4, writer: '1.8.9/nft', noflush: true })
    if (!result.ok) throw new Error(result.error)
  }

  /** Connects, sends a line where it can, closes, and returns the walk. */
  tcp(from: Netns, dst: string, port: number, waitMs = 1500, src?: string): ConnectionWalk {
    const c = from.ip.connectTcp({ dst, port, uid: 0, origin: ORIGIN, ...(src === undefined ? {} : { src }) })
    if (typeof c === 'string') return this.newest()
    if (c.state === 'connecting') this.clock.advanceTo(this.clock.now + waitMs)
    if (c.state === 'connected') {
      c.read()
      c.send('hi')
      c.read()
    }
    c.close()
    return this.newest()
  }

  udp(from: Netns, dst: string, port: number): ConnectionWalk {
    const s = from.ip.openUdp({ dst, port, uid: 0, origin: ORIGIN, recverr: true })
    if (typeof s === 'string') return this.newest()
    s.send('question')
    s.receive()
    s.error()
    s.close()
    return this.newest()
  }

  newest(): ConnectionWalk {
    const id = this.network.connections().at(-1)?.id ?? 0
    const walk = connectionWalk(this.network, id)
    if (walk === undefined) throw new Error('no walk')
    return walk
  }

  /** What the rules of the namespaces counted: "node nat KUBE-SERVICES 3" to packets; the policies as number 0. */
  counted(): Record<string, number> {
    const found: Record<string, number> = {}
    for (const ns of this.network.namespaces())
      for (const table of ns.netfilter.tablesOf(4, 'nft'))
        for (const chain of table.chains.values()) {
          chain.rules.forEach((_, i) => {
            if (chain.packetsOf(i) > 0) found[`${ns.id} ${table.name} ${chain.name} ${i + 1}`] = chain.packetsOf(i)
          })
          if (chain.policyPackets > 0) found[`${ns.id} ${table.name} ${chain.name} 0`] = chain.policyPackets
        }
    return found
  }
}

/** How often each rule, and each policy, stands in walks. */
export function stepped(walks: readonly ConnectionWalk[]): Record<string, number> {
  const found: Record<string, number> = {}
  for (const step of walks.flatMap((w) => w.packets).flatMap((p) => p.steps)) {
    if (step.counters === undefined) continue
    const key = `${step.netns} ${step.table} ${step.chain} ${step.rule}`
    found[key] = (found[key] ?? 0) + 1
  }
  return found
}

/** The rules that a packet matched, without policies and ends: "nat PREROUTING:1". */
export function rulesOf(packet: WalkPacket, table?: string): readonly string[] {
  return packet.steps
    .filter((s) => s.rule !== undefined && s.rule > 0 && (table === undefined || s.table === table))
    .map((s) => `${s.table} ${s.chain}:${s.rule}`)
}

/** Kinds and hooks in order, each run of the same once: "socket", "route", "OUTPUT nat", ... */
export function stations(packet: WalkPacket): readonly string[] {
  const all = packet.steps.map((s) =>
    s.kind === 'rule' ? `${s.hook} ${s.table}` : s.hook === undefined ? s.kind : `${s.hook} ${s.kind}`,
  )
  return all.filter((word, i) => word !== all[i - 1])
}

export function stepAt(packet: WalkPacket, chain: string, rule: number): WalkStep {
  const step = packet.steps.find((s) => s.chain === chain && s.rule === rule)
  if (step === undefined) throw new Error(`no step ${chain} ${rule}`)
  return step
}
