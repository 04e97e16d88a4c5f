import type { Link } from './link.ts'
import type { RuleStep } from './netfilter/env.ts'
import type { Netns } from './netns.ts'
import type { Packet, Skb } from './packet.ts'

/** An ARP message as a capture shows it. */
export interface ArpMessage {
  readonly op: 'request' | 'reply'
  readonly senderIp: string
  readonly senderMac: string
  readonly targetIp: string
  readonly targetMac: string
}

/** How the kernel classes a captured frame (sll_pkttype). */
export type TapDirection = 'In' | 'Out' | 'P' | 'B' | 'M'

/** One frame as it crossed a device. */
export interface TapEvent {
  readonly at: number
  readonly link: Link
  readonly direction: TapDirection
  readonly srcMac: string
  readonly dstMac: string
  readonly packet?: Packet
  readonly arp?: ArpMessage
}

/** What a rule's NFLOG hands to the listeners of its group. */
export interface NflogEvent {
  readonly at: number
  readonly group: number
  readonly prefix: string
  readonly packet: Packet
}

/** One trace message of nft: a step of a packet that -j TRACE has marked. */
export interface TraceEvent {
  readonly at: number
  readonly id: number
  readonly step: RuleStep
  readonly skb: Skb
  /** The first of its chain, which comes with the packet itself. */
  readonly first: boolean
}

export type TraceListener = (event: TraceEvent) => void
export type TapListener = (event: TapEvent) => void
export type NflogListener = (event: NflogEvent) => void

/**
 * Who captures where: packet sockets (tcpdump) and netfilter log groups. Listeners belong to running commands, so they are no
 * part of the state; with none, a frame costs one test.
 */
export class Taps {
  private readonly devices = new Map<string, Set<TapListener>>()
  private readonly groups = new Map<string, Set<NflogListener>>()
  private readonly tracers = new Map<string, Set<TraceListener>>()

  /** Whether anybody captures in any namespace. */
  get active(): boolean {
    return this.devices.size > 0
  }

  /** Everything that crosses a device of this namespace. */
  capture(ns: Netns, listener: TapListener): () => void {
    return join(this.devices, ns.id, listener)
  }

  /** What NFLOG rules of this namespace send to a group. */
  nflog(ns: Netns, group: number, listener: NflogListener): () => void {
    return join(this.groups, `${ns.id} ${group}`, listener)
  }

  /** What nft says of traced packets in this namespace. */
  trace(ns: Netns, listener: TraceListener): () => void {
    return join(this.tracers, ns.id, listener)
  }

  traced(ns: Netns, event: TraceEvent): void {
    for (const listener of [...(this.tracers.get(ns.id) ?? [])]) listener(event)
  }

  frame(ns: Netns, event: TapEvent): void {
    for (const listener of [...(this.devices.get(ns.id) ?? [])]) listener(event)
  }

  logged(ns: Netns, event: NflogEvent): void {
    for (const listener of [...(this.groups.get(`${ns.id} ${event.group}`) ?? [])]) listener(event)
  }
}

function join<T>(map: Map<string, Set<T>>, key: string, listener: T): () => void {
  const set = map.get(key) ?? new Set<T>()
  map.set(key, set)
  set.add(listener)
  return () => {
    set.delete(listener)
    if (set.size === 0) map.delete(key)
  }
}
