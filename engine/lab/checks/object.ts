import { z } from 'zod'
import type { KubeObject } from '../../api/object.ts'
import { defineCheck } from './check.ts'

/**
 * API objects: the values at `path` ("spec.replicas", "subsets[].addresses[].ip") of the named object, or of all that match
 * `labels`. Without `path`: their names.
 */
export const object = defineCheck({
  name: 'object',
  parameters: z.strictObject({
    resource: z.string().min(1),
    namespace: z.string().optional(),
    name: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    path: z.string().optional(),
  }),
  read: ({ cluster }, { resource, namespace, name, labels, path }) =>
    cluster.store
      .list(resource, namespace)
      .filter((o) => name === undefined || o.metadata.name === name)
      .filter((o) => Object.entries(labels ?? {}).every(([k, v]) => o.metadata.labels?.[k] === v))
      .flatMap((o) => (path === undefined ? [o.metadata.name] : valuesAt(o, path))),
})

/** The values at a dotted path; `[]` after a name walks every element of a list. */
export function valuesAt(root: KubeObject, path: string): string[] {
  let values: unknown[] = [root]
  for (const part of path.split('.')) {
    const each = part.endsWith('[]')
    const key = each ? part.slice(0, -2) : part
    values = values
      .map((v) => (v as Record<string, unknown> | null | undefined)?.[key])
      .flatMap((v) => (each ? (Array.isArray(v) ? v : []) : [v]))
      .filter((v) => v !== undefined && v !== null)
  }
  return values.map((v) => (typeof v === 'object' ? JSON.stringify(v) : String(v)))
}
