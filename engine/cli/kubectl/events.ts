import { humanDuration } from '../../base/duration.ts'
import { goSort } from '../../base/gosort.ts'
import { TABLE_LAYOUT, tabbed } from '../../base/tabwriter.ts'
import { listItems } from './builder.ts'
import { fail } from './errors.ts'
import { ALL_NAMESPACES, CHUNK_SIZE, PRINT_FLAGS } from './flags/groups.ts'
import { flag, known } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { printerFor } from './print/printer.ts'
import { query } from './rest.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

export const events: Verb = {
  name: 'events',
  short: 'List events',
  use: '[(-o|--output=)json|yaml|…] [--for TYPE/NAME] [--watch] [--types=Normal,Warning] [options]',
  flags: [
    ...PRINT_FLAGS,
    ALL_NAMESPACES,
    CHUNK_SIZE,
    flag('for', 'string'),
    flag('no-headers', 'bool'),
    flag('types', 'stringSlice'),
    known('watch', 'bool', { short: 'w' }),
  ],
  run,
}

function run(call: Invocation): undefined {
  const { flags } = call
  const printer = printerFor(call, 'other')
  const all = flags.bool('all-namespaces')
  const types = flags.list('types')
  for (const type of types) if (!/^(normal|warning)$/i.test(type)) throw fail('valid --types are Normal or Warning')
  const path = all ? '/api/v1/events' : `/api/v1/namespaces/${call.namespace}/events`
  const selector = flags.text('for') === '' ? '' : forSelector(call, flags.text('for'))
  const list = call.rest.get(path + query({ fieldSelector: selector, limit: '500' }))
  const items = listItems(list).filter(
    (e) => types.length === 0 || types.some((t) => t.toLowerCase() === String(e.type).toLowerCase()),
  )
  if (items.length === 0) {
    call.err(all ? 'No events found.\n' : `No events found in ${call.namespace} namespace.\n`)
    return undefined
  }
  const sorted = goSort(items, (x, y) => when(x) < when(y))
  // A list has no name, and what the printer says of that is lost.
  if (flags.text('output') === 'name') return undefined
  if (printer !== undefined)
    call.out(
      printer.print(
        {
          kind: 'EventList',
          apiVersion: 'v1',
          metadata: {},
          items: sorted.map((e) => ({ kind: 'Event', apiVersion: 'v1', ...e })),
        },
        false,
      ),
    )
  else call.out(table(call, sorted, all))
  return undefined
}

function forSelector(call: Invocation, text: string): string {
  const [type = '', name = ''] = text.split('/')
  if (name === '') throw fail('--for must be in resource/name form')
  const mapping = call.mapper.resolve(type)
  const apiVersion = mapping.group === '' ? mapping.version : `${mapping.group}/${mapping.version}`
  return `involvedObject.apiVersion=${apiVersion},involvedObject.kind=${mapping.kind},involvedObject.name=${name}`
}

/** kubectl/pkg/cmd/events eventTime. */
function when(e: Obj): number {
  const time = e.series?.lastObservedTime ?? e.lastTimestamp ?? e.eventTime
  // A MicroTime's microseconds count.
  return time ? Date.parse(time) + Number(/\.\d{3}(\d{3})/.exec(time)?.[1] ?? 0) / 1000 : Number.NEGATIVE_INFINITY
}

function table(call: Invocation, items: readonly Obj[], all: boolean): string {
  const age = (t: string | undefined | null) => (t ? humanDuration(call.now - Date.parse(t)) : '<unknown>')
  const head = [...(all ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']
  let text = call.flags.bool('no-headers') ? '' : `${head.join('\t')}\n`
  for (const e of items) {
    const first = age(e.firstTimestamp ?? e.eventTime)
    let seen = first
    if (e.series) seen = `${age(e.series.lastObservedTime)} (x${e.series.count} over ${first})`
    else if ((e.count ?? 0) > 1) seen = `${age(e.lastTimestamp)} (x${e.count} over ${first})`
    const cells = [
      seen,
      e.type,
      e.reason,
      `${e.involvedObject?.kind ?? ''}/${e.involvedObject?.name ?? ''}`,
      String(e.message ?? '').trim(),
    ]
    text += `${[...(all ? [e.metadata.namespace] : []), ...cells].join('\t')}\n`
  }
  return tabbed(text, TABLE_LAYOUT)
}
