import type { ConnectionWalk, WalkEntry, WalkHeader, WalkStep } from '../../electron/contract/index.ts'
import type { Cursor } from './cursor.ts'

export type RowName =
  | 'source'
  | 'destination'
  | 'mark'
  | 'ttl'
  | 'flags'
  | 'icmp'
  | 'state'
  | 'original'
  | 'reply'
  | 'status'
  | 'counters'

/** A line of the packet beside the step: what it was and, if it changed here, what it became. */
export interface Row {
  readonly name: RowName
  readonly before: string
  readonly after?: string
}

export const hex = (value: number) => `0x${value.toString(16)}`

/** An address with its port as tools write it: brackets round IPv6, no port where there is none. */
export function endpoint(address: string, port: number | undefined): string {
  if (port === undefined) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

// ICMP and ICMPv6 (IANA) have a type and a code where TCP has flags.
const isIcmp = (header: WalkHeader) => header.proto === 1 || header.proto === 58

const HEADER: readonly (readonly [RowName, (header: WalkHeader) => string])[] = [
  ['source', (header) => endpoint(header.src, header.sport)],
  ['destination', (header) => endpoint(header.dst, header.dport)],
  ['mark', (header) => hex(header.mark)],
  ['ttl', (header) => String(header.ttl)],
  ['flags', (header) => (isIcmp(header) ? '' : (header.flags ?? '').toUpperCase())],
  ['icmp', (header) => (isIcmp(header) ? (header.flags ?? '') : '')],
]

// A protocol without ports keeps its id in the tuple's places: shown for TCP (6), UDP (17) and SCTP (132) only.
const tuple = (t: WalkEntry['original']) => {
  const ports = t.proto === 6 || t.proto === 17 || t.proto === 132
  // ">" as tcpdump writes it: "→" means "became" in this column.
  return `${endpoint(t.src, ports ? t.sport : undefined)} > ${endpoint(t.dst, ports ? t.dport : undefined)}`
}

const ENTRY: readonly (readonly [RowName, (entry: WalkEntry) => string])[] = [
  ['state', (entry) => entry.state],
  ['original', (entry) => tuple(entry.original)],
  ['reply', (entry) => tuple(entry.reply)],
]

/** The bits that were set; what was added is enough to say where none went. */
function status(was: WalkEntry | undefined, now: WalkEntry): Row[] {
  const before = was?.status ?? []
  const added = now.status.filter((bit) => !before.includes(bit))
  const grew = before.every((bit) => now.status.includes(bit))
  const after = grew ? added.map((bit) => `+${bit}`) : now.status
  if (before.length === 0 && after.length === 0) return []
  return [{ name: 'status', before: before.join(' '), ...(grew && added.length === 0 ? {} : { after: after.join(' ') }) }]
}

/** The entry as the step before this one saw it in the same namespace; undefined where there was none yet. */
export function entryBefore(packets: ConnectionWalk['packets'], at: Cursor): WalkEntry | undefined {
  const netns = packets[at.packet]?.steps[at.step]?.netns
  for (let packet = at.packet; packet >= 0; packet--) {
    const steps = packets[packet]?.steps ?? []
    for (let step = packet === at.packet ? at.step - 1 : steps.length - 1; step >= 0; step--) {
      const earlier = steps[step]
      if (earlier && earlier.netns === netns && earlier.entry) return earlier.entry
    }
  }
  return undefined
}

/** A rule's counters before it counted this packet: the kernel adds one packet and its IP length. */
function counters(step: WalkStep): Row[] {
  if (!step.counters) return []
  const { packets, bytes } = step.counters
  const words = (p: number, b: number) => `${p} pkts, ${b} bytes`
  return [{ name: 'counters', before: words(packets - 1, bytes - step.before.length), after: words(packets, bytes) }]
}

const isKind = (name: RowName) => name === 'flags' || name === 'icmp'

/** The packet, its conntrack entry and the rule's counters, before and after the step in hand. */
export function rowsOf(packets: ConnectionWalk['packets'], at: Cursor): readonly Row[] {
  const step = packets[at.packet]?.steps[at.step]
  if (!step) return []
  const row = (name: RowName, before: string, after: string): Row => ({ name, before, ...(before === after ? {} : { after }) })
  const header = HEADER.map(([name, say]) => row(name, say(step.before), say(step.after ?? step.before)))
  const { entry } = step
  const was = entryBefore(packets, at)
  const tracked = entry ? ENTRY.map(([name, say]) => row(name, was ? say(was) : '', say(entry))) : []
  return [
    // A TTL is worth a line where a router took one off.
    ...header.filter(({ name, after }) => !isKind(name) && (name !== 'ttl' || after !== undefined)),
    ...tracked.slice(0, 1),
    ...counters(step),
    ...tracked.slice(1),
    ...(entry ? status(was, entry) : []),
    // What kind of packet it is never changes, and its label has said it.
    ...header.filter(({ name, before }) => isKind(name) && before !== ''),
  ]
}

/** Whether something is another after this step: the packet, its mark, or where it goes. */
export function changes(step: WalkStep): boolean {
  const { before, after } = step
  if (step.kind === 'drop' || step.kind === 'nat') return true
  return after !== undefined && HEADER.some(([, say]) => say(before) !== say(after))
}
