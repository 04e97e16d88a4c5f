import { pseudoSum, transportChecksum } from '../../../net/bytes.ts'
import type { Packet } from '../../../net/packet.ts'
import { dnsText } from './dns.ts'
import { endpoint, type Printer } from './printer.ts'

const hex4 = (n: number) => `0x${n.toString(16).padStart(4, '0')}`
const DNS_PORTS = [53, 5353]

/** print-udp.c: a datagram behind its addresses. */
export function udpText(packet: Packet, partial: boolean, printer: Printer): string {
  const { src, dst, sport = 0, dport = 0, payload } = packet
  const head = `${endpoint(printer, src, sport, 'udp')} > ${endpoint(printer, dst, dport, 'udp')}: `
  const { verbose, quiet, trustChecksums } = printer.options
  if (quiet) return `${head}UDP, length ${payload.length}`
  const checksum = verbose > 1 && !trustChecksums ? checksumText(packet, partial) : ''
  if (DNS_PORTS.includes(sport) || DNS_PORTS.includes(dport)) {
    const text = dnsText(payload, verbose)
    if (text !== undefined) return `${head}${checksum}${text}`
  }
  return `${head}${checksum}UDP, length ${payload.length}`
}

function checksumText(packet: Packet, partial: boolean): string {
  const right = transportChecksum(packet)
  const left = partial ? pseudoSum(packet, 8 + packet.payload.length) : right
  return left === right ? '[udp sum ok] ' : `[bad udp cksum ${hex4(left)} -> ${hex4(right)}!] `
}
