import { parse } from 'yaml'
import { fetchObjects, targets } from './builder.ts'
import { dryRunOf, writeQuery } from './dry-run.ts'
import { fail, throwAll } from './errors.ts'
import { DRY_RUN, FILENAME_FLAGS, fieldManager, PRINT_FLAGS } from './flags/groups.ts'
import { flag, known } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { manifestTargets } from './manifests.ts'
import { pathOf } from './mapper.ts'
import { compactJson } from './print/json.ts'
import { ResultPrinter } from './print/printer.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

export const patch: Verb = {
  name: 'patch',
  short: 'Update fields of a resource',
  use: '(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE] [options]',
  completes: 'resource',
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    DRY_RUN,
    fieldManager('kubectl-patch'),
    known('local', 'bool'),
    flag('patch', 'string', { short: 'p' }),
    flag('patch-file', 'string'),
    flag('subresource', 'string'),
    flag('type', 'string', { fallback: 'strategic' }),
  ],
  run,
}

const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
}

async function run(call: Invocation): Promise<undefined> {
  const { flags } = call
  if (flags.changed('patch') && flags.changed('patch-file')) throw fail('cannot specify --patch and --patch-file together')
  if (!flags.changed('patch') && !flags.changed('patch-file'))
    throw fail('must specify --patch or --patch-file containing the contents of the patch')
  const type = TYPES[flags.text('type').toLowerCase()]
  if (type === undefined) throw fail(`--type must be one of [json merge strategic], not ${JSON.stringify(flags.text('type'))}`)
  const text = flags.changed('patch-file') ? call.readFile(flags.text('patch-file')) : flags.text('patch')
  const dryRun = dryRunOf(call)
  const body = bodyOf(text)
  const files = flags.list('filename')
  const list = files.length > 0 ? await manifestTargets(call, files) : targets(call, call.args)
  const { objects, errors } = fetchObjects(call, list)
  throwAll(errors)
  if (objects.length === 0) throw fail('no objects passed to patch')
  const printer = new ResultPrinter(call, dryRun)
  for (const { mapping, object } of objects) {
    const subresource = flags.text('subresource') || undefined
    const path = pathOf(mapping, object.metadata.namespace, object.metadata.name, subresource)
    if (dryRun === 'client') throw call.notEmulated('--dry-run=client')
    const made = call.rest.patch(path + writeQuery(call, dryRun), type, body)
    const same = compactJson(unversioned(made)) === compactJson(unversioned(object))
    printer.print(mapping, made, same ? 'patched (no change)' : 'patched')
  }
  return undefined
}

/** YAML is turned into JSON before it is sent; text that is neither goes as the string it is. */
function bodyOf(text: string): Obj {
  try {
    return parse(text, { version: '1.1' })
  } catch {
    throw fail(`unable to parse ${JSON.stringify(text)}: yaml: did not find expected node content`)
  }
}

/** What a patch that changes nothing leaves as it was. */
function unversioned(object: Obj): Obj {
  const { resourceVersion: _, managedFields: __, ...metadata } = object.metadata ?? {}
  return { ...object, metadata }
}
