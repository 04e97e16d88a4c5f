import type { CtEntry } from '../../net/conntrack/entry.ts'
import { idOf, protocolName, remaining } from '../../net/conntrack/text.ts'
import { PROTO, type Tuple } from '../../net/packet.ts'

function meta(direction: string, t: Tuple): string {
  const v6 = t.src.includes(':')
  const three = `<layer3 protonum="${v6 ? 10 : 2}" protoname="ipv${v6 ? 6 : 4}"><src>${t.src}</src><dst>${t.dst}</dst></layer3>`
  const icmp = t.proto === PROTO.icmp || t.proto === PROTO.icmpv6
  const ports = icmp
    ? `<type>${t.dport >> 8}</type><code>${t.dport & 255}</code><id>${t.sport}</id>`
    : `<sport>${t.sport}</sport><dport>${t.dport}</dport>`
  return `<meta direction="${direction}">${three}<layer4 protonum="${t.proto}" protoname="${protocolName(t.proto)}">${ports}</layer4></meta>`
}

/** A flow as `conntrack -o xml` prints it (libnetfilter_conntrack snprintf_xml.c). */
export function entryXml(entry: CtEntry, now: number, use: number): string {
  const state = entry.tcp === undefined ? '' : `<state>${entry.tcp.state}</state>`
  const flags = `${entry.seenReply ? '' : '<unreplied/>'}${entry.assured ? '<assured/>' : ''}`
  const rest = `${state}<timeout>${remaining(entry, now)}</timeout><mark>${entry.mark}</mark><use>${use}</use><id>${idOf(entry)}</id>${flags}`
  return `<flow>${meta('original', entry.original)}${meta('reply', entry.reply)}<meta direction="independent">${rest}</meta></flow>`
}

export const XML_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<conntrack>\n'
export const XML_TAIL = '</conntrack>\n'
