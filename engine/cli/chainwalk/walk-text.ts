import type { ConnectionSummary, ConnectionWalk, Place, WalkHeader, WalkPacket, WalkStep } from '../../net/walk.ts'
import { besideEachOther } from '../../net/walk-end.ts'
import { socketText } from '../../net/walk-header.ts'
import { placeText } from '../../net/walk-path.ts'

/** A walk in words: the packets wanted, each step with its rule, a note on how to read them, and the conclusion last. */
export function walkText(walk: ConnectionWalk, all: boolean, note: readonly string[]): string[] {
  const { packets, connection } = walk
  const shown = all ? packets : packets.filter((p) => worthTelling(p, packets))
  const rest = connection.packets - shown.length
  return [
    headline(connection),
    ...(connection.command === undefined ? [] : [`made by ${connection.command}`]),
    ...shown.flatMap((p) => ['', ...packetText(p, besideEachOther(packets))]),
    '',
    ...(rest > 0 ? [`${rest} more ${rest === 1 ? 'packet' : 'packets'}${all ? ' not kept' : ' (--all)'}`] : []),
    ...note,
    walk.conclusion.text,
  ]
}

function headline(c: ConnectionSummary): string {
  const from = `${placeText(c.from.place)} ${socketText(c.from.address, c.from.port)}`
  return `connection ${c.id}, ${c.proto}: ${from} -> ${socketText(c.to.address, c.to.port)}, ${c.result}`
}

/** The first packet each way, and whatever did not arrive or answers as an error. */
function worthTelling(packet: WalkPacket, packets: readonly WalkPacket[]): boolean {
  const first = packets.find((p) => p.direction === packet.direction)
  const alike = packets.find((p) => p.end === packet.end && p.label === packet.label && p.direction === packet.direction)
  return packet === first || (packet.end !== 'delivered' && packet === alike) || packet.answers !== undefined
}

function packetText(packet: WalkPacket, backends: boolean): string[] {
  const way = packet.direction === 'original' ? '->' : '<-'
  const answers = packet.answers === undefined ? '' : `, answering packet ${packet.answers}`
  const lines = [`packet ${packet.id} ${way} ${packet.label}${answers}: ${packet.end}`]
  let place: Place | undefined
  packet.steps.forEach((step, i) => {
    if (place?.name !== step.place.name || place.kind !== step.place.kind) lines.push(`  on ${placeText(step.place)}`)
    place = step.place
    lines.push(...stepText(step, i + 1, backends))
  })
  return lines
}

function stepText(step: WalkStep, number: number, backends: boolean): string[] {
  const { hook, table, chain, rule, kind, device, text, verdict, counters } = step
  const where = [hook, table].filter((word) => word !== undefined).join(' ') || (device ?? '')
  const what = chain === undefined ? kind : rule === 0 ? `${chain}, its end` : `${chain} rule ${rule}`
  const whose = backends && step.backend !== undefined ? ` (${step.backend})` : ''
  const head = `  ${String(number).padStart(4)}  ${where.padEnd(18)} ${what}${whose}${verdict === undefined ? '' : `  ${verdict}`}`
  const counted = counters === undefined ? '' : `  [${counters.packets}:${counters.bytes}]`
  return [
    `${head}${counted}`,
    ...(text === undefined || rule === 0 ? [] : [`${INDENT}${text}`]),
    `${INDENT}${step.why.text}`,
    ...changes(step.before, step.after).map((line) => `${INDENT}${line}`),
  ]
}

const INDENT = ' '.repeat(8)

function changes(before: WalkHeader, after: WalkHeader | undefined): string[] {
  if (after === undefined) return []
  const hex = (mark: number) => `0x${mark.toString(16)}`
  const rows: readonly (readonly [string, string, string])[] = [
    ['source', socketText(before.src, before.sport), socketText(after.src, after.sport)],
    ['destination', socketText(before.dst, before.dport), socketText(after.dst, after.dport)],
    ['mark', hex(before.mark), hex(after.mark)],
    ['ttl', String(before.ttl), String(after.ttl)],
  ]
  return rows.filter(([, was, is]) => was !== is).map(([name, was, is]) => `${name} ${was} -> ${is}`)
}

/** The list of connections as a table. */
export function connectionsText(list: readonly ConnectionSummary[]): string[] {
  const rows = list.map((c) => [
    String(c.id),
    new Date(c.at).toISOString().slice(11, 23),
    c.proto,
    `${placeText(c.from.place)} ${socketText(c.from.address, c.from.port)}`,
    socketText(c.to.address, c.to.port),
    c.backend === undefined ? '' : socketText(c.backend.address, c.backend.port),
    c.result,
    c.command ?? '',
  ])
  const head = ['ID', 'TIME', 'PROTO', 'FROM', 'TO', 'BACKEND', 'RESULT', 'COMMAND']
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => (row[i] ?? '').length)))
  return [head, ...rows].map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('   ')
      .trimEnd(),
  )
}
