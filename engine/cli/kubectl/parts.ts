import type { CommandPart } from '../command.ts'
import { RECORDED } from './recorded.data.ts'
import type { Verb } from './verb.ts'

/** Every command with its own flags, for FIDELITY.md: a flag names the suite only where a recording uses it with that command. */
export function partsOf(verbs: readonly Verb[], prefix = ''): CommandPart[] {
  return verbs.flatMap((verb) => {
    const name = `${prefix}${verb.name}`
    const recorded = RECORDED[name]
    const flags = verb.flags.map((f) => ({ ...f, suite: recorded?.includes(f.long) ? 'kubectl' : 'modelled' }))
    const own: CommandPart = {
      name: `kubectl ${name}`,
      status: verb.known ? 'known' : 'emulated',
      flags,
      suite: recorded === undefined ? 'modelled' : 'kubectl',
    }
    const inner = partsOf(verb.verbs ?? [], `${name} `)
    return verb.run === undefined && !verb.known ? inner : [own, ...inner]
  })
}
