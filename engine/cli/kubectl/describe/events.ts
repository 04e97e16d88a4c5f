import { goSort } from '../../../base/gosort.ts'
import { query } from '../rest.ts'
import type { Obj } from '../values.ts'
import type { DescribeTools } from './describer.ts'
import type { Lines } from './writer.ts'

/** The object's Events and the table of them; nothing with --show-events=false. */
export function describeEvents(
  out: Lines,
  object: Obj,
  tools: DescribeTools,
  reference: { kind?: string; uid?: string } = {},
): void {
  if (!tools.showEvents) return
  eventTable(out, eventsOf(object, tools, reference), tools)
}

/** Events whose involvedObject is this object (client-go EventExpansion.Search). */
export function eventsOf(object: Obj, tools: DescribeTools, reference: { kind?: string; uid?: string } = {}): Obj[] {
  const { name, namespace } = object.metadata
  const kind = reference.kind ?? object.kind
  const uid = reference.uid ?? object.metadata.uid
  const fields = [`involvedObject.name=${name}`, `involvedObject.namespace=${namespace ?? ''}`, `involvedObject.uid=${uid ?? ''}`]
  if (kind !== '') fields.splice(2, 0, `involvedObject.kind=${kind}`)
  const base = namespace ? `/api/v1/namespaces/${namespace}/events` : '/api/v1/events'
  return tools.list(base + query({ fieldSelector: fields.join(','), limit: '500' }))
}

/** The "Events:" section. */
export function eventTable(out: Lines, events: readonly Obj[], tools: DescribeTools): void {
  if (events.length === 0) {
    out.line('Events:\t<none>')
    return
  }
  const when = (e: Obj) => (e.lastTimestamp ? Date.parse(e.lastTimestamp) : Number.NEGATIVE_INFINITY)
  const sorted = goSort([...events], (x, y) => when(x) < when(y))
  out.line('Events:').at(1, 'Type\tReason\tAge\tFrom\tMessage\n').at(1, '----\t------\t----\t----\t-------\n')
  for (const e of sorted) {
    // Where in the object it happened is part of the message from v1.35 on.
    const path = tools.call.minor >= 35 && e.involvedObject?.fieldPath ? `${e.involvedObject.fieldPath}: ` : ''
    const source = e.source?.component || e.reportingComponent || ''
    out.at(1, `${e.type}\t${e.reason}\t${interval(e, tools)}\t${source}\t${path}${String(e.message ?? '').trim()}\n`)
  }
}

function interval(e: Obj, tools: DescribeTools): string {
  const first = tools.age(e.eventTime || e.firstTimestamp)
  if (e.series) return `${tools.age(e.series.lastObservedTime)} (x${e.series.count} over ${first})`
  return (e.count ?? 0) > 1 ? `${tools.age(e.lastTimestamp)} (x${e.count} over ${first})` : first
}
