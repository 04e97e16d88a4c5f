import type { Rule } from './rule.ts'

export function jumpTarget(rule: Rule): string | undefined {
  const target = rule.target
  return target?.kind === 'jump' || target?.kind === 'goto' ? target.chain : undefined
}

/** How many rules name each chain, and each xt_recent list. */
export class Uses {
  readonly chains = new Map<string, number>()
  readonly recents = new Map<string, number>()

  add(rule: Rule, by: 1 | -1): void {
    const target = rule.target
    if (target?.kind === 'jump' || target?.kind === 'goto') bump(this.chains, target.chain, by)
    for (const data of rule.matches) if (data.ext === 'recent') bump(this.recents, String(data['name']), by)
  }

  /** Adds what another counted. */
  merge(other: Uses): void {
    for (const [name, by] of other.chains) bump(this.chains, name, by)
    for (const [name, by] of other.recents) bump(this.recents, name, by)
  }
}

function bump(counts: Map<string, number>, name: string, by: number): void {
  const now = (counts.get(name) ?? 0) + by
  // An edit's own counts go below zero and come back.
  if (now === 0) counts.delete(name)
  else counts.set(name, now)
}
