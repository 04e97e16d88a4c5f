import { firstFree } from './ipam.ts'
import type { CniNode } from './plugin.ts'

/** What a plugin remembers of a pod. */
export interface Allocation {
  readonly node: string
  readonly ip: string
  /** The node's end of its veth pair. */
  readonly device: string
}

/** The pods of one plugin by "NAMESPACE/NAME", and who has which address. */
export class Allocations {
  private pods = new Map<string, Allocation>()
  private byIp = new Map<string, string>()

  get(key: string): Allocation | undefined {
    return this.pods.get(key)
  }

  keyOf(ip: string): string | undefined {
    return this.byIp.get(ip)
  }

  set(key: string, allocation: Allocation): void {
    this.pods.set(key, allocation)
    this.byIp.set(allocation.ip, key)
  }

  delete(key: string): void {
    const known = this.pods.get(key)
    if (known === undefined) return
    this.pods.delete(key)
    if (this.byIp.get(known.ip) === key) this.byIp.delete(known.ip)
  }

  /** An address of the node's pod range that nobody has. */
  next(node: CniNode, reserved: readonly string[], from: number): string | undefined {
    return firstFree(node.podCIDR, new Set([...this.byIp.keys(), ...reserved]), from)
  }

  save(): readonly (readonly [string, Allocation])[] {
    return [...this.pods]
  }

  load(saved: readonly (readonly [string, Allocation])[]): void {
    this.pods = new Map(saved)
    this.byIp = new Map(saved.map(([key, a]) => [a.ip, key]))
  }
}
