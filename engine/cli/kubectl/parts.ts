import type { CommandPart } from '../command.ts'
import { RECORDED, RECORDED_MORE } from './recorded.data.ts'
import type { Verb } from './verb.ts'

/** Every command with its own flags, for FIDELITY.md: a flag names the suite only where a recording uses it with that command. */
export function partsOf(verbs: readonly Verb[], prefix = ''): CommandPart[] {
  return verbs.flatMap((verb) => {
    const name = `${prefix}${verb.name}`
    const [recorded, more] = [RECORDED[name], RECORDED_MORE[name]]
    const suiteOf = (flag: string) => (recorded?.includes(flag) ? 'kubectl' : more?.includes(flag) ? 'kubectl-more' : 'modelled')
    const flags = verb.flags.map((f) => ({ ...f, suite: suiteOf(f.long) }))
    const own: CommandPart = {
      name: `kubectl ${name}`,
      status: verb.known ? 'known' : 'emulated',
      flags,
      suite: recorded !== undefined ? 'kubectl' : more !== undefined ? 'kubectl-more' : 'modelled',
    }
    const inner = partsOf(verb.verbs ?? [], `${name} `)
    return verb.run === undefined && !verb.known ? inner : [own, ...inner]
  })
}
