import type { Rule } from './rule.ts'

export function jumpTarget(rule: Rule): string | undefined {
  const target = rule.target
  return target?.kind === 'jump' || target?.kind === 'goto' ? target.chain : undefined
}

/** How often each chain is named, as a survey of the whole table counted it (survey.ts). */
export interface Counted {
  usesOf(name: string): number
}

const NOTHING: Counted = { usesOf: () => 0 }

/** How many rules name each chain, and each xt_recent list. */
export class Uses {
  private readonly counted: Counted
  /** What came and went since. */
  private readonly chains = new Map<string, number>()
  private readonly recents: Map<string, number>

  constructor(counted: Counted = NOTHING, recents: Map<string, number> = new Map()) {
    this.counted = counted
    this.recents = recents
  }

  ofChain(name: string): number {
    const since = this.chains.size === 0 ? 0 : (this.chains.get(name) ?? 0)
    return this.counted.usesOf(name) + since
  }

  ofRecent(name: string): number {
    return this.recents.get(name) ?? 0
  }

  add(rule: Rule, by: 1 | -1): void {
    const to = jumpTarget(rule)
    if (to !== undefined) bump(this.chains, to, by)
    countRecents(this.recents, rule, by)
  }

  /** Adds what an edit changed. */
  merge(edit: Uses): void {
    for (const [name, by] of edit.chains) bump(this.chains, name, by)
    for (const [name, by] of edit.recents) bump(this.recents, name, by)
  }

  /** The recent lists that an edit names less often. */
  lost(): readonly string[] {
    return [...this.recents].filter(([, by]) => by < 0).map(([name]) => name)
  }
}

/** Counts the recent lists that a rule names. */
export function countRecents(recents: Map<string, number>, rule: Rule, by: 1 | -1): void {
  for (const data of rule.matches) if (data.ext === 'recent') bump(recents, String(data['name']), by)
}

function bump(counts: Map<string, number>, name: string, by: number): void {
  const now = (counts.get(name) ?? 0) + by
  // An edit's own counts go below zero and come back.
  if (now === 0) counts.delete(name)
  else counts.set(name, now)
}
