import { dontFragment } from '../../../net/bytes.ts'
import { type Packet, PROTO } from '../../../net/packet.ts'
import { icmp6Text, icmpText } from './icmp.ts'
import type { Printer } from './printer.ts'
import { tcpText } from './tcp.ts'
import { udpText } from './udp.ts'

const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6', 132: 'SCTP' }

/** print-ip.c, print-ip6.c: the header's line with -v, then what it carries. */
export function ipText(packet: Packet, partial: boolean, printer: Printer): string {
  const name = printer.options.link ? '' : packet.family === 4 ? 'IP ' : 'IP6 '
  return `${name}${printer.options.verbose > 0 ? headerText(packet) : ''}${transportText(packet, partial, printer)}`
}

function headerText(packet: Packet): string {
  const { tos, ttl, id, proto, length } = packet
  const protocol = PROTOCOL_NAMES[proto] ?? 'unknown'
  if (packet.family === 6) {
    const traffic = tos === 0 ? '' : `class 0x${tos.toString(16).padStart(2, '0')}, `
    return `(${traffic}hlim ${ttl}, next-header ${protocol} (${proto}) payload length: ${length - 40}) `
  }
  const ecn = ['', ',ECT(1)', ',ECT(0)', ',CE'][tos & 3]
  const flags = dontFragment(packet) ? 'DF' : 'none'
  return `(tos 0x${tos.toString(16)}${ecn}, ttl ${ttl}, id ${id}, offset 0, flags [${flags}], proto ${protocol} (${proto}), length ${length})\n    `
}

function transportText(packet: Packet, partial: boolean, printer: Printer): string {
  if (packet.tcp !== undefined) return tcpText(packet, partial, printer)
  const inner = (of: Packet) => ipText(of, partial, printer)
  if (packet.proto === PROTO.udp) return udpText(packet, partial, printer, inner)
  if (packet.icmp !== undefined) {
    return packet.family === 4 ? icmpText(packet, printer, inner) : icmp6Text(packet, printer)
  }
  const { host } = printer.names
  const header = packet.family === 4 ? 20 : 40
  return `${host(packet.src)} > ${host(packet.dst)}:  ip-proto-${packet.proto} ${packet.length - header}`
}
