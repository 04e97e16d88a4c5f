import type { Json } from '../base/json.ts'

type Map = Readonly<Record<string, Json | undefined>>

/** Whether two values are equal; what both share by reference costs nothing. */
export function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => same((a as Map)[key], (b as Map)[key]))
}

/** What every command moves, and nobody would want to undo: the time, the dice, `$?` and what follows from them. */
const VOLATILE = new Set(['clock', 'dice', 'history', 'lastExitCode', 'lastArg', 'startTime', 'commands', 'memory'])
const VOLATILE_VARIABLES = new Set(['?', '_', 'EPOCHSECONDS', 'EPOCHREALTIME', 'SECONDS', 'PIPESTATUS', 'BASH_REMATCH'])

/** A state without what moves by itself. */
function still(value: Json): Json {
  if (Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value as Map).filter(([key]) => !VOLATILE.has(key))) as Json
}

/** Whether a line only looked: the cluster, the files and the shells are as they were before it. */
export function onlyLooked(before: Json, after: Json): boolean {
  const [a, b] = [before, after] as unknown as { cluster: Json; shells: readonly ShellSave[] }[]
  if (a === undefined || b === undefined || !same(still(a.cluster), still(b.cluster))) return false
  if (a.shells.length !== b.shells.length) return false
  return a.shells.every((shell, i) => same(stillShell(shell), stillShell(b.shells[i] as ShellSave)))
}

interface ShellSave {
  readonly id: string
  readonly shell: { readonly levels: readonly { readonly spec: Json; readonly bash: Map }[] }
}

function stillShell({ id, shell }: ShellSave): Json {
  const levels = shell.levels.map(({ spec, bash }) => {
    const named = (list: Json | undefined) =>
      (list as readonly (readonly [string, ...Json[]])[]).filter(([name]) => !VOLATILE_VARIABLES.has(name)) as unknown as Json
    return { ...bash, spec, plain: still(bash.plain as Json), env: named(bash.env), arrays: named(bash.arrays) }
  })
  return { id, levels } as unknown as Json
}
