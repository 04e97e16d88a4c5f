import type { CommandNode, ScriptNode } from 'just-bash'

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
