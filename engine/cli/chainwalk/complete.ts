import type { Flag } from '../command.ts'
import { CONNECTIONS_FLAGS, HITS_FLAGS, TRACE_FLAGS } from './flags.ts'

const FLAGS: Readonly<Record<string, readonly Flag[]>> = {
  trace: TRACE_FLAGS,
  connections: CONNECTIONS_FLAGS,
  hits: HITS_FLAGS,
}

/** What may stand at `words[index]`. */
export function completeChainwalk(
  verbs: readonly string[],
  words: readonly string[],
  index: number,
): readonly string[] | undefined {
  if (index === 1) return verbs
  const verb = words[1] ?? ''
  if (verb === 'set') return index === 2 ? ['podServiceLB'] : ['bpf', 'none']
  const flags = Object.hasOwn(FLAGS, verb) ? FLAGS[verb] : undefined
  if (flags === undefined) return undefined
  if (words[index - 1] === '-o' || words[index - 1] === '--output') return ['text', 'json']
  if (verb === 'trace' && words[index - 1] === '--from') return ['node/', 'pod/']
  if (verb === 'trace' && words[index - 1] === '--to') return ['svc/', 'pod/']
  return flags.flatMap(({ long }) => (long === undefined ? [] : [`--${long}`])).concat(verb === 'trace' ? ['last'] : [])
}
