import type { Chain } from './chain.ts'
import type { TableEdit } from './edit.ts'
import type { Family, HookName } from './env.ts'
import type { Errno } from './errors.ts'
import type { CheckPlace, Shared } from './extension.ts'
import { JumpGraph } from './graph.ts'
import { findMatcher } from './matchers/registry.ts'
import type { Rule } from './rule.ts'
import { BASE_CHAINS, type Table } from './table.ts'
import { findTarget } from './targets/registry.ts'
import { jumpTarget } from './uses.ts'

/** NFT_JUMP_STACK_SIZE of nf_tables.h. */
const NFT_JUMPS = 16

export interface Refusal {
  readonly errno: Errno
  readonly chain: string
  readonly rule: Rule
}

/** What the kernel has against a table, or undefined: loops, extensions out of place (xt_check_match, xt_check_target). */
export function validateTable(
  edit: TableEdit,
  before: Table | undefined,
  family: Family,
  backend: 'nft' | 'legacy',
  shared: Shared,
): Refusal | undefined {
  const { table } = edit
  const check = (chain: Chain, rules: readonly Rule[], hooks: readonly HookName[]) =>
    checkRules(chain, rules, table, hooks, family, backend, shared)
  // A partial sync changes a few chains of many thousands: what is known of the others still holds.
  const graph = before?.graph
  const changed = edit.changed()
  if (graph !== undefined && !edit.renamed && graph.extend(table, changed)) {
    let doubtful = false
    for (const [chain, rules] of graph.recheck(table, changed))
      doubtful ||= check(chain, rules, graph.hooksOf(chain.name)) !== undefined
    if (!doubtful) {
      table.graph = graph
      return undefined
    }
  }
  const loop = findLoop(table, backend)
  if (loop !== undefined) return loop
  const hooks = reachableFrom(table)
  for (const chain of table.chains.values()) {
    const refused = check(chain, chain.rules, hooks.get(chain.name) ?? [])
    if (refused !== undefined) return refused
  }
  const made = new JumpGraph(table, hooks)
  table.graph = made.cyclic ? undefined : made
  return undefined
}

function checkRules(
  chain: Chain,
  rules: readonly Rule[],
  table: Table,
  hooks: readonly HookName[],
  family: Family,
  backend: 'nft' | 'legacy',
  shared: Shared,
): Refusal | undefined {
  for (const rule of rules) {
    if (rule.matches.length === 0 && rule.target?.kind === 'verdict') continue
    const place = { table: table.name, family, hooks, rule, shared, backend }
    const to = jumpTarget(rule)
    const errno = to !== undefined && table.isBase(to) ? baseJump(table, to, backend) : refusedRule(rule, place)
    if (errno !== undefined) return { errno, chain: chain.name, rule }
  }
  return undefined
}

/** What the kernel has against a rule's extensions at a place. */
export function refusedRule(rule: Rule, place: CheckPlace): Errno | undefined {
  for (const data of rule.matches) {
    const errno = findMatcher(data.ext)?.refuse?.(data, place)
    if (errno !== undefined) return errno
  }
  const { target } = rule
  return target?.kind === 'extension' ? findTarget(target.data.ext)?.refuse?.(target.data, place) : undefined
}

/** A jump to a base chain; the nft backend may not even have made it yet. */
export function baseJump(table: Table, chain: string, backend: 'nft' | 'legacy'): Errno {
  if (backend === 'legacy') return 'EINVAL'
  return table.chains.has(chain) ? 'EOPNOTSUPP' : 'ENOENT'
}

/** A jump that leads back, or deeper than the kernel follows. */
function findLoop(table: Table, backend: 'nft' | 'legacy'): Refusal | undefined {
  const depth = new Map<string, number>()
  const path = new Set<string>()
  let refusal: Refusal | undefined
  const errno: Errno = backend === 'nft' ? 'EMLINK' : 'ELOOP'
  const visit = (name: string): number => {
    const known = depth.get(name)
    if (known !== undefined) return known
    path.add(name)
    let deepest = 0
    for (const rule of table.chains.get(name)?.rules ?? []) {
      if (refusal !== undefined) break
      if (rule.target?.kind !== 'jump' && rule.target?.kind !== 'goto') continue
      const to = rule.target.chain
      if (table.isBase(to)) continue
      if (path.has(to)) {
        refusal = { errno, chain: name, rule }
        break
      }
      deepest = Math.max(deepest, visit(to) + 1)
      if (backend === 'nft' && deepest >= NFT_JUMPS) refusal ??= { errno, chain: name, rule }
    }
    path.delete(name)
    depth.set(name, deepest)
    return deepest
  }
  for (const hook of BASE_CHAINS[table.name]) if (table.chains.has(hook)) visit(hook)
  return refusal
}

/** The hooks from which each chain can be reached. */
function reachableFrom(table: Table): Map<string, readonly HookName[]> {
  const hooks = new Map<string, HookName[]>()
  for (const hook of BASE_CHAINS[table.name]) {
    const stack: string[] = [hook]
    const seen = new Set<string>(stack)
    while (stack.length > 0) {
      const name = stack.pop() as string
      const chain = table.chains.get(name)
      if (chain === undefined) continue
      const list = hooks.get(name)
      if (list === undefined) hooks.set(name, [hook])
      else list.push(hook)
      for (const rule of chain.rules) {
        const to = jumpTarget(rule)
        if (to === undefined || seen.has(to)) continue
        seen.add(to)
        stack.push(to)
      }
    }
  }
  return hooks
}
