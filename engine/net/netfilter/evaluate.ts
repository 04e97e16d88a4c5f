import { invariant } from '../../base/invariant.ts'
import { parseIPv4, parseIPv6 } from '../../base/ip.ts'
import type { Skb } from '../packet.ts'
import type { Chain } from './chain.ts'
import { deviceMatches } from './device.ts'
import { dialectOf } from './dialect.ts'
import type { Family, HookEnv, RuleStep, TableName, TableVerdict } from './env.ts'
import type { ActEnv, Matcher, Memory, Shared, Target, TargetVerdict } from './extension.ts'
import { findMatcher } from './matchers/registry.ts'
import { NO_NAMES } from './names.ts'
import type { ExtensionData, Filter, Rule } from './rule.ts'
import { ruleText } from './save.ts'
import type { Table } from './table.ts'
import { findTarget } from './targets/registry.ts'

/** A rule made ready to be run: addresses as numbers, extensions looked up. Derived, never saved. */
interface Compiled {
  readonly src: ((address: string) => boolean) | undefined
  readonly dst: ((address: string) => boolean) | undefined
  readonly matchers: readonly { readonly matcher: Matcher; readonly data: ExtensionData }[]
  readonly target: { readonly target: Target; readonly data: ExtensionData } | undefined
}

const compiled = new WeakMap<Rule, Compiled>()

function addressTest(text: string | undefined, invert: boolean): ((address: string) => boolean) | undefined {
  if (text === undefined) return undefined
  const slash = text.indexOf('/')
  const base = text.slice(0, slash)
  const maskText = text.slice(slash + 1)
  const value4 = parseIPv4(base)
  if (value4 !== undefined) {
    if (maskText === '32') return (address) => (address === base) !== invert
    const bits = Number(maskText)
    const mask = maskText.includes('.') ? (parseIPv4(maskText) ?? 0) : bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0
    const want = (value4 & mask) >>> 0
    return (address) => (((parseIPv4(address) ?? 0) & mask) >>> 0 === want) !== invert
  }
  const shift = BigInt(128 - Number(maskText))
  const want = (parseIPv6(base) ?? 0n) >> shift
  return (address) => ((parseIPv6(address) ?? 0n) >> shift === want) !== invert
}

function compile(rule: Rule): Compiled {
  const found = compiled.get(rule)
  if (found !== undefined) return found
  const target = rule.target
  const made: Compiled = {
    src: addressTest(rule.filter.src, rule.filter.srcInv === true),
    dst: addressTest(rule.filter.dst, rule.filter.dstInv === true),
    matchers: rule.matches.map((data) => {
      const matcher = findMatcher(data.ext)
      invariant(matcher !== undefined, `no matcher ${data.ext}`)
      return { matcher, data }
    }),
    target:
      target?.kind === 'extension'
        ? { target: findTarget(target.data.ext) ?? invariantTarget(target.data.ext), data: target.data }
        : undefined,
  }
  compiled.set(rule, made)
  return made
}

function invariantTarget(name: string): never {
  invariant(false, `no target ${name}`)
}

const readyRules = new WeakMap<readonly Rule[], (Compiled | undefined)[]>()

/** The compiled rule at a position: one look-up for the chain instead of one for every rule. */
function readyRule(rules: readonly Rule[], at: number): Compiled {
  let list = readyRules.get(rules)
  if (list === undefined) {
    list = new Array(rules.length)
    readyRules.set(rules, list)
  }
  let ready = list[at]
  if (ready === undefined) {
    ready = compile(rules[at] as Rule)
    list[at] = ready
  }
  return ready
}

/** The rules of a long chain by the one destination they name, so that a packet meets only those that could match it. */
interface Index {
  readonly byDst: ReadonlyMap<string, readonly number[]>
  readonly others: readonly number[]
}

const INDEX_FROM = 24
const indexes = new WeakMap<readonly Rule[], Index>()

function indexOf(rules: readonly Rule[]): Index {
  const found = indexes.get(rules)
  if (found !== undefined) return found
  const byDst = new Map<string, number[]>()
  const others: number[] = []
  rules.forEach(({ filter }, at) => {
    if (filter.dst === undefined || filter.dstInv || !/\/(32|128)$/.test(filter.dst)) {
      others.push(at)
      return
    }
    const address = filter.dst.slice(0, filter.dst.indexOf('/'))
    const list = byDst.get(address)
    if (list === undefined) byDst.set(address, [at])
    else list.push(at)
  })
  const made = { byDst, others }
  indexes.set(rules, made)
  return made
}

function filterMatches(filter: Filter, ready: Compiled, skb: Skb): boolean {
  const { packet } = skb
  if (filter.proto !== undefined && (packet.proto === filter.proto) === (filter.protoInv === true)) return false
  if (ready.dst !== undefined && !ready.dst(packet.dst)) return false
  if (ready.src !== undefined && !ready.src(packet.src)) return false
  if (filter.iif !== undefined && deviceMatches(filter.iif, skb.iif) === (filter.iifInv === true)) return false
  if (filter.oif !== undefined && deviceMatches(filter.oif, skb.oif) === (filter.oifInv === true)) return false
  // The engine reassembles before the hooks: no packet is a later fragment.
  return filter.frag !== true || filter.fragInv === true
}

/** Rules never change, so neither does their text; only the chain that holds them may be renamed. */
const texts = new WeakMap<Rule, { readonly chain: string; readonly text: string }>()

class Step implements RuleStep {
  readonly table: TableName
  readonly chain: string
  readonly rule: number
  readonly verdict: string
  readonly backend: 'legacy' | 'nft'
  readonly source: Rule | Chain
  readonly packets: number
  readonly bytes: number
  private readonly family: Family

  constructor(env: WalkEnv, chain: Chain, rule: number, verdict: string, source: Rule | Chain) {
    this.family = env.family
    this.table = env.table
    this.backend = env.backend
    this.chain = chain.name
    this.rule = rule
    this.verdict = verdict
    this.source = source
    this.packets = rule === 0 ? chain.policyPackets : chain.packetsOf(rule - 1)
    this.bytes = rule === 0 ? chain.policyBytes : chain.bytesOf(rule - 1)
  }

  /** Worked out only where somebody keeps the step. */
  get text(): string {
    const source = this.source
    if ('rules' in source) return `-P ${source.name} ${source.policy ?? '-'}`
    let known = texts.get(source)
    if (known?.chain !== this.chain) {
      const text = ruleText(this.chain, source, {
        dialect: dialectOf(source.writer),
        family: this.family,
        names: NO_NAMES,
        numeric: true,
        proto: 0,
      })
      known = { chain: this.chain, text }
      texts.set(source, known)
    }
    return known.text
  }
}

/** The memory of whichever match is being asked; one object serves a whole walk. */
class WalkMemory implements Memory {
  private chain: Chain | undefined
  private rule = 0
  private match = 0

  at(chain: Chain, rule: number, match: number): void {
    this.chain = chain
    this.rule = rule
    this.match = match
  }

  get() {
    return this.chain?.memory?.get(`${this.rule}/${this.match}`)
  }

  set(value: Parameters<Memory['set']>[0]): void {
    this.chain?.remember(`${this.rule}/${this.match}`, value)
  }
}

interface WalkEnv extends ActEnv {
  readonly memory: WalkMemory
  readonly backend: 'legacy' | 'nft'
}

/** Runs a packet through a table's base chain at the environment's hook (ipt_do_table, nft_do_chain). */
export function evaluateTable(
  family: Family,
  backend: 'legacy' | 'nft',
  table: Table,
  skb: Skb,
  env: HookEnv,
  shared: Shared,
): TableVerdict {
  const bases = table.hooked(env.hook)
  const walk: WalkEnv = { hook: env, family, backend, table: table.name, memory: new WalkMemory(), shared }
  if (bases.length === 1) return runBase(bases[0] as Chain, table, skb, walk)
  for (const base of bases) {
    const verdict = runBase(base, table, skb, walk)
    if (verdict.kind !== 'accept') return verdict
  }
  return { kind: 'accept' }
}

function runBase(base: Chain, table: Table, skb: Skb, walk: WalkEnv): TableVerdict {
  const stack: { chain: Chain; at: number }[] = []
  let chain = base
  let at = 0
  let untracked = false
  const accepted = (): TableVerdict => (untracked ? { kind: 'untracked' } : { kind: 'accept' })
  const step = (number: number, verdict: string, source: Rule | Chain) =>
    walk.hook.step(new Step(walk, chain, number, verdict, source))

  for (;;) {
    at = nextMatch(chain, at, skb, walk)
    const rule = chain.rules[at]
    const target = rule?.target
    if (rule === undefined || (target?.kind === 'verdict' && target.name === 'RETURN')) {
      if (rule !== undefined) step(at + 1, 'RETURN', rule)
      const back = stack.pop()
      if (back === undefined) {
        chain = base
        base.countPolicy(skb.packet.length)
        step(0, base.policy ?? 'ACCEPT', base)
        return base.policy === 'DROP' ? { kind: 'drop' } : accepted()
      }
      if (rule === undefined) step(0, 'RETURN', chain)
      chain = back.chain
      at = back.at
      continue
    }
    if (target === undefined) {
      step(at + 1, 'CONTINUE', rule)
      at++
    } else if (target.kind === 'jump' || target.kind === 'goto') {
      const next = table.chains.get(target.chain)
      invariant(next !== undefined, `jump to a missing chain ${target.chain}`)
      step(at + 1, `${target.kind === 'jump' ? 'JUMP' : 'GOTO'} ${target.chain}`, rule)
      if (target.kind === 'jump') stack.push({ chain, at: at + 1 })
      chain = next
      at = 0
    } else if (target.kind === 'verdict') {
      step(at + 1, target.name, rule)
      return target.name === 'DROP' ? { kind: 'drop' } : accepted()
    } else {
      const verdict = actOn(rule, skb, walk)
      step(at + 1, verdictText(rule, verdict), rule)
      if (verdict.kind === 'untracked') untracked = true
      else if (verdict.kind === 'accept') return accepted()
      else if (verdict.kind !== 'continue') return verdict
      at++
    }
  }
}

function actOn(rule: Rule, skb: Skb, env: ActEnv): TargetVerdict {
  const ready = compile(rule).target
  return ready?.target.act?.(ready.data, skb, env) ?? { kind: 'continue' }
}

function verdictText(rule: Rule, verdict: TargetVerdict): string {
  const ready = compile(rule).target
  if (ready === undefined) return verdict.kind.toUpperCase()
  return ready.target.verdictText?.(ready.data) ?? ready.data.ext
}

/** The position of the next rule from `at` on that matches, counted; or the chain's length. */
function nextMatch(chain: Chain, at: number, skb: Skb, env: WalkEnv): number {
  const rules = chain.rules
  if (rules.length < INDEX_FROM) {
    for (let i = at; i < rules.length; i++) if (ruleMatches(chain, i, skb, env)) return i
    return rules.length
  }
  const { byDst, others } = indexOf(rules)
  const own = byDst.get(skb.packet.dst) ?? []
  let a = firstFrom(own, at)
  let b = firstFrom(others, at)
  while (a < own.length || b < others.length) {
    const next = a < own.length && (b >= others.length || (own[a] as number) < (others[b] as number)) ? own[a++] : others[b++]
    if (ruleMatches(chain, next as number, skb, env)) return next as number
  }
  return rules.length
}

function firstFrom(list: readonly number[], at: number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((list[middle] as number) < at) low = middle + 1
    else high = middle
  }
  return low
}

function ruleMatches(chain: Chain, at: number, skb: Skb, env: WalkEnv): boolean {
  const rule = chain.rules[at] as Rule
  const ready = readyRule(chain.rules, at)
  if (!filterMatches(rule.filter, ready, skb)) return false
  for (let i = 0; i < ready.matchers.length; i++) {
    const { matcher, data } = ready.matchers[i] as { matcher: Matcher; data: ExtensionData }
    if (matcher.matches === undefined) return false
    env.memory.at(chain, at, i)
    if (!matcher.matches(data, skb, env)) return false
  }
  chain.count(at, skb.packet.length)
  return true
}
