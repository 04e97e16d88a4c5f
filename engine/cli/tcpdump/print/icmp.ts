import { packetBytes } from '../../../net/bytes.ts'
import { type Packet, PROTO } from '../../../net/packet.ts'
import type { Printer } from './printer.ts'

/** print-icmp.c: an ICMP message behind its addresses; with -v the packet it complains of follows, as `inner` prints it. */
export function icmpText(packet: Packet, printer: Printer, inner: (of: Packet) => string): string {
  const icmp = packet.icmp as NonNullable<Packet['icmp']>
  const host = printer.names.host
  const length = packet.length - 20
  const head = `${host(packet.src)} > ${host(packet.dst)}: ICMP `
  const tail = `, length ${length}`
  if (icmp.type === 0 || icmp.type === 8)
    return `${head}echo ${icmp.type === 8 ? 'request' : 'reply'}, id ${icmp.id ?? 0}, seq ${icmp.seq ?? 0}${tail}`
  const said =
    icmp.type === 3
      ? unreachable(packet, printer)
      : icmp.type === 11
        ? icmp.code === 0
          ? 'time exceeded in-transit'
          : 'ip reassembly time exceeded'
        : `type-#${icmp.type}`
  const quoted = printer.options.verbose > 0 && icmp.inner !== undefined ? `\n\t${inner(icmp.inner)}` : ''
  return `${head}${said}${tail}${quoted}`
}

function thirdWord(inner: Packet | undefined): number {
  const bytes = inner === undefined ? '' : packetBytes(inner).slice(20)
  return (bytes.charCodeAt(2) << 8) | bytes.charCodeAt(3)
}

/** Codes that speak of a network or a host and end in words of their own. */
const UNREACHABLE: Readonly<Record<number, readonly [string, string]>> = {
  0: ['net', 'unreachable'],
  1: ['host', 'unreachable'],
  5: ['', 'unreachable - source route failed'],
  6: ['net', 'unreachable - unknown'],
  7: ['host', 'unreachable - unknown'],
  8: ['', 'unreachable - source host isolated'],
  9: ['net', 'unreachable - admin prohibited'],
  10: ['host', 'unreachable - admin prohibited'],
  11: ['net', 'unreachable - tos prohibited'],
  12: ['host', 'unreachable - tos prohibited'],
  13: ['host', 'unreachable - admin prohibited filter'],
  14: ['host', 'unreachable - host precedence violation'],
  15: ['host', 'unreachable - precedence cutoff'],
}

function unreachable(packet: Packet, printer: Printer): string {
  const icmp = packet.icmp as NonNullable<Packet['icmp']>
  const inner = icmp.inner
  const who = printer.names.host(inner?.dst ?? packet.dst)
  if (icmp.code === 2) return `${who} protocol ${inner?.proto ?? 0} unreachable`
  if (icmp.code === 4) return `${who} unreachable - need to frag (mtu ${icmp.mtu ?? 0})`
  if (icmp.code === 3) {
    const proto = inner?.proto === PROTO.tcp ? 'tcp' : inner?.proto === PROTO.udp ? 'udp' : undefined
    // Of another protocol it takes the same two bytes for a port.
    if (proto === undefined) return `${who} protocol ${inner?.proto ?? 0} port ${thirdWord(inner)} unreachable`
    return `${who} ${proto} port ${printer.names.port(inner?.dport ?? 0, proto)} unreachable`
  }
  const [kind, words] = UNREACHABLE[icmp.code] ?? ['', `#${icmp.code} unreachable`]
  return kind === '' ? `${who} ${words}` : `${kind} ${who} ${words}`
}

const CODES6 = [
  'unreachable route',
  ' unreachable prohibited',
  'beyond scope',
  'unreachable address',
  'unreachable port',
] as const

/** print-icmp6.c */
export function icmp6Text(packet: Packet, printer: Printer): string {
  const icmp = packet.icmp as NonNullable<Packet['icmp']>
  const host = printer.names.host
  const head = `${host(packet.src)} > ${host(packet.dst)}: `
  const sum = printer.options.verbose > 0 ? '[icmp6 sum ok] ' : ''
  const tail = printer.options.verbose > 0 ? '' : `, length ${packet.length - 40}`
  if (icmp.type === 128 || icmp.type === 129)
    return `${head}${sum}ICMP6, echo ${icmp.type === 128 ? 'request' : 'reply'}, id ${icmp.id ?? 0}, seq ${icmp.seq ?? 0}${tail}`
  if (icmp.type === 3) return `${head}${sum}ICMP6, time exceeded in-transit for ${host(icmp.inner?.dst ?? '::')}${tail}`
  if (icmp.type === 2) return `${head}${sum}ICMP6, packet too big, mtu ${icmp.mtu ?? 0}${tail}`
  if (icmp.type !== 1) return `${head}${sum}ICMP6, type-#${icmp.type}${tail}`
  const { inner } = icmp
  const proto = inner?.proto === PROTO.tcp ? 'tcp' : 'udp'
  const what = CODES6[icmp.code] ?? `unreachable code-#${icmp.code}`
  const who = host(inner?.dst ?? '::')
  const about = icmp.code === 4 ? `, ${who} ${proto} port ${printer.names.port(inner?.dport ?? 0, proto)}` : ` ${who}`
  return `${head}${sum}ICMP6, destination unreachable, ${what}${about}${tail}`
}
