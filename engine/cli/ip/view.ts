import type { Link, LinkAddress } from '../../net/link.ts'
import { linkFlags } from '../../net/link.ts'
import type { Netns } from '../../net/netns.ts'

/** How `ip` was asked to print. */
export interface IpStyle {
  readonly family: 4 | 6 | undefined
  readonly brief: boolean
  readonly oneline: boolean
  readonly details: boolean
}

/** UP, DOWN, UNKNOWN, LOWERLAYERDOWN: operstate as the kernel computes it. */
export function operState(ns: Netns, link: Link): string {
  if (!link.up) return 'DOWN'
  if (link.kind === 'loopback' || link.kind === 'vxlan') return 'UNKNOWN'
  if (ns.net.carrier(ns, link)) return 'UP'
  return link.peer === undefined ? 'DOWN' : 'LOWERLAYERDOWN'
}

/** "eth0@if4": the other end by name where it is in the same namespace, else by index. */
export function fullName(ns: Netns, link: Link): string {
  if (link.peer === undefined) return link.name
  const here = link.peer.netns === ns.id ? ns.linkByIndex(link.peer.index)?.name : undefined
  return `${link.name}@${here ?? `if${link.peer.index}`}`
}

/** link-netnsid: the other namespaces in the order their first device appeared. */
function nsid(ns: Netns, link: Link): string {
  if (link.peer === undefined || link.peer.netns === ns.id) return ''
  const others = [...new Set(ns.links.map((l) => l.peer?.netns).filter((id) => id !== undefined && id !== ns.id))]
  return ` link-netnsid ${others.indexOf(link.peer.netns)}`
}

function flagsText(ns: Netns, link: Link): string {
  const flags = linkFlags(link, ns.net.carrier(ns, link))
  const peer = link.peer?.netns === ns.id ? ns.linkByIndex(link.peer.index) : undefined
  if (peer !== undefined && !peer.up) flags.push('M-DOWN')
  return `<${flags.join(',')}>`
}

function head(ns: Netns, link: Link, mode: boolean): string {
  const qdisc = link.up ? (link.kind === 'ether' ? 'fq_codel' : 'noqueue') : 'noop'
  const master = link.master === undefined ? '' : ` master ${link.master}`
  const where = mode ? ' mode DEFAULT' : ''
  return `${link.index}: ${fullName(ns, link)}: ${flagsText(ns, link)} mtu ${link.mtu} qdisc ${qdisc}${master} state ${operState(ns, link)}${where} group default qlen ${link.qlen ?? 1000}`
}

function hardware(link: Link): string {
  const loop = link.kind === 'loopback'
  return `    link/${loop ? 'loopback' : 'ether'} ${link.mac} brd ${loop ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff'}`
}

export function linkText(ns: Netns, link: Link, style: IpStyle): string {
  if (style.brief)
    return `${fullName(ns, link).padEnd(16)} ${operState(ns, link).padEnd(14)} ${link.mac} ${flagsText(ns, link)} \n`
  const join = style.oneline ? '\\' : '\n'
  return `${head(ns, link, true)}${join}${hardware(link)}${nsid(ns, link)}\n`
}

function addressLine(link: Link, a: LinkAddress): string {
  if (a.family === 6) return `inet6 ${a.address}/${a.bits} scope ${a.scope} `
  const brd = a.broadcast === undefined ? '' : ` brd ${a.broadcast}`
  return `inet ${a.address}/${a.bits}${brd} scope ${a.scope}${a.secondary ? ' secondary' : ''} ${a.label ?? link.name}`
}

const LIFETIME = '       valid_lft forever preferred_lft forever'

export function addressText(ns: Netns, link: Link, given: readonly LinkAddress[], style: IpStyle): string {
  const addresses = given.toSorted((a, b) => a.family - b.family)
  if (style.brief)
    return `${fullName(ns, link).padEnd(16)} ${operState(ns, link).padEnd(14)} ${addresses.map((a) => `${a.address}/${a.bits} `).join('')}\n`
  if (style.oneline) return addresses.map((a) => `${link.index}: ${link.name}    ${addressLine(link, a)}\\${LIFETIME}\n`).join('')
  const lines = addresses.map((a) => `    ${addressLine(link, a)}\n${LIFETIME}\n`).join('')
  // With -4 and -6 the link layer is not dumped; its netnsid then stands on the first line.
  if (style.family === 4) return `${head(ns, link, false)}${nsid(ns, link)}\n${lines}`
  if (style.family === 6) {
    // An IPv6 dump does not say whose index it is: ip takes it for one of its own.
    const peer = link.peer === undefined ? undefined : (ns.linkByIndex(link.peer.index)?.name ?? `if${link.peer.index}`)
    const name = peer === undefined ? link.name : `${link.name}@${peer}`
    return `${link.index}: ${name}: ${flagsText(ns, link)} mtu ${link.mtu} state ${operState(ns, link)} qlen ${link.qlen ?? 1000}\n${lines}`
  }
  return `${head(ns, link, false)}\n${hardware(link)}${nsid(ns, link)}\n${lines}`
}
