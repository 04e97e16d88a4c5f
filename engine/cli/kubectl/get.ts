import { humanDuration } from '../../base/duration.ts'
import { fetchObjects, listItems, type Target, targetPath, targets, whenListing } from './builder.ts'
import { ErrorList, fail, isNotFound, KubectlError, throwAll } from './errors.ts'
import { ALL_NAMESPACES, CHUNK_SIZE, FIELD_SELECTOR, FILENAME_FLAGS, PRINT_FLAGS, SELECTOR } from './flags/groups.ts'
import { flag } from './flags/spec.ts'
import { getRaw } from './get-raw.ts'
import { sortObjects, sortRows, UnsortableError } from './get-sort.ts'
import { watchTargets } from './get-watch.ts'
import type { Invocation } from './invocation.ts'
import { manifestTargets } from './manifests.ts'
import { kindName } from './mapper.ts'
import { printerFor } from './print/printer.ts'
import { type TableOptions, TablePrinter } from './print/table.ts'
import { ACCEPT_TABLE } from './rest.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

export const get: Verb = {
  name: 'get',
  short: 'Display one or many resources',
  use: '[(-o|--output=)json|yaml|name|wide|…] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags] [options]',
  completes: 'resource',
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    ALL_NAMESPACES,
    SELECTOR,
    FIELD_SELECTOR,
    CHUNK_SIZE,
    flag('ignore-not-found', 'bool'),
    flag('label-columns', 'stringSlice', { short: 'L' }),
    flag('no-headers', 'bool'),
    flag('output-watch-events', 'bool'),
    flag('raw', 'string'),
    flag('server-print', 'bool', { fallback: 'true' }),
    flag('show-kind', 'bool'),
    flag('show-labels', 'bool'),
    flag('sort-by', 'string'),
    flag('subresource', 'string'),
    flag('watch', 'bool', { short: 'w' }),
    flag('watch-only', 'bool'),
  ],
  run: getRun,
}

async function getRun(call: Invocation): Promise<number | undefined> {
  const { flags } = call
  if (flags.changed('raw')) return getRaw(call)
  const all = flags.bool('all-namespaces')
  const selector = flags.text('selector')
  const fieldSelector = flags.text('field-selector')
  const options = { allNamespaces: all, selector, fieldSelector, all: true }
  if (call.args.length === 0 && !flags.changed('filename') && !flags.changed('kustomize')) throw nothingNamed(call)
  const printer = printerFor(call, 'get')
  const files = flags.list('filename')
  const found = files.length > 0 ? await manifestTargets(call, files, call.args) : targets(call, call.args, options)
  const subresource = flags.text('subresource')
  const list = subresource === '' ? found : withSubresource(found, subresource)
  if (flags.bool('watch') || flags.bool('watch-only')) return watchTargets(call, list, printer, tableOptions(call, all))
  if (printer === undefined) return printTables(call, list)
  return printObjects(call, list, (object) => call.out(printer.print(object)))
}

/** --subresource goes to objects by name. */
function withSubresource(list: readonly Target[], subresource: string): Target[] {
  return list.map((target) => {
    if (target.name === undefined) throw fail('subresource cannot be used when bulk resources are specified')
    return { ...target, subresource }
  })
}

function nothingNamed(call: Invocation): Error {
  call.err(
    'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
  )
  return call.usage(
    'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
  )
}

/** How the columns are to be framed. */
function tableOptions(call: Invocation, withNamespace: boolean): TableOptions {
  const { flags } = call
  return {
    wide: flags.text('output') === 'wide',
    noHeaders: flags.bool('no-headers'),
    withNamespace,
    showLabels: flags.bool('show-labels'),
    labelColumns: flags.list('label-columns').map((l) => l.trim()),
  }
}

/** The server's tables, one kind under the other (get.go Run). */
function printTables(call: Invocation, list: readonly Target[]): undefined {
  const { flags } = call
  const { tables, errors } = fetchTables(call, list)
  const kinds = new Set(tables.map((t) => t.target.mapping))
  const withKind = flags.bool('show-kind') || kinds.size > 1
  const printer = new TablePrinter()
  let last: Target | undefined
  let written = ''
  // Once a kind was printed with namespaces, all that follow are: the flags of the printer are shared.
  let withNamespace = false
  for (const { target, table } of tables) {
    if (last === undefined || last.mapping !== target.mapping) {
      written += printer.flush()
      printer.restart(last !== undefined && !flags.bool('no-headers') && written !== '')
      withNamespace ||= flags.bool('all-namespaces') && target.mapping.namespaced
    }
    last = target
    const sorted = rowsSorted(call, table)
    if (sorted === undefined || (sorted.rows ?? []).length === 0) continue
    const options = tableOptions(call, withNamespace)
    printer.print(sorted, withKind ? { ...options, withKind: kindName(target.mapping) } : options)
  }
  written += printer.flush()
  call.out(written)
  if (written === '' && errors.length === 0 && !flags.bool('ignore-not-found')) call.err(nothingFound(call, list))
  throwAll(nested(errors))
  return undefined
}

/** A table that cannot be sorted is not printed, and nothing says so: kubectl drops the printer's errors. */
function rowsSorted(call: Invocation, table: Obj): Obj | undefined {
  const sortBy = call.flags.text('sort-by')
  if (sortBy === '' || (table.rows ?? []).length < 2) return table
  try {
    return { ...table, rows: sortRows(table.rows ?? [], sortBy, call) }
  } catch (error) {
    if (error instanceof UnsortableError) throw error.told
    if (error instanceof KubectlError) return undefined
    throw error
  }
}

/** What the targets hold, as tables, and what went wrong. */
function fetchTables(
  call: Invocation,
  list: readonly Target[],
): { tables: { target: Target; table: Obj }[]; errors: { error: Error; list: unknown }[] } {
  const { flags } = call
  const tables: { target: Target; table: Obj }[] = []
  const errors: { error: Error; list: unknown }[] = []
  const plain = !flags.bool('server-print')
  for (const target of list) {
    try {
      const params = target.name === undefined ? listParams(call) : {}
      const includeObject = flags.text('sort-by') === '' ? undefined : 'Object'
      const path = targetPath(target, { ...params, includeObject: plain ? undefined : includeObject })
      const body = plain ? call.rest.get(path) : call.rest.get(path, ACCEPT_TABLE)
      const objects = target.name === undefined ? listItems(body) : [body]
      tables.push({ target, table: plain || body.kind !== 'Table' ? plainTable(objects, call.now) : body })
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const selectors = { selector: flags.text('selector'), fieldSelector: flags.text('field-selector') }
      if (target.name === undefined) errors.push({ error: whenListing(error, target.mapping, selectors), list: undefined })
      else if (!(isNotFound(error) && flags.bool('ignore-not-found'))) errors.push({ error, list: target.list })
    }
  }
  return { tables, errors }
}

/** Without the server's columns: names and ages (tableprinter.go printObjectMeta). */
function plainTable(objects: readonly Obj[], now: number): Obj {
  const age = (object: Obj) => {
    const made = object.metadata?.creationTimestamp
    return made ? humanDuration(now - Date.parse(made)) : '<unknown>'
  }
  return {
    columnDefinitions: [
      { name: 'Name', type: 'string', format: 'name' },
      { name: 'Age', type: 'string' },
    ],
    rows: objects.map((object) => ({ cells: [object.metadata?.name ?? '', age(object)], object })),
  }
}

/** Errors of one List in a file stay together. */
function nested(errors: readonly { error: Error; list: unknown }[]): Error[] {
  return errors.flatMap(({ error, list }, i) => {
    if (list === undefined) return [error]
    const group = errors.filter((e) => e.list === list)
    return group[0] === errors[i] ? [new ErrorList(group.map((e) => e.error))] : []
  })
}

function nothingFound(call: Invocation, list: readonly Target[]): string {
  const namespaced = !call.flags.bool('all-namespaces') && list.every((t) => t.mapping.namespaced)
  return namespaced ? `No resources found in ${call.namespace} namespace.\n` : 'No resources found\n'
}

function listParams(call: Invocation): Record<string, string> {
  return { fieldSelector: call.flags.text('field-selector'), labelSelector: call.flags.text('selector'), limit: '500' }
}

/** Whole objects: one by itself, several as a v1 List (get.go printGeneric). */
function printObjects(call: Invocation, list: readonly Target[], print: (object: Obj) => void): undefined {
  const { flags } = call
  const { objects, errors: found } = fetchObjects(call, list, {
    selector: flags.text('selector'),
    fieldSelector: flags.text('field-selector'),
  })
  const errors = found.filter((e) => !(isNotFound(e) && flags.bool('ignore-not-found')))
  const single = list.length === 1 && list[0]!.name !== undefined
  if (single) {
    throwAll(errors)
    if (objects.length === 0) return undefined
    print(objects[0]!.object)
    return undefined
  }
  if (objects.length === 0 && flags.bool('ignore-not-found') && errors.length === 0 && list.every((t) => t.name !== undefined))
    return undefined
  const items = sortObjects(
    objects.map((o) => o.object),
    flags.text('sort-by'),
    call,
  )
  print({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } })
  throwAll(errors)
  return undefined
}
