import { invariant } from '../../base/invariant.ts'
import type { Json } from '../../base/json.ts'
import type { CompiledChain } from './compiled.ts'
import type { Rule } from './rule.ts'

export type Policy = 'ACCEPT' | 'DROP'

/** A rule's counters: [packets, bytes]. */
export type Counters = readonly [number, number]

/** A chain as it is saved; counters are left out while all of them are zero. */
export interface SavedChain {
  readonly name: string
  readonly policy?: Policy
  readonly policyCounters?: Counters
  readonly hook?: string
  readonly rules: readonly Rule[]
  readonly packets?: readonly number[]
  readonly bytes?: readonly number[]
  readonly memory?: readonly (readonly [string, Json])[]
}

/** Shared by all chains, never added to. */
const NO_RULES: Rule[] = []
const UNCOUNTED: number[] = []

/** Who wants to know that a chain no longer is as it was saved. */
export interface ChainKeeper {
  changed(chain: Chain): void
}

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
  rules: Rule[] = NO_RULES
  /** Whether the rules array is its writer's, who never changes it. */
  private borrowed = true
  /** By rule; both empty while nothing was counted. */
  packets: number[] = UNCOUNTED
  bytes: number[] = UNCOUNTED
  policyPackets = 0
  policyBytes = 0
  /** What stateful matchers remember: "rule position/match position" to their value. */
  memory: Map<string, Json> | undefined
  /** Its place among the saved chains of its table, and who keeps them; set once it is in force. */
  slot = -1
  keeper: ChainKeeper | undefined
  /** Its number in the survey under way (survey.ts); means nothing to anybody else, or later. */
  mark = 0
  /** What running its rules worked out (compile.ts); only once it is in force, when rules no longer change. */
  compiled: CompiledChain | undefined
  private saved: SavedChain | undefined

  constructor(name: string, policy: Policy | undefined) {
    this.name = name
    this.policy = policy
  }

  /** A copy that may be edited without the original noticing. */
  copy(name = this.name): Chain {
    const chain = this.emptied(name)
    chain.rules = this.rules.slice()
    chain.borrowed = false
    if (this.packets.length > 0) {
      chain.packets = this.packets.slice()
      chain.bytes = this.bytes.slice()
    }
    if (this.memory !== undefined) chain.memory = new Map(this.memory)
    return chain
  }

  /** A copy without rules. */
  emptied(name = this.name): Chain {
    const chain = new Chain(name, this.policy)
    chain.hook = this.hook
    chain.policyPackets = this.policyPackets
    chain.policyBytes = this.policyBytes
    return chain
  }

  renamed(name: string): Chain {
    const chain = this.copy(name)
    chain.hook = this.policy === undefined ? undefined : (this.hook ?? this.name)
    return chain
  }

  /** Takes an array of rules as it is; whoever changes the chain copies it first. */
  borrowRules(rules: readonly Rule[]): void {
    this.rules = rules as Rule[]
    this.borrowed = true
  }

  /** Makes the rules array its own, before it is changed. */
  ownRules(): void {
    if (!this.borrowed) return
    this.rules = this.rules.slice()
    this.borrowed = false
  }

  packetsOf(at: number): number {
    return this.packets[at] ?? 0
  }

  bytesOf(at: number): number {
    return this.bytes[at] ?? 0
  }

  count(at: number, length: number): void {
    if (this.packets.length === 0) this.startCounting()
    this.packets[at] = (this.packets[at] as number) + 1
    this.bytes[at] = (this.bytes[at] as number) + length
    if (this.saved !== undefined) this.touched()
  }

  countPolicy(length: number): void {
    this.policyPackets += 1
    this.policyBytes += length
    if (this.saved !== undefined) this.touched()
  }

  remember(key: string, value: Json): void {
    this.memory ??= new Map()
    this.memory.set(key, value)
    if (this.saved !== undefined) this.touched()
  }

  private touched(): void {
    this.saved = undefined
    this.keeper?.changed(this)
  }

  private startCounting(): void {
    this.packets = new Array<number>(this.rules.length).fill(0)
    this.bytes = new Array<number>(this.rules.length).fill(0)
  }

  insert(at: number, rule: Rule, counters: Counters): void {
    const counts = counters[0] !== 0 || counters[1] !== 0
    if (counts && this.packets.length === 0) this.startCounting()
    const counting = counts || this.packets.length > 0
    this.ownRules()
    if (at === this.rules.length) {
      this.rules.push(rule)
      if (!counting) return
      this.packets.push(counters[0])
      this.bytes.push(counters[1])
      return
    }
    this.rules.splice(at, 0, rule)
    if (counting) {
      this.packets.splice(at, 0, counters[0])
      this.bytes.splice(at, 0, counters[1])
    }
    this.shiftMemory(at, 1)
  }

  remove(at: number): void {
    this.ownRules()
    this.rules.splice(at, 1)
    if (this.packets.length > 0) {
      this.packets.splice(at, 1)
      this.bytes.splice(at, 1)
    }
    this.shiftMemory(at, -1)
  }

  /** Counters of one rule, or of all with the policy's, back to nothing. */
  zero(at?: number): void {
    if (at === undefined) {
      this.packets = UNCOUNTED
      this.bytes = UNCOUNTED
      this.policyPackets = 0
      this.policyBytes = 0
    } else if (this.packets.length > 0) {
      this.packets[at] = 0
      this.bytes[at] = 0
    }
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
  save(): SavedChain {
    if (this.saved === undefined) {
      const counted = this.packets.some((n) => n !== 0) || this.bytes.some((n) => n !== 0)
      this.saved = {
        name: this.name,
        ...(this.policy === undefined ? {} : { policy: this.policy, policyCounters: [this.policyPackets, this.policyBytes] }),
        ...(this.hook === undefined ? {} : { hook: this.hook }),
        rules: this.rules,
        ...(counted ? { packets: this.packets.slice(), bytes: this.bytes.slice() } : {}),
        ...(this.memory === undefined ? {} : { memory: [...this.memory] }),
      }
    }
    return this.saved
  }

  static load(state: SavedChain): Chain {
    invariant(typeof state === 'object' && state !== null, 'a saved chain is an object')
    const chain = new Chain(state.name, state.policy)
    chain.rules = state.rules as Rule[]
    chain.hook = state.hook
    if (state.packets !== undefined) chain.packets = [...state.packets]
    if (state.bytes !== undefined) chain.bytes = [...state.bytes]
    ;[chain.policyPackets, chain.policyBytes] = state.policyCounters ?? [0, 0]
    if (state.memory !== undefined) chain.memory = new Map(state.memory)
    chain.saved = state
    return chain
  }
}
