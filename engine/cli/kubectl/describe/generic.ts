import { isMap, type Obj, sortedKeys } from '../values.ts'
import type { Describer } from './describer.ts'
import { describeEvents } from './events.ts'
import { annotations, type Lines, labels } from './writer.ts'

const SKIPPED = ['.metadata.managedFields', '.metadata.name', '.metadata.namespace', '.metadata.labels', '.metadata.annotations']

/** Any kind without a description of its own: its fields, titled by their names (describe.genericDescriber). */
export const generic: Describer = {
  kind: '',
  describe(out, object, tools) {
    out.field('Name', object.metadata.name).field('Namespace', object.metadata.namespace ?? '')
    labels(out, 'Labels', object.metadata.labels)
    annotations(out, 'Annotations', object.metadata.annotations)
    content(out, 0, object, '')
    describeEvents(out, object, tools)
  },
}

function content(out: Lines, level: number, map: Record<string, Obj>, path: string): void {
  for (const field of sortedKeys(map)) {
    const value = map[field]
    const here = `${path}.${field}`
    if (SKIPPED.includes(here)) continue
    if (isMap(value)) {
      out.at(level, `${title(field)}:\n`)
      content(out, level + 1, value, here)
    } else if (Array.isArray(value)) {
      out.at(level, `${title(field)}:\n`)
      for (const child of value) {
        if (isMap(child)) content(out, level + 1, child, here)
        else out.at(level + 1, `${child}\n`)
      }
    } else out.at(level, `${title(field)}:\t${value === null ? '<nil>' : value}\n`)
  }
}

/** "creationTimestamp" → "Creation Timestamp", "uid" → "UID" (smartLabelFor). */
function title(field: string): string {
  if (/[^\p{L}-]/u.test(field)) return field
  const parts = field.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|-+|[^A-Za-z-]+/g) ?? [field]
  return parts
    .filter((part) => part !== '_')
    .map((part) => {
      if (['API', 'URL', 'UID', 'GUID'].includes(part.toUpperCase())) return part.toUpperCase()
      return part === part.toLowerCase() ? part.charAt(0).toUpperCase() + part.slice(1) : part
    })
    .join(' ')
}
