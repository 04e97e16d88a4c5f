import { parseIPv6 } from '../../../base/ip.ts'
import { dontFragment, tcpOptionBytes } from '../../bytes.ts'
import { type Packet, PROTO, type Skb } from '../../packet.ts'

/** NF_LOG_*: what --log-tcp-sequence, --log-tcp-options, --log-ip-options, --log-uid and --log-macdecode set. */
export const LOG_FLAG = { tcpSequence: 1, tcpOptions: 2, ipOptions: 4, uid: 8, macDecode: 32 } as const
/** NF_LOG_DEFAULT_MASK: what TRACE prints with. */
export const LOG_DEFAULT_FLAGS = 15

const hex = (n: number, width: number) => n.toString(16).toUpperCase().padStart(width, '0')

/** The kernel's line for a packet, without the timestamp (nf_log_syslog.c: nf_log_ip_packet, nf_log_ip6_packet). */
export function logLine(prefix: string, skb: Skb, flags = 0): string {
  const head = `${prefix}IN=${skb.iif ?? ''} OUT=${skb.oif ?? ''} `
  const ports = `${bridgePort('PHYSIN', skb.physin, skb.iif)}${bridgePort('PHYSOUT', skb.physout, skb.oif)}`
  const mac = skb.iif === undefined ? '' : macHeader(skb, flags)
  const owner = flags & LOG_FLAG.uid && skb.uid !== undefined ? `UID=${skb.uid} GID=${skb.gid ?? 0} ` : ''
  const mark = skb.mark === 0 ? '' : `MARK=0x${skb.mark.toString(16)} `
  return `${head}${ports}${mac}${packetText(skb.packet, flags, true)}${owner}${mark}`
}

function bridgePort(label: string, port: string | undefined, device: string | undefined): string {
  return port === undefined || port === device ? '' : `${label}=${port} `
}

/** dump_mac_header: the Ethernet header byte by byte, or decoded. Packets that nothing received have none. */
function macHeader(skb: Skb, flags: number): string {
  const { srcMac = '00:00:00:00:00:00', dstMac = '00:00:00:00:00:00' } = skb
  const type = skb.packet.family === 4 ? ['08', '00'] : ['86', 'dd']
  if (flags & LOG_FLAG.macDecode) return `MACSRC=${srcMac} MACDST=${dstMac} MACPROTO=${type.join('')} `
  return `MAC=${dstMac}:${srcMac}:${type.join(':')} `
}

function packetText(packet: Packet, flags: number, outer: boolean): string {
  return ipText(packet) + transportText(packet, flags, outer)
}

/** dump_ipv4_packet and dump_ipv6_packet up to the protocol. Our packets have no IP options, and are no fragments. */
function ipText(packet: Packet): string {
  if (packet.family === 6)
    return `SRC=${longForm(packet.src)} DST=${longForm(packet.dst)} LEN=${packet.length} TC=${packet.tos} HOPLIMIT=${packet.ttl} FLOWLBL=0 `
  const tos = `TOS=0x${hex(packet.tos & 0x1e, 2)} PREC=0x${hex(packet.tos & 0xe0, 2)}`
  return `SRC=${packet.src} DST=${packet.dst} LEN=${packet.length} ${tos} TTL=${packet.ttl} ID=${packet.id} ${dontFragment(packet) ? 'DF ' : ''}`
}

/** %pI6: all eight groups of four digits. */
function longForm(address: string): string {
  const digits = (parseIPv6(address) ?? 0n).toString(16).padStart(32, '0')
  return (digits.match(/.{4}/g) ?? []).join(':')
}

function transportText(packet: Packet, flags: number, outer: boolean): string {
  if (packet.tcp !== undefined) return tcpText(packet, packet.tcp, flags)
  if (packet.proto === PROTO.udp) {
    const length = packet.length - (packet.family === 4 ? 20 : 40)
    return `PROTO=UDP SPT=${packet.sport} DPT=${packet.dport} LEN=${length} `
  }
  return packet.icmp === undefined ? `PROTO=${packet.proto} ` : icmpText(packet, packet.icmp, flags, outer)
}

function tcpText(packet: Packet, header: NonNullable<Packet['tcp']>, flags: number): string {
  const sequence = flags & LOG_FLAG.tcpSequence ? `SEQ=${header.seq} ACK=${header.ackSeq} ` : ''
  const set = (['urg', 'ack', 'psh', 'rst', 'syn', 'fin'] as const).filter((name) => header[name])
  const words = set.map((name) => `${name.toUpperCase()} `).join('')
  const bytes = flags & LOG_FLAG.tcpOptions ? tcpOptionBytes(header) : ''
  const options = bytes === '' ? '' : `OPT (${[...bytes].map((c) => hex(c.charCodeAt(0), 2)).join('')}) `
  return `PROTO=TCP SPT=${packet.sport} DPT=${packet.dport} ${sequence}WINDOW=${header.window} RES=0x00 ${words}URGP=0 ${options}`
}

const ECHO = [0, 8, 128, 129]

function icmpText(packet: Packet, icmp: NonNullable<Packet['icmp']>, flags: number, outer: boolean): string {
  const six = packet.family === 6
  const head = `PROTO=${six ? 'ICMPv6' : 'ICMP'} TYPE=${icmp.type} CODE=${icmp.code} `
  if (ECHO.includes(icmp.type)) return `${head}ID=${icmp.id ?? 0} SEQ=${icmp.seq ?? 0} `
  // Only one level deep.
  const quoted = icmp.inner === undefined || !outer ? '' : `[${packetText(icmp.inner, flags, false)}] `
  const tooBig = six ? icmp.type === 2 : icmp.type === 3 && icmp.code === 4
  const mtu = tooBig ? `MTU=${icmp.mtu ?? 0} ` : ''
  return `${head}${quoted}${mtu}`
}
