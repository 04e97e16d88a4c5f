import { dontFragment } from '../../net/bytes.ts'
import type { Dialect } from '../../net/netfilter/dialect.ts'
import type { Family, RuleStep } from '../../net/netfilter/env.ts'
import type { NameService } from '../../net/netfilter/names.ts'
import type { Rule } from '../../net/netfilter/rule.ts'
import { ruleText } from '../../net/netfilter/save.ts'
import type { Table } from '../../net/netfilter/table.ts'
import { PROTO, type Skb } from '../../net/packet.ts'
import type { TraceEvent } from '../../net/taps.ts'

/** What differs from version to version. */
interface Wording {
  /** How a rule's text begins. */
  readonly command: (family: Family) => string
  /** 1.8.7 forgets the blank between the identification and what follows it. */
  readonly idGap: string
}

export function wordingOf(version: string): Wording {
  const minor = Number(version.split('.')[2] ?? 0)
  return {
    command: (family) => (minor >= 11 ? (family === 4 ? 'iptables' : 'ip6tables') : family === 4 ? '-4' : '-6'),
    idGap: minor <= 7 ? '' : ' ',
  }
}

export interface MonitorEnv {
  readonly dialect: Dialect
  readonly names: NameService
  readonly wording: Wording
  readonly table: (family: Family, name: RuleStep['table']) => Table | undefined
}

const AF: Readonly<Record<Family, number>> = { 4: 2, 6: 10 }
const hex8 = (n: number) => n.toString(16).padStart(8, '0')

/** The lines of one trace message (trace_cb of xtables-monitor.c): the packet first, where the message has it. */
export function traceLines(event: TraceEvent, env: MonitorEnv): string {
  const { step, skb, id } = event
  const family = skb.packet.family
  const head = ` TRACE: ${AF[family]} ${hex8(id)} ${step.table}:${step.chain}`
  const packet = event.first ? `${packetLine(skb, id, env.wording)}\n` : ''
  if ('rules' in step.source) return `${packet}${head}:policy:${step.verdict} \n`
  const rule = step.source
  const text = ruleText(step.chain, rule, { dialect: env.dialect, family, names: env.names, numeric: true, proto: 0 })
  const place = `rule:0x${handleOf(step, rule, env.table(family, step.table)).toString(16)}`
  return `${packet}${head}:${place}:${verdictText(step, rule)}  ${env.wording.command(family)} -t ${step.table} ${text}\n`
}

/** A number for the rule as the kernel gives to chains and rules in turn; what was deleted before is not known any more. */
function handleOf(step: RuleStep, rule: Rule, table: Table | undefined): number {
  let handle = 0
  for (const chain of table?.chains.values() ?? []) {
    handle++
    if (chain.name === step.chain && chain.rules[step.rule - 1] === rule) return handle + step.rule
    handle += chain.rules.length
  }
  return handle + step.rule
}

/** print_verdict: the verdict of the whole rule as nft knows it. NFT_RETURN has no word. */
function verdictText(step: RuleStep, rule: Rule): string {
  const { target } = rule
  if (target === undefined) return 'CONTINUE'
  if (target.kind === 'jump') return `JUMP:${target.chain}`
  if (target.kind === 'goto') return `GOTO:${target.chain}`
  if (target.kind === 'verdict') return target.name === 'RETURN' ? '0xfffffffb' : target.name
  if (['DNAT', 'SNAT', 'MASQUERADE', 'REDIRECT', 'NETMAP'].includes(target.data.ext)) return 'ACCEPT'
  if (['REJECT', 'TPROXY'].includes(target.data.ext)) return 'DROP'
  return target.data.ext === 'NFQUEUE' ? 'QUEUE' : step.verdict === 'DROP' ? 'DROP' : 'CONTINUE'
}

/** ether_ntoa: no leading zeros. */
const shortMac = (mac: string) =>
  mac
    .split(':')
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':')

/** trace_print_packet */
function packetLine(skb: Skb, id: number, wording: Wording): string {
  const { packet } = skb
  let text = `PACKET: ${AF[packet.family]} ${hex8(id)} `
  if (skb.iif !== undefined) text += `IN=${skb.iif} `
  if (skb.oif !== undefined) text += `OUT=${skb.oif} `
  if (skb.iif !== undefined && skb.srcMac !== undefined && skb.dstMac !== undefined && skb.iif !== 'lo')
    text += `MACSRC=${shortMac(skb.srcMac)} MACDST=${shortMac(skb.dstMac)} MACPROTO=${packet.family === 4 ? '0800' : '86dd'} `
  text += `SRC=${packet.src} DST=${packet.dst} `
  if (packet.family === 4) {
    text += `LEN=${packet.length} TOS=0x${packet.tos.toString(16)} TTL=${packet.ttl} ID=${packet.id}${wording.idGap}`
    if (dontFragment(packet)) text += 'DF '
  } else text += `LEN=${packet.length - 20} TC=${packet.tos} HOPLIMIT=${packet.ttl} FLOWLBL=0 `
  if (packet.proto === PROTO.tcp || packet.proto === PROTO.udp || packet.proto === PROTO.sctp)
    text += `SPORT=${packet.sport} DPORT=${packet.dport} `
  const header = packet.tcp
  if (header !== undefined)
    for (const flag of ['syn', 'ack', 'fin', 'rst', 'psh', 'urg'] as const) if (header[flag]) text += `${flag.toUpperCase()} `
  return skb.mark === 0 ? text : `${text}MARK=0x${skb.mark.toString(16)} `
}
