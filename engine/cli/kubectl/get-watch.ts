import type { WatchEvent } from '../../apiserver/client.ts'
import { type Target, targetPath } from './builder.ts'
import { fail, StatusError } from './errors.ts'
import type { Invocation } from './invocation.ts'
import type { Printer } from './print/printer.ts'
import { type TableOptions, TablePrinter } from './print/table.ts'
import { ACCEPT_TABLE } from './rest.ts'
import type { Obj } from './values.ts'
import { waitForEvents } from './wait-events.ts'

/** `kubectl get -w`: the list first, then a line for every change until Ctrl-C. */
export async function watchTargets(
  call: Invocation,
  list: readonly Target[],
  printer: Printer | undefined,
  options: TableOptions,
): Promise<number | undefined> {
  if (list.length > 1) throw fail(`you may only specify a single resource type`)
  const target = list[0]!
  const collection = { mapping: target.mapping, namespace: target.namespace }
  const fields = [call.flags.text('field-selector'), target.name === undefined ? '' : `metadata.name=${target.name}`].filter(
    (f) => f !== '',
  )
  const params = { fieldSelector: fields.join(','), labelSelector: call.flags.text('selector') }
  const accept = printer === undefined ? ACCEPT_TABLE : 'application/json'
  const first = call.rest.get(
    targetPath(target.name === undefined ? collection : target, target.name === undefined ? { ...params, limit: '500' } : {}),
    accept,
  )
  const table = new TablePrinter()
  const showEvents = call.flags.bool('output-watch-events')
  const show = (object: Obj, type: string) => {
    if (printer !== undefined) return call.out(printer.print(showEvents ? { type, object } : object))
    table.print(showEvents ? withEvent(object, type) : object, options)
    call.out(table.flush())
  }
  if (!call.flags.bool('watch-only')) {
    if (printer === undefined) {
      if ((first.rows ?? []).length > 0) show(first, 'ADDED')
    } else for (const item of target.name === undefined ? (first.items ?? []) : [first]) show(item, 'ADDED')
  }
  // A single object is watched from now on ("0"), and the event that tells what is there already is passed over.
  const resourceVersion = target.name === undefined ? first.metadata?.resourceVersion : '0'
  let skip = target.name !== undefined
  await waitForEvents(
    call,
    targetPath(collection, { ...params, watch: 'true', resourceVersion: resourceVersion ?? '0' }),
    accept,
    (event: WatchEvent) => {
      if (event.type === 'ERROR') throw new StatusError(event.object)
      if (event.type !== 'BOOKMARK' && !skip) show(event.object, event.type)
      if (event.type !== 'BOOKMARK') skip = false
      return false
    },
  )
  return call.context.signal.aborted ? 130 : 0
}

function withEvent(table: Obj, type: string): Obj {
  return {
    ...table,
    columnDefinitions: (table.columnDefinitions ?? []).length === 0 ? [] : [{ name: 'Event' }, ...table.columnDefinitions],
    rows: (table.rows ?? []).map((row: Obj) => ({ ...row, cells: [type, ...(row.cells ?? [])] })),
  }
}
