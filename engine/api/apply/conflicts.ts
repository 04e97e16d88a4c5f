import { applyConflict, type StatusError } from '../status.ts'
import { elementText } from './atom.ts'
import type { Owner } from './managers.ts'

/** A field that another manager owns and the configuration changes. */
export interface Conflict {
  readonly owner: Owner
  readonly path: readonly string[]
}

/** A manager as messages name it: appliers by name, updaters with what they used (printManager). */
function managerText({ manager, subresource, operation, apiVersion }: Owner): string {
  const name = `${JSON.stringify(manager)}${subresource === undefined ? '' : ` with subresource ${JSON.stringify(subresource)}`}`
  return operation === 'Update' ? `${name} using ${apiVersion}` : name
}

const pathText = (path: readonly string[]) => path.map(elementText).join('')

function message(conflicts: readonly Conflict[]): string {
  const only = conflicts[0]
  if (conflicts.length === 1 && only !== undefined)
    return `Apply failed with 1 conflict: conflict with ${managerText(only.owner)}: ${pathText(only.path)}`
  const lines = new Map<string, string[]>()
  for (const { owner, path } of conflicts) {
    const key = managerText(owner)
    lines.set(key, [...(lines.get(key) ?? []), `- ${pathText(path)}`])
  }
  const parts = [...lines.keys()].sort().map((key) => [`conflicts with ${key}:`, ...(lines.get(key) as string[])].join('\n'))
  return `Apply failed with ${conflicts.length} conflicts: ${parts.join('\n')}`
}

/** 409 with a cause for every field (NewConflictError). */
export function conflictError(conflicts: readonly Conflict[]): StatusError {
  const causes = conflicts.map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${managerText(owner)}`,
    field: pathText(path),
  }))
  return applyConflict(message(conflicts), causes)
}
