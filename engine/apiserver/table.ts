import type { RowContext } from '../api/kinds/kind.ts'
import { shownAs } from '../api/kinds/kinds.ts'
import type { Kind } from '../api/kinds/registry.ts'
import type { KubeObject } from '../api/object.ts'
import { timestamp } from '../api/time.ts'

export type IncludeObject = 'None' | 'Metadata' | 'Object'

/** metav1.PartialObjectMetadata. */
export function partial(object: KubeObject, version = 'v1') {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata }
}

function conditions(kind: Kind, object: KubeObject) {
  if (kind.key !== 'pods') return {}
  const phase = object.status?.phase
  if (phase === 'Succeeded')
    return { conditions: [{ type: 'Completed', status: 'True', reason: phase, message: 'The pod has completed successfully.' }] }
  if (phase === 'Failed')
    return { conditions: [{ type: 'Completed', status: 'True', reason: phase, message: 'The pod failed.' }] }
  return {}
}

function row(kind: Kind, object: KubeObject, at: RowContext, include: IncludeObject) {
  // kinds without a printer of their own show their creation time (rest.NewDefaultTableConvertor)
  const cells = kind.descriptor?.cells(object, at) ?? [object.metadata.name, object.metadata.creationTimestamp ?? timestamp(0)]
  const shown = include === 'None' ? { object: null } : { object: include === 'Object' ? shownAs(kind, object) : partial(object) }
  return { cells, ...conditions(kind, object), ...shown }
}

function columnsOf(kind: Kind, at: RowContext) {
  const former = kind.descriptor?.formerColumns
  if (former !== undefined && at.minor !== undefined && at.minor < former.before) {
    return former.names.map((name, i) => ({ name, type: 'string', format: i === 0 ? 'name' : '', description: '', priority: 0 }))
  }
  return kind.columns.map(({ name, type, format, priority }) => ({ name, type, format, description: '', priority }))
}

/** metav1.Table for objects of one kind, as the server prints it. */
export function table(
  kind: Kind,
  objects: readonly KubeObject[],
  at: RowContext,
  include: IncludeObject,
  metadata: object,
  columns = true,
  version = 'v1',
) {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: columns ? columnsOf(kind, at) : null,
    rows: objects.map((object) => row(kind, object, at, include)),
  }
}
