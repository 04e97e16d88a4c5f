import type { ConnectionRecord } from './flows.ts'
import type { Network } from './network.ts'
import type { ConnectionSummary, ConnectionWalk, RuleHit, RuleQuery, WalkPacket } from './walk.ts'
import { conclude } from './walk-end.ts'
import { placeOf } from './walk-header.ts'
import { say } from './walk-say.ts'

/** Connections, newest first: the learner's, or all that are remembered. */
export function connectionList(network: Network, which: 'learner' | 'all' = 'learner'): readonly ConnectionSummary[] {
  const list = network.connections().filter((c) => which === 'all' || c.origin !== undefined)
  return list.map((c) => summaryOf(network, c)).reverse()
}

/** For a view: when to ask for the list anew. */
export function newestConnection(network: Network): { readonly newestConnection?: number } {
  const newest = network.connections().findLast((c) => c.origin !== undefined)
  return newest === undefined ? {} : { newestConnection: newest.id }
}

/** One connection's walk as anybody outside sees it; undefined once it is forgotten. */
export function connectionWalk(network: Network, id: number): ConnectionWalk | undefined {
  const record = network.flows.get(id)
  const kept = network.walk.of(id)
  if (record === undefined || kept === undefined) return undefined
  const connection = summaryOf(network, record)
  const packets: WalkPacket[] = kept.packets.map((p) => ({ ...p, steps: p.steps.map((s) => ({ ...s, why: say(s.why) })) }))
  return {
    version: 1,
    connection,
    packets,
    conclusion: say(conclude(connection, kept.packets, record.bpf)),
    cut: kept.total > packets.length,
  }
}

/** Which kept packets hit a rule, or any rule or the end of a chain; newest connection first, its last packet first. */
export function ruleHits(network: Network, query: RuleQuery): readonly RuleHit[] {
  const hits: RuleHit[] = []
  for (const id of [...network.walk.kept()].reverse()) {
    const record = network.flows.get(id)
    const kept = network.walk.of(id)
    if (record === undefined || kept === undefined) continue
    const connection = summaryOf(network, record)
    for (const packet of [...kept.packets].reverse()) {
      packet.steps.forEach((s, step) => {
        if (s.rule === undefined || s.chain !== query.chain || s.table !== query.table || s.place.name !== query.node) return
        if (query.rule !== undefined && query.rule !== s.rule) return
        if (query.backend !== undefined && query.backend !== s.backend) return
        hits.push({ connection, packet: packet.id, step, rule: s.rule })
      })
    }
  }
  return hits
}

function summaryOf(network: Network, c: ConnectionRecord): ConnectionSummary {
  const { backend, sourceSeen, origin } = c
  return {
    id: c.id,
    at: c.at,
    proto: c.proto,
    ...(origin === undefined ? {} : origin),
    from: { place: placeOf(c.from.netns), address: c.from.address, port: c.from.port },
    to: c.to,
    ...(backend === undefined
      ? {}
      : { backend: { place: placeOf(backend.netns), address: backend.address, port: backend.port } }),
    ...(sourceSeen === undefined ? {} : { sourceSeen }),
    result: c.result,
    packets: network.walk.total(c.id),
  }
}
