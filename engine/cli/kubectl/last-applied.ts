import { compactJson } from './print/json.ts'
import type { Obj } from './values.ts'

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** What `kubectl apply` last sent, as text. */
export function lastAppliedOf(object: Obj): string | undefined {
  return object.metadata?.annotations?.[LAST_APPLIED]
}

/** The object with itself as its last-applied annotation; the annotation holds JSON with sorted keys and a final newline. */
export function withLastApplied(object: Obj): Obj {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata?.annotations ?? {}
  // An empty map of annotations is part of what kubectl records.
  const bare = { ...object, metadata: { ...object.metadata, annotations } }
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, [LAST_APPLIED]: `${compactJson(bare)}\n` } },
  }
}
