import { fetchObjects, multipleTypes, type Target, targetPath, targets, whenListing } from './builder.ts'
import { isNotFound, throwAll } from './errors.ts'
import { ALL_NAMESPACES, CHUNK_SIZE, FIELD_SELECTOR, FILENAME_FLAGS, PRINT_FLAGS, SELECTOR } from './flags/groups.ts'
import { flag } from './flags/spec.ts'
import { getRaw } from './get-raw.ts'
import { sortObjects, sortRows } from './get-sort.ts'
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
  if (!flags.bool('server-print')) throw call.notEmulated('--server-print=false')
  if (flags.changed('subresource')) throw call.notEmulated('--subresource')
  if (call.args.length === 0 && !flags.changed('filename') && !flags.changed('kustomize')) throw nothingNamed(call)
  const printer = printerFor(call, 'get')
  const files = flags.list('filename')
  const list = files.length > 0 ? await manifestTargets(call, files) : targets(call, call.args, options)
  if (flags.bool('watch') || flags.bool('watch-only')) return watchTargets(call, list, printer, tableOptions(call, list))
  if (printer === undefined) return printTables(call, list)
  return printObjects(call, list, (object) => call.out(printer.print(object)))
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
function tableOptions(call: Invocation, list: readonly Target[]): TableOptions {
  const { flags } = call
  const labelColumns = flags.list('label-columns').map((l) => l.trim())
  return {
    wide: flags.text('output') === 'wide',
    noHeaders: flags.bool('no-headers'),
    withNamespace: flags.bool('all-namespaces') && list.some((t) => t.mapping.namespaced),
    showLabels: flags.bool('show-labels'),
    labelColumns,
  }
}

/** The server's tables, one kind under the other. */
function printTables(call: Invocation, list: readonly Target[]): undefined {
  const { flags } = call
  const withKind = flags.bool('show-kind') || multipleTypes(call.args)
  const sortBy = flags.text('sort-by')
  const printer = new TablePrinter()
  const errors: Error[] = []
  let last: Target | undefined
  let written = ''
  for (const target of list) {
    let table: Obj
    try {
      const params = target.name === undefined ? listParams(call) : {}
      table = call.rest.get(targetPath(target, { ...params, includeObject: sortBy === '' ? undefined : 'Object' }), ACCEPT_TABLE)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      if (target.name === undefined)
        errors.push(
          whenListing(error, target.mapping, { selector: flags.text('selector'), fieldSelector: flags.text('field-selector') }),
        )
      else if (!(isNotFound(error) && flags.bool('ignore-not-found'))) errors.push(error)
      continue
    }
    if (sortBy !== '') table = { ...table, rows: sortRows(table.rows ?? [], sortBy) }
    if ((table.rows ?? []).length === 0) continue
    if (last !== undefined && last.mapping !== target.mapping) {
      written += `${printer.flush()}\n`
      printer.restart()
    }
    last = target
    const options = tableOptions(call, [target])
    printer.print(table, withKind ? { ...options, withKind: kindName(target.mapping) } : options)
  }
  written += printer.flush()
  call.out(written)
  if (written === '' && errors.length === 0 && !flags.bool('ignore-not-found')) call.err(nothingFound(call, list))
  throwAll(errors)
  return undefined
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
  )
  print({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } })
  throwAll(errors)
  return undefined
}
