import type { WalkStep } from '../../electron/contract/index.ts'

/** A command and the node to run it on. */
export interface Listing {
  readonly node: string
  readonly command: string
}

/** The listing that shows a step's rule, by the backend that wrote it; undefined for a step without one. `usual`: "1.8.7/nft". */
export function listingOf(step: WalkStep, usual: string): Listing | undefined {
  if (step.place.kind !== 'node' || !step.table || !step.chain) return undefined
  const tool = step.before.src.includes(':') ? 'ip6tables' : 'iptables'
  const other = step.backend && !usual.endsWith(`/${step.backend}`) ? `-${step.backend}` : ''
  return { node: step.place.name, command: `${tool}${other} -t ${step.table} -L ${step.chain} -n -v --line-numbers` }
}
