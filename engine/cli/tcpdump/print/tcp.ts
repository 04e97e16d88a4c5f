import { pseudoSum, tcpOptionBytes, transportChecksum } from '../../../net/bytes.ts'
import type { Packet, TcpHeader } from '../../../net/packet.ts'
import { WINDOW_SCALE } from '../../../net/path/build.ts'
import { endpoint, type Printer } from './printer.ts'
import { httpText } from './text.ts'

const HTTP_PORTS = [80, 8080, 3128]
const hex4 = (n: number) => `0x${n.toString(16).padStart(4, '0')}`

/** print-tcp.c: a segment behind its addresses. */
export function tcpText(packet: Packet, partial: boolean, printer: Printer): string {
  const { options } = printer
  const header = packet.tcp as TcpHeader
  const { src, dst, sport = 0, dport = 0 } = packet
  const head = `${endpoint(printer, src, sport, 'tcp')} > ${endpoint(printer, dst, dport, 'tcp')}: `
  const length = packet.payload.length
  if (options.quiet) return `${head}tcp ${length}`
  const { seq, ack } = relative(packet, header, printer)
  let text = `${head}Flags [${flagText(header)}]`
  if (options.verbose > 0 && !options.trustChecksums) text += `, cksum ${checksumText(packet, partial)}`
  if (options.verbose > 1 || length > 0 || header.syn || header.fin || header.rst)
    text += `, seq ${seq}${length > 0 ? `:${(seq + length) >>> 0}` : ''}`
  if (header.ack) text += `, ack ${ack}`
  text += `, win ${header.window}`
  if (header.urg) text += ', urg 0'
  if (header.options) text += `, options [${optionText(header)}]`
  text += `, length ${length}`
  if (length === 0) return text
  return HTTP_PORTS.includes(sport) || HTTP_PORTS.includes(dport)
    ? `${text}: ${httpText(packet.payload, options.verbose > 0)}`
    : text
}

function flagText(header: TcpHeader): string {
  const flags = `${header.fin ? 'F' : ''}${header.syn ? 'S' : ''}${header.rst ? 'R' : ''}${header.psh ? 'P' : ''}${header.ack ? '.' : ''}${header.urg ? 'U' : ''}`
  return flags === '' ? 'none' : flags
}

/** Sequence numbers relative to the first that was seen of the connection, unless -S; a SYN starts anew. */
function relative(packet: Packet, header: TcpHeader, printer: Printer): { readonly seq: number; readonly ack: number } {
  const { seq, ackSeq } = header
  if (printer.options.absolute || !header.ack) return { seq, ack: ackSeq }
  const from = `${packet.src}.${packet.sport}`
  const to = `${packet.dst}.${packet.dport}`
  const turned = from > to
  const key = turned ? `${to} ${from}` : `${from} ${to}`
  const known = printer.flows.get(key)
  if (known === undefined || header.syn) {
    printer.flows.set(key, turned ? { forward: ackSeq - 1, backward: seq } : { forward: seq, backward: ackSeq - 1 })
    return { seq, ack: ackSeq }
  }
  const [own, other] = turned ? [known.backward, known.forward] : [known.forward, known.backward]
  return { seq: (seq - own) >>> 0, ack: (ackSeq - other) >>> 0 }
}

function checksumText(packet: Packet, partial: boolean): string {
  const right = transportChecksum(packet)
  const header = packet.tcp as TcpHeader
  // A RST without a socket is summed by the host itself.
  if (!partial || !header.options) return `${hex4(right)} (correct)`
  const left = pseudoSum(packet, 20 + tcpOptionBytes(header).length + packet.payload.length)
  return left === right ? `${hex4(right)} (correct)` : `${hex4(left)} (incorrect -> ${hex4(right)})`
}

function optionText(header: TcpHeader): string {
  const stamps = `TS val ${header.tsVal} ecr ${header.tsEcr}`
  return header.syn ? `mss ${header.mss},sackOK,${stamps},nop,wscale ${WINDOW_SCALE}` : `nop,nop,${stamps}`
}
