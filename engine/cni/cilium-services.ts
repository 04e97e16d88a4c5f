import type { Json } from '../base/json.ts'
import type { Dice } from '../clock/dice.ts'
import { type Packet, PROTO } from '../net/packet.ts'
import type { Backend } from './plugin.ts'

/** An entry of Cilium's connection map: which backend a pod's flow to a ClusterIP was given. */
interface ServiceFlow {
  readonly vip: string
  readonly port: number
  readonly backend: Backend
  seen: number
}

/** Idle flows are forgotten after Cilium's ct lifetimes: 8000 s for TCP, 60 s for anything else. */
const LIFETIME_MS = { tcp: 8_000_000, other: 60_000 }

/** Per-packet Service translation at a pod's device (bpf/lib/lb.h lb4_local, lb4_rev_nat), with its connection map. */
export class ServiceTranslator {
  /** By "proto|client|port|vip|port" and, for the way back, "proto|backend|port|client|port". */
  private forward = new Map<string, ServiceFlow>()
  private back = new Map<string, string>()

  /** The packet with its backend as destination; 'none' where the Service has no ready endpoint; undefined if it is no Service's. */
  translate(
    packet: Packet,
    now: number,
    dice: Dice,
    backends: (address: string, port: number, protocol: 'tcp' | 'udp' | 'sctp') => readonly Backend[] | undefined,
  ): Packet | 'none' | undefined {
    const protocol = packet.proto === PROTO.tcp ? 'tcp' : packet.proto === PROTO.udp ? 'udp' : undefined
    if (protocol === undefined || packet.dport === undefined) return undefined
    const found = backends(packet.dst, packet.dport, protocol)
    if (found === undefined) return undefined
    const key = `${packet.proto}|${packet.src}|${packet.sport}|${packet.dst}|${packet.dport}`
    let flow = this.forward.get(key)
    const age = protocol === 'tcp' ? LIFETIME_MS.tcp : LIFETIME_MS.other
    const fresh = packet.tcp?.syn === true && packet.tcp.ack !== true
    const gone = flow !== undefined && (now - flow.seen > age || !found.some((b) => same(b, (flow as ServiceFlow).backend)))
    if (flow === undefined || gone || fresh) {
      if (found.length === 0) return 'none'
      flow = { vip: packet.dst, port: packet.dport, backend: found[dice.int(found.length)] as Backend, seen: now }
      this.forward.set(key, flow)
    }
    flow.seen = now
    this.back.set(`${packet.proto}|${flow.backend.address}|${flow.backend.port}|${packet.src}|${packet.sport}`, key)
    return { ...packet, dst: flow.backend.address, dport: flow.backend.port }
  }

  /** The answer of a backend as the pod expects it: from the ClusterIP. */
  restore(packet: Packet): Packet {
    const inner = packet.icmp?.inner
    if (inner !== undefined) {
      const flow = this.flowOf(`${inner.proto}|${inner.dst}|${inner.dport}|${inner.src}|${inner.sport}`)
      if (flow === undefined) return packet
      return { ...packet, icmp: { ...packet.icmp!, inner: { ...inner, dst: flow.vip, dport: flow.port } } }
    }
    const flow = this.flowOf(`${packet.proto}|${packet.src}|${packet.sport}|${packet.dst}|${packet.dport}`)
    return flow === undefined ? packet : { ...packet, src: flow.vip, sport: flow.port }
  }

  save(): Json {
    return { forward: [...this.forward].map(([k, f]) => [k, { ...f }]), back: [...this.back] } as unknown as Json
  }

  load(state: Json): void {
    const saved = state as unknown as { forward: [string, ServiceFlow][]; back: [string, string][] }
    this.forward = new Map(saved.forward.map(([k, f]) => [k, { ...f }]))
    this.back = new Map(saved.back)
  }

  private flowOf(key: string): ServiceFlow | undefined {
    const forward = this.back.get(key)
    return forward === undefined ? undefined : this.forward.get(forward)
  }
}

function same(a: Backend, b: Backend): boolean {
  return a.address === b.address && a.port === b.port
}
