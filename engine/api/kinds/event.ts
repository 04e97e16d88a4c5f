import type { KubeObject } from '../object.ts'
import { validateEvent } from '../validation/core/event.ts'
import { newerEvent } from './event-version.ts'
import { age, type KindDescriptor, type RowContext } from './kind.ts'

/** "kubelet, worker-1" (printers.go formatEventSource). */
function source(event: KubeObject): string {
  const { component = '', host = '' } = event.source ?? {}
  if (component === '' && host === '') {
    const { reportingComponent = '', reportingInstance = '' } = event
    return reportingInstance === '' ? reportingComponent : `${reportingComponent}, ${reportingInstance}`
  }
  return host === '' ? component : `${component}, ${host}`
}

/** First seen falls back to eventTime; last seen follows a series (printers.go printEvent). */
function seen(event: KubeObject, at: RowContext): { first: string; last: string; count: number } {
  let first = age(event.firstTimestamp, at)
  if (!event.firstTimestamp) first = age(event.eventTime, at)
  let last = event.lastTimestamp ? age(event.lastTimestamp, at) : first
  let count: number = event.count ?? 0
  if (event.series) {
    last = age(event.series.lastObservedTime, at)
    count = event.series.count ?? 0
  } else if (count === 0) count = 1
  return { first, last, count }
}

/** What core/v1 always writes, however little was sent. */
function defaults(object: KubeObject): KubeObject {
  const { metadata, involvedObject, source, firstTimestamp, lastTimestamp, eventTime, type, ...rest } = object
  return {
    ...rest,
    ...(type ? { type } : {}),
    metadata,
    involvedObject: involvedObject ?? {},
    source: source ?? {},
    firstTimestamp: firstTimestamp ?? null,
    lastTimestamp: lastTimestamp ?? null,
    eventTime: eventTime ?? null,
    reportingComponent: object.reportingComponent ?? '',
    reportingInstance: object.reportingInstance ?? '',
  } as KubeObject
}

const FIELDS: Readonly<Record<string, (event: KubeObject) => string>> = {
  'involvedObject.kind': (o) => o.involvedObject?.kind ?? '',
  'involvedObject.namespace': (o) => o.involvedObject?.namespace ?? '',
  'involvedObject.name': (o) => o.involvedObject?.name ?? '',
  'involvedObject.uid': (o) => o.involvedObject?.uid ?? '',
  'involvedObject.apiVersion': (o) => o.involvedObject?.apiVersion ?? '',
  'involvedObject.resourceVersion': (o) => o.involvedObject?.resourceVersion ?? '',
  'involvedObject.fieldPath': (o) => o.involvedObject?.fieldPath ?? '',
  reason: (o) => o.reason ?? '',
  reportingComponent: (o) => o.reportingComponent ?? '',
  source: (o) => o.source?.component || o.reportingComponent || '',
  type: (o) => o.type ?? '',
}

export const event: KindDescriptor = {
  resource: 'events',
  suite: 'kubectl',
  cells: (object, at) => {
    const { first, last, count } = seen(object, at)
    const { kind = '', name = '', fieldPath = '' } = object.involvedObject ?? {}
    return [
      last,
      object.type ?? '',
      object.reason ?? '',
      name === '' ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`,
      fieldPath,
      source(object),
      (object.message ?? '').trim(),
      first,
      count,
      object.metadata.name,
    ]
  },
  fields: FIELDS,
  versions: { 'events.k8s.io/v1': newerEvent(FIELDS) },
  strategy: { name: 'any', defaults, validate: validateEvent, createOnUpdate: true },
}
