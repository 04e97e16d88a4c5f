import type { CommandNode, ScriptNode, SimpleCommandNode } from 'just-bash'

type Node = { readonly type?: string }

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}

/** Calls `visit` for every node under `root`; what `visit` returns false for is not entered. */
function walk(root: unknown, visit: (node: Node) => boolean): void {
  if (Array.isArray(root)) for (const item of root) walk(item, visit)
  else if (isNode(root) && (root.type === undefined || visit(root))) for (const child of Object.values(root)) walk(child, visit)
}

/** Names of all functions that a script defines, wherever it does. */
export function functionNames(script: ScriptNode): string[] {
  const names: string[] = []
  walk(script, (node) => {
    if (node.type === 'FunctionDef') names.push((node as { name: string }).name)
    return true
  })
  return names
}

/** The bodies of `$(…)` and `<(…)` in a command's own words, not those in commands below it. */
export function substitutions(command: CommandNode): ScriptNode[] {
  const bodies: ScriptNode[] = []
  walk(Object.values(command), (node) => {
    if (node.type === 'CommandSubstitution' || node.type === 'ProcessSubstitution') {
      bodies.push((node as { body: ScriptNode }).body)
      return false
    }
    return node.type !== 'Statement'
  })
  return bodies
}

/** Whether an `exec` somewhere in the script leads its standard output or error elsewhere for good. */
export function redirectsItself(script: ScriptNode): boolean {
  let found = false
  walk(script, (node) => {
    if (node.type !== 'SimpleCommand') return !found
    const { name, redirections } = node as SimpleCommandNode
    const [part] = name?.parts ?? []
    if (part?.type !== 'Literal' || part.value !== 'exec') return true
    found ||= redirections.some(({ operator, fd }) => !operator.startsWith('<') && (fd ?? 1) <= 2)
    return true
  })
  return found
}

/** Whether a job is to run in the background (`&`) anywhere in the script: in a function, a loop, a substitution. */
export function runsInBackground(script: ScriptNode): boolean {
  let found = false
  walk(script, (node) => {
    found ||= node.type === 'Statement' && (node as { background?: boolean }).background === true
    return !found
  })
  return found
}
