import { invariant } from '../../base/invariant.ts'
import type { Json } from '../../base/json.ts'
import type { Skb } from '../packet.ts'
import type { Chain } from './chain.ts'
import { compileChain, readyRule } from './compile.ts'
import type { CompiledChain } from './compiled.ts'
import type { Family, HookEnv, TableName, TableVerdict } from './env.ts'
import type { ActEnv, Memory, Shared, TargetVerdict } from './extension.ts'
import type { Rule } from './rule.ts'
import { firstMatch } from './rule-index.ts'
import { Step } from './step.ts'
import type { Table } from './table.ts'

const ACCEPT: TableVerdict = { kind: 'accept' }
const DROP: TableVerdict = { kind: 'drop' }
const UNTRACKED: TableVerdict = { kind: 'untracked' }
const CONTINUE: TargetVerdict = { kind: 'continue' }

/** Runs a packet through a table's base chains at the environment's hook (ipt_do_table, nft_do_chain). */
export function evaluateTable(
  family: Family,
  backend: 'legacy' | 'nft',
  table: Table,
  skb: Skb,
  env: HookEnv,
  shared: Shared,
): TableVerdict {
  const bases = table.hooked(env.hook)
  if (bases.length === 0) return ACCEPT
  const walk = new Walk(family, backend, table, skb, env, shared)
  if (bases.length === 1) return walk.run(bases[0] as Chain)
  for (const base of bases) {
    const verdict = walk.run(base)
    if (verdict.kind !== 'accept') return verdict
  }
  return ACCEPT
}

/** One packet's way through one table; also the memory of whichever match is being asked. */
class Walk implements ActEnv, Memory {
  readonly hook: HookEnv
  readonly family: Family
  readonly backend: 'legacy' | 'nft'
  readonly table: TableName
  readonly shared: Shared
  private readonly chains: Table['chains']
  private readonly skb: Skb
  private readonly stepping: boolean
  private chain!: Chain
  private compiled!: CompiledChain
  private untracked = false
  private asked = 0
  private askedMatch = 0

  constructor(family: Family, backend: 'legacy' | 'nft', table: Table, skb: Skb, env: HookEnv, shared: Shared) {
    this.hook = env
    this.family = family
    this.backend = backend
    this.table = table.name
    this.shared = shared
    this.chains = table.chains
    this.skb = skb
    this.stepping = env.stepping !== false
  }

  get memory(): Memory {
    return this
  }

  get(): Json | undefined {
    return this.chain.memory?.get(`${this.asked}/${this.askedMatch}`)
  }

  set(value: Json): void {
    this.chain.remember(`${this.asked}/${this.askedMatch}`, value)
  }

  private enter(chain: Chain): void {
    this.chain = chain
    this.compiled = compileChain(chain)
  }

  private step(number: number, verdict: string, source: Rule | Chain): void {
    if (this.stepping) this.hook.step(new Step(this, this.chain, number, verdict, source))
  }

  private accepted(): TableVerdict {
    return this.untracked ? UNTRACKED : ACCEPT
  }

  run(base: Chain): TableVerdict {
    // The chains to come back to, and where.
    const callers: Chain[] = []
    const places: number[] = []
    this.enter(base)
    let at = 0
    for (;;) {
      at = this.nextMatch(at)
      const rule = this.chain.rules[at]
      const target = rule?.target
      if (rule === undefined || (target?.kind === 'verdict' && target.name === 'RETURN')) {
        if (rule !== undefined) this.step(at + 1, 'RETURN', rule)
        const back = callers.pop()
        if (back === undefined) return this.policy(base)
        if (rule === undefined) this.step(0, 'RETURN', this.chain)
        this.enter(back)
        at = places.pop() as number
      } else if (target === undefined) {
        this.step(at + 1, 'CONTINUE', rule)
        at++
      } else if (target.kind === 'jump' || target.kind === 'goto') {
        const next = this.chains.get(target.chain)
        invariant(next !== undefined, `jump to a missing chain ${target.chain}`)
        if (this.stepping) this.step(at + 1, `${target.kind === 'jump' ? 'JUMP' : 'GOTO'} ${target.chain}`, rule)
        if (target.kind === 'jump') {
          callers.push(this.chain)
          places.push(at + 1)
        }
        this.enter(next)
        at = 0
      } else if (target.kind === 'verdict') {
        this.step(at + 1, target.name, rule)
        return target.name === 'DROP' ? DROP : this.accepted()
      } else {
        const verdict = this.act(at, rule)
        if (verdict.kind === 'untracked') this.untracked = true
        else if (verdict.kind === 'accept') return this.accepted()
        else if (verdict.kind !== 'continue') return verdict
        at++
      }
    }
  }

  /** The end of a base chain, or of what it went to. */
  private policy(base: Chain): TableVerdict {
    this.chain = base
    base.countPolicy(this.skb.packet.length)
    this.step(0, base.policy ?? 'ACCEPT', base)
    return base.policy === 'DROP' ? DROP : this.accepted()
  }

  private act(at: number, rule: Rule): TargetVerdict {
    const ready = readyRule(this.compiled, this.chain, at).target
    const verdict = ready?.target.act?.(ready.data, this.skb, this) ?? CONTINUE
    if (this.stepping) this.step(at + 1, ready?.target.verdictText?.(ready.data) ?? ready?.data.ext ?? '', rule)
    return verdict
  }

  /** The position of the next rule from `at` on that matches, counted; or the chain's length. */
  private nextMatch(at: number): number {
    const { rules } = this.chain
    const { index } = this.compiled
    if (index === undefined) {
      for (let i = at; i < rules.length; i++) if (this.matches(i)) return i
      return rules.length
    }
    const found = firstMatch(index, this.skb.packet, at, (i) => this.matches(i))
    return found < 0 ? rules.length : found
  }

  private matches(at: number): boolean {
    const { header, matches } = readyRule(this.compiled, this.chain, at)
    const { packet } = this.skb
    if (!header(packet, this.skb)) return false
    for (let i = 0; i < matches.length; i++) {
      const { matcher, data } = matches[i] as (typeof matches)[number]
      if (matcher.matches === undefined) return false
      this.asked = at
      this.askedMatch = i
      if (!matcher.matches(data, this.skb, this)) return false
    }
    this.chain.count(at, packet.length)
    return true
  }
}
