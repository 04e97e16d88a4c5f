import type { HostView } from '../netfilter/env.ts'
import type { Netns } from '../netns.ts'
import { type Packet, PROTO } from '../packet.ts'

const views = new WeakMap<Netns, HostView>()

/** TCP states in which a connection no longer counts (already_closed of nf_conncount.c). */
const OVER: readonly string[] = ['TIME_WAIT', 'CLOSE']
const NAMES: Readonly<Record<number, 'tcp' | 'udp'>> = { [PROTO.tcp]: 'tcp', [PROTO.udp]: 'udp' }

/** What matchers see of a namespace; one for each. */
export function hostView(ns: Netns): HostView {
  const known = views.get(ns)
  if (known !== undefined) return known
  const made: HostView = {
    wayTo: (address) => {
      const route = ns.route(address)
      if (route.kind === 'local') return { kind: 'local', device: route.device }
      return route.kind === 'unicast' ? { kind: 'unicast', device: route.dev } : { kind: 'none', device: undefined }
    },
    mtu: (address) => {
      const route = ns.route(address)
      return route.kind === 'unicast' ? route.mtu : 65_536
    },
    isLoopback: (device) => ns.link(device)?.kind === 'loopback',
    socket: (ends, device) => {
      const proto = NAMES[ends.proto]
      if (proto === undefined) return undefined
      const found = ns.sockets.find(proto, ends.dst, ends.dport, ends.src, ends.sport, device)
      if (found === undefined) return undefined
      return found.local === '0.0.0.0' || found.local === '::' ? 'wildcard' : 'bound'
    },
    flow: (original) => {
      const entry = ns.conntrack.find(original)
      if (entry === undefined) return undefined
      return entry.tcp !== undefined && OVER.includes(entry.tcp.state) ? 'closed' : 'open'
    },
    duplicate: (packet, gateway, device) => duplicators.get(ns)?.(packet, gateway, device),
  }
  views.set(ns, made)
  return made
}

type Duplicate = (packet: Packet, gateway: string, device: string | undefined) => void

/** How each namespace sends copies: its IP stack says so when it is made. */
const duplicators = new WeakMap<Netns, Duplicate>()

export function setDuplicator(ns: Netns, duplicate: Duplicate): void {
  duplicators.set(ns, duplicate)
}
