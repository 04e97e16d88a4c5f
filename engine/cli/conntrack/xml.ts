import type { CtEntry } from '../../net/conntrack/entry.ts'
import type { CtEvent } from '../../net/conntrack/table.ts'
import { age, hasPorts, idOf, protocolName, remaining } from '../../net/conntrack/text.ts'
import type { Tuple } from '../../net/packet.ts'

function meta(direction: string, t: Tuple, counters: string): string {
  const v6 = t.src.includes(':')
  const three = `<layer3 protonum="${v6 ? 10 : 2}" protoname="ipv${v6 ? 6 : 4}"><src>${t.src}</src><dst>${t.dst}</dst></layer3>`
  const ports = hasPorts(t.proto) ? `<sport>${t.sport}</sport><dport>${t.dport}</dport>` : ''
  const four = `<layer4 protonum="${t.proto}" protoname="${protocolName(t.proto)}">${ports}</layer4>`
  return `<meta direction="${direction}">${three}${four}${counters}</meta>`
}

export interface XmlOptions {
  readonly now: number
  readonly use?: number
  /** `-o ktimestamp`. */
  readonly stamps?: boolean
  /** `-o timestamp`, in events. */
  readonly when?: boolean
  readonly event?: CtEvent
  readonly byProgram?: boolean
}

const TYPES: Readonly<Record<CtEvent, string>> = { NEW: 'new', UPDATE: 'update', DESTROY: 'destroy' }

/** A flow as `conntrack -o xml` prints it (libnetfilter_conntrack snprintf_xml.c). */
export function entryXml(entry: CtEntry, options: XmlOptions): string {
  const { now, event } = options
  const ended = event === undefined || event === 'DESTROY'
  const counters = (dir: 0 | 1) =>
    entry.acct && ended ? `<counters><packets>${entry.packets[dir]}</packets><bytes>${entry.bytes[dir]}</bytes></counters>` : ''
  const left = event === undefined ? remaining(entry, now) : Math.max(0, Math.ceil((entry.expires - now) / 1000))
  const rest = [
    entry.tcp === undefined ? '' : `<state>${entry.tcp.state}</state>`,
    `<timeout>${left}</timeout>`,
    event === undefined || entry.mark !== 0 || (options.byProgram && !ended) ? `<mark>${entry.mark}</mark>` : '',
    event === undefined ? `<use>${options.use ?? 1}</use>` : '',
    `<id>${idOf(entry)}</id>`,
    entry.assured ? '<assured/>' : '',
    entry.seenReply ? '' : '<unreplied/>',
    options.stamps && entry.stamped && event === undefined ? `<timestamp><start>${entry.since}000000</start></timestamp>` : '',
    entry.stamped && ended ? `<deltatime>${age(entry, now)}</deltatime>` : '',
  ]
  const type = event === undefined ? '' : ` type="${TYPES[event]}"`
  const flow = `${meta('original', entry.original, counters(0))}${meta('reply', entry.reply, counters(1))}`
  return `<flow${type}>${flow}<meta direction="independent">${rest.join('')}</meta>${options.when ? when(now) : ''}</flow>`
}

function when(now: number): string {
  const d = new Date(now)
  const parts = [
    ['hour', d.getUTCHours()],
    ['min', String(d.getUTCMinutes()).padStart(2, '0')],
    ['sec', String(d.getUTCSeconds()).padStart(2, '0')],
    ['wday', d.getUTCDay() + 1],
    ['day', d.getUTCDate()],
    ['month', d.getUTCMonth() + 1],
    ['year', d.getUTCFullYear()],
  ]
  return `<when>${parts.map(([name, value]) => `<${name}>${value}</${name}>`).join('')}</when>`
}

export const XML_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<conntrack>\n'
export const XML_TAIL = '</conntrack>\n'
