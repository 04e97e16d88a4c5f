import type { CtEntry } from '../../net/conntrack/entry.ts'
import { hasPorts, protocolName, remaining } from '../../net/conntrack/text.ts'
import { PROTO } from '../../net/packet.ts'

/** A flow as the command line that makes it again (`-o save`). A translation stands in place of the address that it makes. */
export function entrySave(entry: CtEntry, now: number, letter: 'A' | 'I' | 'U' | 'D' = 'A'): string {
  const { original: o, reply: r } = entry
  const status = [entry.seenReply ? 'SEEN_REPLY' : '', entry.assured ? 'ASSURED' : ''].filter((s) => s !== '').join(',')
  const dnat = entry.dstDone && r.src !== o.dst
  const snat = entry.srcDone && r.dst !== o.src
  const words = [
    `-${letter} -t ${remaining(entry, now)} -u ${status === '' ? 'UNSET' : status}`,
    `-s ${o.src} -d ${o.dst}`,
    `${dnat ? '-g' : '-r'} ${r.src} ${snat ? '-n' : '-q'} ${r.dst}`,
    `-p ${protocolName(o.proto) === 'unknown' ? o.proto : protocolName(o.proto)}`,
  ]
  if (o.proto === PROTO.icmp || o.proto === PROTO.icmpv6) {
    const name = protocolName(o.proto)
    words.push(`--${name}-type ${o.dport >> 8} --${name}-code ${o.dport & 255} --${name}-id ${o.sport}`)
  } else if (hasPorts(o.proto))
    words.push(`--sport ${o.sport} --dport ${o.dport} --reply-port-src ${r.sport} --reply-port-dst ${r.dport}`)
  if (entry.tcp !== undefined) words.push(`--state ${entry.tcp.state}`)
  return words.join(' ')
}
