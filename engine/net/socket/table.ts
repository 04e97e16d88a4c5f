import { ipFamily } from '../../base/ip.ts'
import type { Json, Stateful } from '../../base/json.ts'
import type { Socket } from './types.ts'

const ANY = new Set(['0.0.0.0', '::', '*'])

export function isAny(address: string): boolean {
  return ANY.has(address)
}

/** The sockets of one network namespace, found by their addresses as the kernel's hash tables find them. */
export class SocketTable implements Stateful {
  private sockets = new Map<number, Socket>()
  /** Connected sockets by their ports, as one number: asked for every packet. */
  private byPeer = new Map<number, Socket[]>()
  private byPort = new Map<number, Set<Socket>>()
  private nextId = 1
  /** Sockets in TIME_WAIT and until when, oldest first; those before `lingeringFrom` are done with. */
  private lingering: (readonly [id: number, until: number])[] = []
  private lingeringFrom = 0
  /** Wakes commands that wait; never part of the state. */
  private readonly watchers = new Map<number, Set<() => void>>()

  newId(): number {
    return this.nextId++
  }

  add(socket: Socket): void {
    this.sockets.set(socket.id, socket)
    this.index(socket)
  }

  /** Call after a socket's addresses changed: `change` does it between leaving and entering the indexes. */
  rebind(socket: Socket, change: () => void): void {
    this.unindex(socket)
    change()
    this.index(socket)
  }

  get(id: number): Socket | undefined {
    return this.sockets.get(id)
  }

  all(): readonly Socket[] {
    return [...this.sockets.values()]
  }

  remove(socket: Socket): void {
    if (!this.sockets.delete(socket.id)) return
    this.unindex(socket)
    this.notify(socket.id)
  }

  /** The socket a packet to local:lport from remote:rport belongs to: a connected one, else the best bound one. */
  find(proto: Socket['proto'], local: string, lport: number, remote: string, rport: number, device?: string): Socket | undefined {
    const exact = this.peer(proto, local, lport, remote, rport)
    if (exact !== undefined) return exact
    let best: Socket | undefined
    let score = -1
    const bound = this.byPort.get(portKey(proto, lport))
    if (bound === undefined) return best
    for (const s of bound) {
      if (s.remote !== '' || (s.proto === 'tcp' && s.state !== 'LISTEN')) continue
      if (s.device !== undefined && s.device !== device) continue
      const fits = s.local === local || accepts(s, local)
      if (!fits) continue
      const points =
        (s.local === local ? 4 : 0) + (s.device === undefined ? 0 : 2) + (ipFamily(s.local) === ipFamily(local) ? 1 : 0)
      if (points > score) {
        best = s
        score = points
      }
    }
    return best
  }

  /** Whether binding local:lport would clash (EADDRINUSE). */
  taken(proto: Socket['proto'], local: string, lport: number, v6only = false): boolean {
    for (const s of this.byPort.get(portKey(proto, lport)) ?? []) {
      if (s.proto === 'tcp' && s.state !== 'LISTEN') continue
      if (s.remote !== '' && s.proto === 'udp') continue
      if (s.local === local || accepts(s, local) || (isAny(local) && overlaps(local, s.local, v6only))) return true
    }
    return false
  }

  /** Whether an outgoing flow of these four is in use already. */
  connected(proto: Socket['proto'], local: string, lport: number, remote: string, rport: number): boolean {
    return this.peer(proto, local, lport, remote, rport) !== undefined
  }

  /** A socket enters TIME_WAIT. True where none waited before: the caller sets the timer. */
  linger(socket: Socket, until: number): boolean {
    this.lingering.push([socket.id, until])
    return this.lingering.length - this.lingeringFrom === 1
  }

  /** Those whose time is over; the rest waits on. `next`: when the oldest of them is due. */
  lingered(now: number): { readonly over: readonly number[]; readonly next: number | undefined } {
    const over: number[] = []
    let at = this.lingeringFrom
    for (; at < this.lingering.length; at++) {
      const [id, until] = this.lingering[at] as readonly [number, number]
      if (until > now) break
      over.push(id)
    }
    this.lingeringFrom = at
    if (at * 2 > this.lingering.length) {
      this.lingering = this.lingering.slice(at)
      this.lingeringFrom = 0
    }
    return { over, next: this.lingering[this.lingeringFrom]?.[1] }
  }

  watch(id: number, wake: () => void): () => void {
    let set = this.watchers.get(id)
    if (set === undefined) {
      set = new Set()
      this.watchers.set(id, set)
    }
    set.add(wake)
    return () => {
      set.delete(wake)
      if (set.size === 0) this.watchers.delete(id)
    }
  }

  notify(id: number): void {
    const watching = this.watchers.get(id)
    if (watching !== undefined) for (const wake of [...watching]) wake()
  }

  save(): Json {
    const lingering = this.lingering.slice(this.lingeringFrom)
    return { nextId: this.nextId, lingering, sockets: this.all().map((s) => ({ ...s })) } as unknown as Json
  }

  load(state: Json): void {
    const saved = state as unknown as { nextId: number; lingering: [number, number][]; sockets: Socket[] }
    this.nextId = saved.nextId
    this.lingering = [...saved.lingering]
    this.lingeringFrom = 0
    this.sockets = new Map()
    this.byPeer = new Map()
    this.byPort = new Map()
    for (const s of saved.sockets) this.add({ ...s })
  }

  private peer(proto: Socket['proto'], local: string, lport: number, remote: string, rport: number): Socket | undefined {
    const bucket = this.byPeer.get((lport << 16) | rport)
    if (bucket === undefined) return undefined
    for (let i = 0; i < bucket.length; i++) {
      const s = bucket[i] as Socket
      if (s.remote === remote && s.local === local && s.lport === lport && s.rport === rport && s.proto === proto) return s
    }
    return undefined
  }

  private index(s: Socket): void {
    if (s.remote !== '') {
      const key = (s.lport << 16) | s.rport
      const bucket = this.byPeer.get(key)
      if (bucket === undefined) this.byPeer.set(key, [s])
      else bucket.push(s)
    }
    const key = portKey(s.proto, s.lport)
    const set = this.byPort.get(key)
    if (set === undefined) this.byPort.set(key, new Set([s]))
    else set.add(s)
  }

  private unindex(s: Socket): void {
    const pair = (s.lport << 16) | s.rport
    const bucket = this.byPeer.get(pair)
    const at = bucket?.indexOf(s) ?? -1
    if (bucket !== undefined && at >= 0) {
      if (bucket.length === 1) this.byPeer.delete(pair)
      else bucket.splice(at, 1)
    }
    const key = portKey(s.proto, s.lport)
    const set = this.byPort.get(key)
    set?.delete(s)
    if (set?.size === 0) this.byPort.delete(key)
  }
}

const PROTO_CODE = { tcp: 0, udp: 1, icmp: 2 } as const

function portKey(proto: Socket['proto'], port: number): number {
  return (PROTO_CODE[proto] << 16) | port
}

function accepts(s: Socket, address: string): boolean {
  if (s.local === '0.0.0.0') return ipFamily(address) === 4
  return s.local === '::' && (s.v6only !== true || ipFamily(address) === 6)
}

function overlaps(any: string, address: string, v6only: boolean): boolean {
  if (any === '0.0.0.0') return ipFamily(address) === 4
  return any === '::' && (!v6only || ipFamily(address) === 6)
}
