import type { CtEntry } from '../conntrack/entry.ts'
import type { CtDirection, CtInfo, Packet, Skb, Tuple } from '../packet.ts'

/** A packet on its way through the path: the skb that matchers see, and what only the path needs. */
export interface Frame extends Skb {
  entry: CtEntry | undefined
  /** ctinfo; undefined before the conntrack hook. */
  ctState: CtInfo['state'] | undefined
  ctDir: CtDirection
  /** The connection attempt it belongs to, for the packet walk. */
  flow: number | undefined
  /** The packet's number in the walk of its connection; undefined where nobody keeps it (see trace.ts). */
  nr: number | undefined
  /** Next hop and device, once routed. */
  nexthop: string | undefined
}

/** For a packet just made; `nr` where it is one that goes on elsewhere. */
export function newFrame(packet: Packet, flow?: number, nr?: number): Frame {
  return {
    packet,
    mark: 0,
    iif: undefined,
    oif: undefined,
    physin: undefined,
    physout: undefined,
    srcMac: undefined,
    dstMac: undefined,
    traced: undefined,
    uid: undefined,
    gid: undefined,
    ct: undefined,
    entry: undefined,
    ctState: undefined,
    ctDir: 'original',
    flow,
    nr,
    nexthop: undefined,
  }
}

/** A frame as the receiving host gets it: within one host the mark and the flow stay (loopback pairs), elsewhere they go. */
export function crossed(frame: Frame, sameHost: boolean): Frame {
  const fresh = newFrame(frame.packet, frame.flow, frame.nr)
  if (sameHost) fresh.mark = frame.mark
  return fresh
}

/** The same for a frame that goes to one place only: what the sender knew of it is forgotten (skb_scrub_packet). */
export function scrub(frame: Frame, sameHost: boolean): Frame {
  if (!sameHost) frame.mark = 0
  frame.iif = undefined
  frame.oif = undefined
  frame.physin = undefined
  frame.physout = undefined
  frame.traced = undefined
  frame.uid = undefined
  frame.gid = undefined
  frame.ct = undefined
  frame.entry = undefined
  frame.ctState = undefined
  frame.ctDir = 'original'
  frame.nexthop = undefined
  return frame
}

/** ctinfo as matchers read it: a live view of the entry, because NAT changes it between two rules. */
export class CtView implements CtInfo {
  readonly state: CtInfo['state']
  readonly direction: CtDirection
  private readonly entry: CtEntry
  private readonly at: number

  constructor(entry: CtEntry, state: CtInfo['state'], direction: CtDirection, now: number) {
    this.entry = entry
    this.state = state
    this.direction = direction
    this.at = now
  }

  get original(): Tuple {
    return this.entry.original
  }
  get reply(): Tuple {
    return this.entry.reply
  }
  get snat(): boolean {
    return this.entry.snat
  }
  get dnat(): boolean {
    return this.entry.dnat
  }
  get assured(): boolean {
    return this.entry.assured
  }
  get seenReply(): boolean {
    return this.entry.seenReply
  }
  get mark(): number {
    return this.entry.mark
  }
  /** CONNMARK writes it. */
  set mark(value: number) {
    this.entry.mark = value
    this.entry.kept = undefined
  }
  get confirmed(): boolean {
    return this.entry.confirmed
  }
  /** Only of flows that began while accounting was on. */
  get packets(): readonly [number, number] | undefined {
    return this.entry.acct ? this.entry.packets : undefined
  }
  get bytes(): readonly [number, number] | undefined {
    return this.entry.acct ? this.entry.bytes : undefined
  }
  get expires(): number {
    // Until it is in the table its timeout is no time of day (nf_ct_expires).
    return this.entry.confirmed ? Math.max(0, Math.floor((this.entry.expires - this.at) / 1000)) : 0
  }
}

const NO_TUPLE: Tuple = { proto: 0, src: '0.0.0.0', dst: '0.0.0.0', sport: 0, dport: 0 }

/** ctinfo of a packet that has no entry: INVALID or UNTRACKED. */
export function noFlow(state: 'INVALID' | 'UNTRACKED'): CtInfo {
  return {
    state,
    direction: 'original',
    original: NO_TUPLE,
    reply: NO_TUPLE,
    snat: false,
    dnat: false,
    assured: false,
    seenReply: false,
    mark: 0,
    expires: 0,
  }
}
