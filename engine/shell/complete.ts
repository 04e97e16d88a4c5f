import { COMMANDS } from '../cli/registry.ts'
import { expandAliases } from './aliases.ts'
import { splitWords } from './history.ts'
import { commandOn } from './launch.ts'
import type { Level } from './level.ts'
import { TEXT_TOOLS } from './text-tools.ts'

export interface Completed {
  readonly start: number
  readonly candidates: readonly string[]
  readonly suffix: string
}

const BUILTINS = ['alias', 'cd', 'echo', 'eval', 'exec', 'exit', 'export', 'for', 'if', 'logout', 'pwd', 'read', 'set', 'source']
const MORE_BUILTINS = ['test', 'then', 'type', 'unalias', 'unset', 'until', 'while']

/** What Tab offers at `cursor`: commands, a command's own words, variables or files, as bash and its completion scripts do. */
export function complete(level: Level, line: string, cursor: number): Completed {
  const before = line.slice(0, cursor)
  // The command under the cursor starts after the last thing that ends one.
  const begin = Math.max(...['|', ';', '&', '(', '`', '\n'].map((ch) => before.lastIndexOf(ch) + 1))
  const text = before.slice(begin)
  const partial = /(?:[^\s\\"'=<>]|\\.)*$/.exec(text)?.[0] ?? ''
  const start = cursor - partial.length
  const variable = /\$(\w*)$/.exec(partial)
  if (variable !== null) {
    const names = level.bash.variableNames.filter((name) => name.startsWith(variable[1] as string))
    return offer(cursor - (variable[1] as string).length, names)
  }
  const head = text.slice(0, text.length - partial.length)
  const first = head.trim() === '' || /^\s*(\w+=\S*\s+)+$/.test(head)
  if (first && !partial.includes('/')) return offer(start, commandNames(level, partial))
  const redirected = /[<>]\s*$/.test(head)
  const words = splitWords(expandAliases(head.trim(), level.bash.aliases))
  const command = first || redirected ? undefined : commandOn(level.machine, words[0] ?? '')
  const own = command?.complete?.([...words, partial], words.length, { machine: level.machine, cwd: level.bash.cwd })
  if (own !== undefined) return offer(start, matching(own, partial))
  const optionsOf = partial.startsWith('-') && command !== undefined
  if (optionsOf) return offer(start, matching(optionNames(command.flags), partial))
  return files(level, partial, start)
}

function optionNames(flags: readonly { readonly long?: string; readonly short?: string }[]): string[] {
  return flags.flatMap(({ long, short }) => [
    ...(long === undefined ? [] : [`--${long}`]),
    ...(short === undefined ? [] : [`-${short}`]),
  ])
}

function matching(candidates: readonly string[], partial: string): string[] {
  return candidates.filter((candidate) => candidate.startsWith(partial))
}

function offer(start: number, candidates: readonly string[]): Completed {
  const unique = [...new Set(candidates)].sort()
  const only = unique.length === 1 ? (unique[0] as string) : ''
  return { start, candidates: unique, suffix: /[=/:]$/.test(only) ? '' : ' ' }
}

function commandNames(level: Level, partial: string): string[] {
  const ours = COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]).filter((name) => commandOn(level.machine, name))
  const names = [...ours, ...TEXT_TOOLS, ...BUILTINS, ...MORE_BUILTINS, ...Object.keys(level.bash.aliases)]
  return matching([...names, ...level.bash.functionNames], partial)
}

/** Files in the folder that the word names so far; candidates are names within it, as bash lists them. */
function files(level: Level, partial: string, start: number): Completed {
  const slash = partial.lastIndexOf('/')
  const typed = partial.slice(0, slash + 1).replace(/\\(.)/g, '$1')
  const prefix = partial.slice(slash + 1).replace(/\\(.)/g, '$1')
  const home = level.bash.variable('HOME') ?? '/'
  const folder = typed.startsWith('~/')
    ? `${home}${typed.slice(1)}`
    : typed.startsWith('/')
      ? typed
      : `${level.bash.cwd}/${typed}`
  const { fs } = level.machine
  if (!fs.exists(folder) || fs.stat(folder).type !== 'dir') return { start, candidates: [], suffix: '' }
  const names = fs.list(folder).filter((name) => name.startsWith(prefix) && (prefix !== '' || !name.startsWith('.')))
  const shown = names.map((name) => {
    const escaped = name.replace(/[ \\"'$&;|()<>*?[\]!#`]/g, '\\$&')
    const path = `${folder}/${name}`
    return fs.exists(path) && fs.stat(path).type === 'dir' ? `${escaped}/` : escaped
  })
  return offer(start + slash + 1, shown)
}
