import type { ConnectionRecord } from '../net/flows.ts'
import type { Network } from '../net/network.ts'
import type { TraceStep } from '../net/trace.ts'
import type {
  ConnectionSummary,
  ConnectionWalk,
  Place,
  RuleHit,
  RuleQuery,
  Said,
  WalkHeader,
  WalkPacket,
  WalkStep,
} from '../net/walk.ts'

/** Connections that the learner's commands made, newest first. */
export function learnersConnections(network: Network): readonly ConnectionSummary[] {
  return network
    .connections()
    .filter((c) => c.origin !== undefined)
    .map((c) => summary(network, c))
    .reverse()
}

/** For a view: when to ask for the list anew. */
export function newestConnection(network: Network): { readonly newestConnection?: number } {
  const newest = network.connections().findLast((c) => c.origin !== undefined)
  return newest === undefined ? {} : { newestConnection: newest.id }
}

export function walkOf(network: Network, id: number): ConnectionWalk | undefined {
  const record = network.connections().find((c) => c.id === id)
  const steps = network.walk.of(id)
  if (record === undefined || steps.length === 0) return undefined
  const packets = packetsOf(record, steps)
  return {
    version: 1,
    connection: { ...summary(network, record), packets: packets.length },
    packets,
    conclusion: { code: `end.${record.result}`, values: {}, text: `The connection: ${record.result}.` },
    cut: false,
  }
}

export function hitsOf(network: Network, query: RuleQuery): readonly RuleHit[] {
  const hits: RuleHit[] = []
  for (const connection of learnersConnections(network)) {
    for (const packet of [...(walkOf(network, connection.id)?.packets ?? [])].reverse()) {
      packet.steps.forEach((s, step) => {
        if (s.table !== query.table || s.chain !== query.chain || s.place.name !== query.node || s.rule === undefined) return
        if (query.rule === undefined || query.rule === s.rule) hits.push({ connection, packet: packet.id, step, rule: s.rule })
      })
    }
  }
  return hits
}

function placeOf(netns: string): Place {
  const slash = netns.indexOf('/')
  return { kind: netns.startsWith('pods/') ? 'pod' : 'node', name: netns.slice(slash + 1) }
}

function summary(network: Network, c: ConnectionRecord): ConnectionSummary {
  return {
    id: c.id,
    at: c.at,
    proto: c.proto,
    ...(c.origin === undefined ? {} : c.origin),
    from: { place: placeOf(c.from.netns), address: c.from.address, port: c.from.port },
    to: c.to,
    ...(c.backend === undefined
      ? {}
      : { backend: { place: placeOf(c.backend.netns), address: c.backend.address, port: c.backend.port } }),
    ...(c.sourceSeen === undefined ? {} : { sourceSeen: c.sourceSeen }),
    result: c.result,
    packets: network.walk.of(c.id).length === 0 ? 0 : packetsOf(c, network.walk.of(c.id)).length,
  }
}

function header(h: TraceStep['before'], mark: number): WalkHeader {
  return { ...h, mark }
}

function packetsOf(record: ConnectionRecord, steps: readonly TraceStep[]): WalkPacket[] {
  const groups: TraceStep[][] = []
  for (const step of steps) {
    const last = groups.at(-1)
    const starts = step.kind === 'rule' && step.hook === 'OUTPUT' && step.table === 'raw' && step.rule === 0
    if (last === undefined || starts || last.at(-1)?.kind === 'deliver') groups.push([step])
    else last.push(step)
  }
  return groups.map((group, i) => {
    const first = group[0] as TraceStep
    const end = group.at(-1)?.kind === 'deliver' ? 'delivered' : group.at(-1)?.kind === 'drop' ? 'dropped' : 'cut'
    return {
      id: i + 1,
      time: first.time,
      direction: first.before.src === record.from.address ? 'original' : 'reply',
      label: (first.before.flags ?? 'packet').toUpperCase(),
      steps: group.map(walkStep),
      end,
    }
  })
}

function walkStep(step: TraceStep): WalkStep {
  const { mark, before, after, ct, time, netns, device, kind, hook, table, chain, rule, text, verdict } = step
  const why: Said = { code: `step.${kind}`, values: {}, text: verdict ?? text ?? kind }
  return {
    time,
    place: placeOf(netns),
    netns,
    ...(device === undefined ? {} : { device }),
    kind,
    ...(hook === undefined ? {} : { hook }),
    ...(table === undefined ? {} : { table }),
    ...(chain === undefined ? {} : { chain }),
    ...(rule === undefined ? {} : { rule }),
    ...(text === undefined || kind !== 'rule' ? {} : { text }),
    ...(verdict === undefined ? {} : { verdict }),
    before: header(before, mark),
    ...(after === undefined ? {} : { after: header(after, mark) }),
    ...(ct === undefined
      ? {}
      : {
          entry: {
            state: ct.state,
            direction: ct.direction === 'reply' ? ('reply' as const) : ('original' as const),
            original: ct.original,
            reply: ct.reply,
            status: [],
          },
        }),
    why,
  }
}
