import { invariant } from '../../base/invariant.ts'
import type { Json } from '../../base/json.ts'
import type { Rule } from './rule.ts'

export type Policy = 'ACCEPT' | 'DROP'

/** A rule's counters: [packets, bytes]. */
export type Counters = readonly [number, number]

/**
 * A chain: its rules, with counters (and what limit, statistic and quota remember) beside them by position. The rules array never
 * changes once a table is in force; counters do, in place.
 */
export class Chain {
  readonly name: string
  /** Base chains only. */
  policy: Policy | undefined
  /** The hook of a base chain that was given another name (nft's -E). */
  hook: string | undefined
  rules: Rule[]
  packets: number[]
  bytes: number[]
  policyPackets = 0
  policyBytes = 0
  /** What stateful matchers remember: "rule position/match position" to their value. */
  memory: Map<string, Json> | undefined
  private saved: Json | undefined

  constructor(name: string, policy: Policy | undefined) {
    this.name = name
    this.policy = policy
    this.rules = []
    this.packets = []
    this.bytes = []
  }

  /** A copy that may be edited without the original noticing. */
  copy(): Chain {
    const chain = new Chain(this.name, this.policy)
    chain.rules = this.rules.slice()
    chain.packets = this.packets.slice()
    chain.bytes = this.bytes.slice()
    chain.hook = this.hook
    chain.policyPackets = this.policyPackets
    chain.policyBytes = this.policyBytes
    if (this.memory !== undefined) chain.memory = new Map(this.memory)
    return chain
  }

  renamed(name: string): Chain {
    const chain = new Chain(name, this.policy)
    Object.assign(chain, this.copy(), { name, hook: this.policy === undefined ? undefined : (this.hook ?? this.name) })
    return chain
  }

  count(at: number, length: number): void {
    this.packets[at] = (this.packets[at] as number) + 1
    this.bytes[at] = (this.bytes[at] as number) + length
    this.saved = undefined
  }

  countPolicy(length: number): void {
    this.policyPackets += 1
    this.policyBytes += length
    this.saved = undefined
  }

  remember(key: string, value: Json): void {
    this.memory ??= new Map()
    this.memory.set(key, value)
    this.saved = undefined
  }

  /** Marks the chain as changed in place (counters zeroed). */
  touched(): void {
    this.saved = undefined
  }

  insert(at: number, rule: Rule, counters: Counters): void {
    if (at === this.rules.length) {
      this.rules.push(rule)
      this.packets.push(counters[0])
      this.bytes.push(counters[1])
      return
    }
    this.rules.splice(at, 0, rule)
    this.packets.splice(at, 0, counters[0])
    this.bytes.splice(at, 0, counters[1])
    this.shiftMemory(at, 1)
  }

  remove(at: number): void {
    this.rules.splice(at, 1)
    this.packets.splice(at, 1)
    this.bytes.splice(at, 1)
    this.shiftMemory(at, -1)
  }

  clear(): void {
    this.rules = []
    this.packets = []
    this.bytes = []
    this.memory = undefined
  }

  private shiftMemory(at: number, by: number): void {
    if (this.memory === undefined) return
    const moved = new Map<string, Json>()
    for (const [key, value] of this.memory) {
      const [rule = 0, match = 0] = key.split('/').map(Number)
      if (by < 0 && rule === at) continue
      moved.set(`${rule >= at ? rule + by : rule}/${match}`, value)
    }
    this.memory = moved
  }

  /** Plain data; the same object again while nothing changed. */
  save(): Json {
    if (this.saved === undefined) {
      this.saved = {
        name: this.name,
        ...(this.policy === undefined ? {} : { policy: this.policy, policyCounters: [this.policyPackets, this.policyBytes] }),
        ...(this.hook === undefined ? {} : { hook: this.hook }),
        rules: this.rules as unknown as Json,
        packets: this.packets.slice(),
        bytes: this.bytes.slice(),
        ...(this.memory === undefined ? {} : { memory: [...this.memory] }),
      }
    }
    return this.saved
  }

  static load(state: Json): Chain {
    invariant(typeof state === 'object' && state !== null, 'a saved chain is an object')
    const data = state as unknown as {
      name: string
      policy?: Policy
      policyCounters?: readonly [number, number]
      hook?: string
      rules: Rule[]
      packets: readonly number[]
      bytes: readonly number[]
      memory?: readonly (readonly [string, Json])[]
    }
    const chain = new Chain(data.name, data.policy)
    chain.hook = data.hook
    chain.rules = data.rules
    chain.packets = [...data.packets]
    chain.bytes = [...data.bytes]
    ;[chain.policyPackets, chain.policyBytes] = data.policyCounters ?? [0, 0]
    if (data.memory !== undefined) chain.memory = new Map(data.memory)
    chain.saved = state
    return chain
  }
}
