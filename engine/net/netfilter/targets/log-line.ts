import type { Skb } from '../../packet.ts'

/** The kernel's line for a packet, without the timestamp (nf_log_syslog.c: dump_ipv4_packet). Links carry no MAC header here. */
export function logLine(prefix: string, skb: Skb): string {
  const { packet } = skb
  const head = `${prefix}IN=${skb.iif ?? ''} OUT=${skb.oif ?? ''} `
  const flow = `SRC=${packet.src} DST=${packet.dst} LEN=${packet.length} TOS=0x00 PREC=0x${(packet.tos & 0xe0).toString(16).padStart(2, '0').toUpperCase()} TTL=${packet.ttl} ID=0 DF `
  const mark = skb.mark === 0 ? '' : `MARK=0x${skb.mark.toString(16)} `
  if (packet.proto === 6) {
    const f = packet.tcp
    const flags = (['urg', 'ack', 'psh', 'rst', 'syn', 'fin'] as const)
      .map((name) => (f?.[name] ? `${name.toUpperCase()} ` : ''))
      .join('')
    return `${head}${flow}PROTO=TCP SPT=${packet.sport} DPT=${packet.dport} WINDOW=${f?.window ?? 0} RES=0x00 ${flags}URGP=0 ${mark}`
  }
  if (packet.proto === 17)
    return `${head}${flow}PROTO=UDP SPT=${packet.sport} DPT=${packet.dport} LEN=${packet.length - 20} ${mark}`
  if (packet.icmp !== undefined) {
    const echo = packet.icmp.id === undefined ? '' : `ID=${packet.icmp.id} SEQ=${packet.icmp.seq ?? 0} `
    return `${head}${flow}PROTO=${packet.family === 4 ? 'ICMP' : 'ICMPv6'} TYPE=${packet.icmp.type} CODE=${packet.icmp.code} ${echo}${mark}`
  }
  return `${head}${flow}PROTO=${packet.proto} ${mark}`
}
