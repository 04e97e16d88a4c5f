import type { Bash } from 'just-bash/browser'
import type { Json } from '../base/json.ts'

interface ShellArray {
  kind: string
  elements: Map<string | number, string>
}

/** just-bash's interpreter state, as far as it outlives a line. Not part of its public types: interpreter-state.test.ts watches it. */
export interface InterpreterState {
  env: Map<string, string>
  arrays: Map<string, ShellArray>
  cwd: string
  previousDir: string
  functions: Map<string, unknown>
  options: Record<string, boolean>
  shoptOptions: Record<string, boolean>
  exportedVars: Set<string>
  readonlyVars: Set<string>
  hashTable: Map<string, unknown>
  lastExitCode: number
  lastArg: string
  startTime: number
  currentLine: number
  associativeArrays?: Set<string>
  integerVars?: Set<string>
  lowercaseVars?: Set<string>
  uppercaseVars?: Set<string>
  declaredVars?: Set<string>
  namerefs?: Set<string>
  directoryStack?: string[]
}

const SETS = [
  'exportedVars',
  'readonlyVars',
  'associativeArrays',
  'integerVars',
  'lowercaseVars',
  'uppercaseVars',
  'declaredVars',
  'namerefs',
] as const
const PLAIN = ['cwd', 'previousDir', 'lastExitCode', 'lastArg', 'startTime'] as const

/** The state with which the next line of this shell begins. */
export function stateOf(bash: Bash): InterpreterState {
  return (bash as unknown as { state: InterpreterState }).state
}

/**
 * Starts an execution and returns the state it works on, which just-bash copies from the shell's and throws away at the end. The
 * first thing its interpreter does, before anything is awaited, is to set `errexitSafe` on that state; so for the length of this
 * synchronous call (and no longer) that assignment is observed.
 */
export function startAndCapture<T>(start: () => T): { readonly started: T; readonly state: InterpreterState | undefined } {
  let state: InterpreterState | undefined
  Object.defineProperty(Object.prototype, 'errexitSafe', {
    configurable: true,
    set(this: InterpreterState, value: unknown) {
      if ('hashTable' in this) state ??= this
      Object.defineProperty(this, 'errexitSafe', { value, writable: true, enumerable: true, configurable: true })
    },
  })
  try {
    return { started: start(), state }
  } finally {
    Reflect.deleteProperty(Object.prototype, 'errexitSafe')
  }
}

/** Makes what a line left behind the beginning of the next. */
export function keepState(bash: Bash, from: InterpreterState): void {
  const to = stateOf(bash)
  for (const key of [...SETS, ...PLAIN, 'env', 'arrays', 'functions', 'options', 'shoptOptions', 'directoryStack'] as const) {
    ;(to as unknown as Record<string, unknown>)[key] = from[key]
  }
}

/** A shell's variables, functions, aliases, options and folders as plain data. */
export function saveState(bash: Bash): Json {
  const state = stateOf(bash)
  const sets: Record<string, Json> = {}
  for (const key of SETS) if (state[key] !== undefined) sets[key] = [...(state[key] as Set<string>)]
  const plain: Record<string, Json> = {}
  for (const key of PLAIN) plain[key] = state[key]
  return {
    sets,
    plain,
    env: [...state.env],
    arrays: [...state.arrays].map(([name, { kind, elements }]) => [name, kind, [...elements]]),
    functions: [...state.functions] as Json,
    options: { ...state.options },
    shoptOptions: { ...state.shoptOptions },
    directoryStack: state.directoryStack ?? [],
  }
}

/** The inverse of {@link saveState}. */
export function loadState(bash: Bash, saved: Json): void {
  const from = saved as unknown as {
    sets: Record<string, string[]>
    plain: Record<string, never>
    env: [string, string][]
    arrays: [string, string, [string | number, string][]][]
    functions: [string, unknown][]
    options: Record<string, boolean>
    shoptOptions: Record<string, boolean>
    directoryStack: string[]
  }
  const to = stateOf(bash)
  for (const key of SETS) {
    const names = from.sets[key]
    if (names !== undefined) to[key] = new Set(names)
    else if (key !== 'exportedVars' && key !== 'readonlyVars') delete to[key]
  }
  Object.assign(to, from.plain)
  to.env = new Map(from.env)
  to.arrays = new Map(from.arrays.map(([name, kind, elements]) => [name, { kind, elements: new Map(elements) }]))
  to.functions = new Map(from.functions)
  to.options = { ...from.options }
  to.shoptOptions = { ...from.shoptOptions }
  if (from.directoryStack.length > 0) to.directoryStack = [...from.directoryStack]
  else delete to.directoryStack
}
