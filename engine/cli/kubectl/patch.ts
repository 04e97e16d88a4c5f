import { parse } from 'yaml'
import { applyJsonPatch } from '../../api/patch/json.ts'
import { mergePatch } from '../../api/patch/merge.ts'
import { strategicMerge } from '../../api/patch/strategic.ts'
import { typeOfKind } from '../../api/schema/schema.ts'
import { GO_YAML } from '../../base/go-yaml.ts'
import { type Fetched, fetchObjects, targets } from './builder.ts'
import { dryRunOf, writeQuery } from './dry-run.ts'
import { fail, KubectlError, throwAll } from './errors.ts'
import { DRY_RUN, FILENAME_FLAGS, fieldManager, PRINT_FLAGS } from './flags/groups.ts'
import { flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { loadManifests, manifestTargets } from './manifests.ts'
import { pathOf } from './mapper.ts'
import { compactJson } from './print/json.ts'
import { ResultPrinter } from './print/printer.ts'
import { groupOf, type Obj } from './values.ts'
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
    flag('local', 'bool'),
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
  if (flags.text('patch') === '' && flags.text('patch-file') === '')
    throw fail('must specify --patch or --patch-file containing the contents of the patch')
  const type = TYPES[flags.text('type').toLowerCase()]
  if (type === undefined) throw fail(`--type must be one of [json merge strategic], not ${JSON.stringify(flags.text('type'))}`)
  const text = flags.text('patch-file') !== '' ? patchFile(call) : flags.text('patch')
  const dryRun = dryRunOf(call)
  const body = bodyOf(text)
  const files = flags.list('filename')
  const local = flags.bool('local')
  const { objects, errors } = local
    ? await fromFiles(call, files)
    : fetchObjects(call, files.length > 0 ? await manifestTargets(call, files) : targets(call, call.args))
  throwAll(errors)
  if (objects.length === 0) throw fail('no objects passed to patch')
  const printer = new ResultPrinter(call)
  for (const { mapping, object } of objects) {
    const subresource = flags.text('subresource') || undefined
    const path = pathOf(mapping, object.metadata.namespace, object.metadata.name, subresource)
    const made =
      dryRun === 'client' || local ? patched(call, object, body) : sent(call, path + writeQuery(call, dryRun), type, body)
    const same = compactJson(unversioned(made)) === compactJson(unversioned(object))
    // A subresource answers with a kind of its own.
    const shown = made.kind === object.kind ? mapping : { ...mapping, kind: made.kind, group: groupOf(made.apiVersion ?? '') }
    printer.print(shown, made, same ? 'patched (no change)' : 'patched')
  }
  return undefined
}

async function fromFiles(call: Invocation, files: readonly string[]): Promise<{ objects: Fetched[]; errors: Error[] }> {
  const { manifests, errors } = await loadManifests(call, files)
  const objects = manifests.map(({ mapping, object, namespace }) => {
    const { namespace: held, ...metadata } = object.metadata ?? {}
    return { mapping, object: held === namespace && held === 'default' ? { ...object, metadata } : object }
  })
  return { objects, errors }
}

/** Text that looks like JSON and is none goes as it is: the server says what is wrong. */
function sent(call: Invocation, path: string, type: string, body: Obj): Obj {
  if (typeof body !== 'string' || !/^\s*[{[]/.test(body)) return call.rest.patch(path, type, body)
  return call.rest.send({ method: 'PATCH', path, body, headers: { 'Content-Type': type, Accept: 'application/json' } })
}

function patchFile(call: Invocation): string {
  try {
    return call.readFile(call.flags.text('patch-file'))
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error
    throw fail(`unable to read patch file: ${error.message.replace(/^error: /, '')}`)
  }
}

/** The patch applied here rather than by the server (patch.go getPatchedJSON). */
function patched(call: Invocation, object: Obj, body: Obj): Obj {
  const type = call.flags.text('type').toLowerCase()
  if (typeof body === 'string') throw call.notEmulated('a malformed patch with --local')
  if (type === 'json') return applyJsonPatch(JSON.parse(JSON.stringify(object)), body)
  return type === 'merge'
    ? mergePatch(object, body)
    : strategicMerge(object, body, typeOfKind(object.apiVersion, object.kind)?.name)
}

/** YAML is turned into JSON before it is sent; what looks like JSON goes as it is. */
function bodyOf(text: string): Obj {
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.parse(text)
    } catch {
      return text
    }
  }
  try {
    return parse(text, GO_YAML)
  } catch {
    throw fail(`unable to parse ${JSON.stringify(text)}: yaml: did not find expected node content`)
  }
}

/** What a patch that changes nothing leaves as it was. */
function unversioned(object: Obj): Obj {
  const { resourceVersion: _, managedFields: __, ...metadata } = object.metadata ?? {}
  return { ...object, metadata }
}
