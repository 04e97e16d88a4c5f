import { GLOBAL_FLAGS } from './flags/groups.ts'
import type { FlagSpec } from './flags/spec.ts'
import type { Verb } from './verb.ts'

export interface Found {
  readonly verb: Verb | undefined
  /** "kubectl rollout status". */
  readonly path: string
  /** The flags and arguments that are left for the verb. */
  readonly args: readonly string[]
  /** A first word that is no command. */
  readonly unknown?: string
}

/** Walks down the tree of commands as cobra's Find does; what is left are the verb's flags and arguments. */
export function findVerb(root: readonly Verb[], words: readonly string[]): Found {
  let verbs = root
  let verb: Verb | undefined
  let path = 'kubectl'
  let args = [...words]
  for (;;) {
    const at = firstWord(args, verb?.flags ?? [])
    if (at < 0) return { verb, path, args }
    const next = verbs.find((v) => v.name === args[at] || v.aliases?.includes(args[at]!))
    if (next === undefined) return verb === undefined ? { verb, path, args, unknown: args[at]! } : { verb, path, args }
    args = args.filter((_, i) => i !== at)
    verb = next
    path += ` ${next.name}`
    verbs = next.verbs ?? []
    if (verbs.length === 0) return { verb, path, args }
  }
}

/** The first word that is neither a flag nor a flag's value (cobra stripFlags). */
function firstWord(args: readonly string[], own: readonly FlagSpec[]): number {
  const specs = [...own, ...GLOBAL_FLAGS]
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!
    if (arg === '--') return -1
    if (arg.startsWith('--')) {
      const spec = specs.find((s) => s.long === arg.slice(2))
      if (!arg.includes('=') && spec?.bare === undefined) i++
    } else if (arg.startsWith('-') && arg.length > 1) {
      const spec = specs.find((s) => s.short === arg[1])
      if (arg.length === 2 && spec?.bare === undefined) i++
    } else return i
  }
  return -1
}
