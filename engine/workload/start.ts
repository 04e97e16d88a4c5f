import type { Netns } from '../net/netns.ts'
import type { SocketOwner } from '../net/socket/types.ts'
import { type ImageSpec, workOf } from './images.ts'
import type { WorkloadConfig } from './programs.ts'

/** A container that begins to run. */
export interface WorkloadSpec {
  readonly netns: Netns
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly image: string
  /** The pod's host name; its name unless spec.hostname says otherwise, or the node's. */
  readonly hostname?: string
  readonly pid?: number
  readonly ports?: ImageSpec['ports']
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A port that the container could not open: its program prints this and exits. */
export interface WorkloadFailure {
  readonly port: number
  readonly errno: string
}

/**
 * Opens the sockets of the container's program. Its state lives in those sockets, so a snapshot of the network holds it. An image
 * without an entry in the table idles.
 */
export function startWorkload(spec: WorkloadSpec): readonly WorkloadFailure[] {
  const work = workOf(spec.image)
  if (work === undefined) return []
  const owner = ownerOf(spec, work.comm)
  // It runs already: adopting a pod twice starts nothing twice.
  if (spec.netns.sockets.all().some((s) => s.owner?.pid === owner.pid && s.program !== undefined)) return []
  const failures: WorkloadFailure[] = []
  const listeners = work.listen({ image: spec.image, ports: spec.ports ?? [], args: spec.args ?? [], env: spec.env ?? {} })
  for (const [i, l] of listeners.entries()) {
    const config: WorkloadConfig = {
      hostname: spec.hostname ?? spec.pod,
      ...(l.site === undefined ? {} : { site: l.site }),
      ...(l.text === undefined ? {} : { text: l.text }),
    }
    const options = {
      port: l.port,
      program: l.program,
      config,
      owner: { ...owner, fd: 3 + i },
      ...(l.address === undefined ? {} : { address: l.address }),
    }
    const opened = l.proto === 'tcp' ? spec.netns.ip.listenTcp(options) : spec.netns.ip.listenUdp(options)
    if (typeof opened === 'string') failures.push({ port: l.port, errno: opened })
  }
  if (failures.length > 0) stopWorkload(spec)
  return failures
}

/** Closes everything that this container's process holds; connections end as its process does. */
export function stopWorkload(spec: Pick<WorkloadSpec, 'netns' | 'namespace' | 'pod' | 'container' | 'pid'>): void {
  const pid = pidOf(spec)
  spec.netns.ip.closeAll((s) => s.owner?.pid === pid)
}

/** Whether a container's image is one whose program Chainwalk runs (others idle, and say so where it matters). */
export function isModelled(image: string): boolean {
  return workOf(image) !== undefined
}

function ownerOf(spec: WorkloadSpec, comm: string): SocketOwner {
  return { comm: comm.slice(0, 15), pid: pidOf(spec), fd: 3 }
}

/** A stable process id for a container that was not given one. */
function pidOf(spec: Pick<WorkloadSpec, 'namespace' | 'pod' | 'container' | 'pid'>): number {
  if (spec.pid !== undefined) return spec.pid
  let h = 0x811c9dc5
  for (const ch of `${spec.namespace}/${spec.pod}/${spec.container}`) h = Math.imul(h ^ ch.charCodeAt(0), 0x01000193)
  return 1000 + ((h >>> 0) % 30_000)
}

/** What a node runs beside its pods: sshd and the kubelet. */
export function startNodeDaemons(netns: Netns, hostname: string): void {
  const listen = (comm: string, pid: number, fd: number, port: number, program: string, address: string, site?: string) =>
    netns.ip.listenTcp({
      port,
      address,
      ...(address === '::' && comm === 'sshd' ? { v6only: true } : {}),
      program,
      owner: { comm, pid, fd },
      config: { hostname, ...(site === undefined ? {} : { site }) },
    })
  listen('sshd', 812, 3, 22, 'accept', '0.0.0.0')
  // A socket for each family (sshd_config: AddressFamily any), so this one is for IPv6 alone.
  listen('sshd', 812, 4, 22, 'accept', '::')
  listen('kubelet', 901, 12, 10248, 'http', '127.0.0.1', 'healthz')
  listen('kubelet', 901, 15, 10250, 'tls', '::')
}
