import type { Chain } from './chain.ts'
import type { TableEdit } from './edit.ts'
import type { Family, HookName } from './env.ts'
import { type Errno, PARAMETER_PROBLEM, ToolError } from './errors.ts'
import type { CheckPlace, Shared } from './extension.ts'
import { JumpGraph } from './graph.ts'
import { findMatcher } from './matchers/registry.ts'
import { refusalWords } from './refusal-words.ts'
import type { Rule } from './rule.ts'
import { Survey } from './survey.ts'
import { BASE_CHAINS, type Table } from './table.ts'
import { findTarget } from './targets/registry.ts'
import { jumpTarget } from './uses.ts'

const NOTHING: ReadonlyMap<Chain, readonly Rule[]> = new Map()

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
  const graph = table.anew ? undefined : before?.graph
  const changed = graph === undefined ? NOTHING : edit.changed()
  if (graph !== undefined && !edit.renamed && graph.extend(table, changed)) {
    let doubtful = false
    for (const [chain, rules] of graph.recheck(table, changed))
      doubtful ||= check(chain, rules, graph.hooksOf(chain.name)) !== undefined
    if (!doubtful) {
      table.graph = graph
      return undefined
    }
  }
  const survey = new Survey(table, BASE_CHAINS[table.name], backend === 'nft' ? NFT_JUMPS : Number.POSITIVE_INFINITY)
  if (survey.missing !== undefined) throw new ToolError(`Chain '${survey.missing}' does not exist`, PARAMETER_PROBLEM)
  const loop = survey.loop ?? survey.tooDeep
  if (loop !== undefined) return { ...loop, errno: backend === 'nft' ? 'EMLINK' : 'ELOOP' }
  for (const [id, chain] of survey.chains.entries()) {
    const hooks = survey.places.hooksIn(survey.places.reach[id] as number)
    const refused = check(chain, chain.rules, hooks)
    if (refused === undefined) continue
    const said = refusalWords(refused.rule, { table: table.name, family, hooks, rule: refused.rule, shared, backend })
    if (said !== undefined) shared.printk?.(said, 6)
    return refused
  }
  table.surveyed(survey.places, survey.recents)
  table.graph = survey.cyclic ? undefined : new JumpGraph(survey.places)
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
    const to = jumpTarget(rule)
    const toBase = to !== undefined && table.isBase(to)
    // Nothing in it that an extension could refuse.
    if (!toBase && rule.matches.length === 0 && rule.target?.kind !== 'extension') continue
    const place = { table: table.name, family, hooks, rule, shared, backend }
    const errno = toBase ? baseJump(table, to, backend) : refusedRule(rule, place)
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
