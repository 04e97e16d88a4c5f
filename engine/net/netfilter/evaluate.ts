import { invariant } from '../../base/invariant.ts'
import type { Json } from '../../base/json.ts'
import type { Skb } from '../packet.ts'
import type { Chain } from './chain.ts'
import type { ChainView } from './chains.ts'
import { compileChain, readyRule } from './compile.ts'
import type { CompiledChain, ReadyRule } from './compiled.ts'
import type { Family, HookEnv, TableName, TableVerdict } from './env.ts'
import type { ActEnv, Memory, Shared, TargetVerdict } from './extension.ts'
import type { Rule } from './rule.ts'
import { firstFrom, groupsFor, lowest } from './rule-index.ts'
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
  private readonly chains: ChainView
  private readonly skb: Skb
  private readonly kept: boolean
  private chain!: Chain
  private compiled!: CompiledChain
  private untracked = false
  private at = 0
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
    this.kept = env.stepping !== false
  }

  /** Steps are wanted for the walk that is kept, and of a packet that -j TRACE has marked. */
  private get stepping(): boolean {
    return this.kept || this.skb.traced !== undefined
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
      const found = this.nextMatch(at)
      at = this.at
      if (found === undefined || found.kind === 'return') {
        if (found !== undefined) this.step(at + 1, 'RETURN', found.rule)
        const back = callers.pop()
        if (back === undefined) return this.policy(base)
        if (found === undefined) this.step(0, 'RETURN', this.chain)
        this.enter(back)
        at = places.pop() as number
      } else if (found.kind === 'jump' || found.kind === 'goto') {
        const next = this.target(at, found.chain)
        if (this.stepping) this.step(at + 1, `${found.kind === 'jump' ? 'JUMP' : 'GOTO'} ${found.chain}`, found.rule)
        if (found.kind === 'jump') {
          callers.push(this.chain)
          places.push(at + 1)
        }
        this.enter(next)
        at = 0
      } else if (found.kind === 'none') {
        this.step(at + 1, 'CONTINUE', found.rule)
        at++
      } else if (found.kind === 'extension') {
        const verdict = this.act(at, found)
        if (verdict.kind === 'untracked') this.untracked = true
        else if (verdict.kind === 'accept') return this.accepted()
        else if (verdict.kind !== 'continue') return verdict
        at++
      } else {
        if (this.stepping && found.rule.target?.kind === 'verdict') this.step(at + 1, found.rule.target.name, found.rule)
        return found.kind === 'drop' ? DROP : this.accepted()
      }
    }
  }

  /** Where the jump at a position leads. */
  private target(at: number, name: string): Chain {
    const known = this.compiled.cells[at]?.chain
    if (known !== undefined) return known
    const cell = this.chains.cell(name)
    invariant(cell?.chain !== undefined, `jump to a missing chain ${name}`)
    this.compiled.cells[at] = cell
    return cell.chain
  }

  /** The end of a base chain, or of what it went to. */
  private policy(base: Chain): TableVerdict {
    this.chain = base
    base.countPolicy(this.skb.packet.length)
    this.step(0, base.policy ?? 'ACCEPT', base)
    return base.policy === 'DROP' ? DROP : this.accepted()
  }

  private act(at: number, { rule, target }: ReadyRule): TargetVerdict {
    const verdict = target?.target.act?.(target.data, this.skb, this) ?? CONTINUE
    if (this.stepping) this.step(at + 1, target?.target.verdictText?.(target.data) ?? target?.data.ext ?? '', rule)
    return verdict
  }

  /** The next rule from `at` on that matches, counted; its position is then in `this.at`. */
  private nextMatch(at: number): ReadyRule | undefined {
    const { chain, compiled } = this
    if (compiled.index === undefined) {
      const { length } = chain.rules
      for (let i = at; i < length; i++) {
        const ready = compiled.rules[i] ?? readyRule(compiled, chain, i)
        if (this.matches(ready, i)) return this.matched(ready, i)
      }
      return undefined
    }
    const groups = groupsFor(compiled.index, this.skb.packet)
    const next = groups.map((group) => firstFrom(group, at))
    for (;;) {
      const least = lowest(groups, next)
      if (least < 0) return undefined
      const i = groups[least]?.[next[least] as number] as number
      const ready = compiled.rules[i] ?? readyRule(compiled, chain, i)
      if (this.matches(ready, i)) return this.matched(ready, i)
      next[least] = (next[least] as number) + 1
    }
  }

  private matched(ready: ReadyRule, at: number): ReadyRule {
    this.at = at
    this.chain.count(at, this.skb.packet.length)
    return ready
  }

  private matches(ready: ReadyRule, at: number): boolean {
    const { packet } = this.skb
    if (ready.proto >= 0 && packet.proto !== ready.proto) return false
    if (ready.dst !== undefined && packet.dst !== ready.dst) return false
    if (ready.src !== undefined && packet.src !== ready.src) return false
    if (ready.header !== undefined && !ready.header(packet, this.skb)) return false
    if (ready.dport >= 0 && packet.dport !== ready.dport) return false
    for (const { matcher, data, place } of ready.matches) {
      if (matcher.matches === undefined) return false
      this.asked = at
      this.askedMatch = place
      if (!matcher.matches(data, this.skb, this)) return false
    }
    return true
  }
}
