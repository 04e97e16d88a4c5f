import { fail, KubectlError } from './errors.ts'
import { flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import type { Verb } from './verb.ts'

const list: Verb = {
  name: 'list',
  short: "List all visible plugin executables on a user's PATH",
  flags: [flag('name-only', 'bool')],
  run: (call) => {
    const found = plugins(call)
    if (found.length === 0) throw fail('unable to find any kubectl plugins in your PATH')
    call.out('The following compatible plugins are available:\n\n')
    let warnings = 0
    for (const { path, name, runs } of found) {
      call.out(`${call.flags.bool('name-only') ? name : path}\n`)
      if (runs) continue
      warnings++
      call.err(`  - warning: ${path} identified as a kubectl plugin, but it is not executable\n`)
    }
    if (warnings > 0)
      throw new KubectlError(
        `error: ${warnings === 1 ? 'one plugin warning was found' : `${warnings} plugin warnings were found`}`,
      )
    return undefined
  },
}

/** Files called kubectl-… in the folders of PATH, in its order. */
function plugins(call: Invocation): { path: string; name: string; runs: boolean }[] {
  const { fs } = call.context.machine
  const out: { path: string; name: string; runs: boolean }[] = []
  for (const folder of new Set((call.context.env.PATH ?? '').split(':').filter((f) => f.trim() !== ''))) {
    if (!fs.exists(folder) || fs.stat(folder, { follow: true }).type !== 'dir') continue
    for (const name of [...fs.list(folder)].sort()) {
      if (!name.startsWith('kubectl-')) continue
      const path = `${folder}/${name}`
      const stat = fs.stat(path, { follow: true })
      if (stat.type !== 'dir') out.push({ path, name, runs: (stat.mode & 0o111) !== 0 })
    }
  }
  return out
}

export const plugin: Verb = {
  name: 'plugin',
  short: 'Provides utilities for interacting with plugins',
  flags: [],
  verbs: [list],
}

const SHELLS = ['bash', 'zsh', 'fish', 'powershell']

export const completion: Verb = {
  name: 'completion',
  short: 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)',
  flags: [],
  run: (call) => {
    const { args } = call
    if (args.length === 0) throw call.usage('Shell not specified.')
    if (args.length > 1) throw call.usage('Too many arguments. Expected only the shell type.')
    if (!SHELLS.includes(args[0]!)) throw call.usage(`Unsupported shell type ${JSON.stringify(args[0])}.`)
    throw call.notEmulated(`completion ${args[0]}`)
  },
}
