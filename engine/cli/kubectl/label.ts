import { type Fetched, fetchObjects, targets } from './builder.ts'
import { dryRunOf, writeQuery } from './dry-run.ts'
import { fail, throwAll } from './errors.ts'
import { ALL_NAMESPACES, DRY_RUN, FIELD_SELECTOR, FILENAME_FLAGS, fieldManager, PRINT_FLAGS, SELECTOR } from './flags/groups.ts'
import { flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { loadManifests, manifestTargets } from './manifests.ts'
import { pathOf } from './mapper.ts'
import { compactJson } from './print/json.ts'
import { ResultPrinter } from './print/printer.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

const FLAGS = [
  ...PRINT_FLAGS,
  ...FILENAME_FLAGS,
  ALL_NAMESPACES,
  DRY_RUN,
  FIELD_SELECTOR,
  SELECTOR,
  flag('all', 'bool'),
  flag('list', 'bool'),
  flag('local', 'bool'),
  flag('overwrite', 'bool'),
  flag('resource-version', 'string'),
]

export const label: Verb = {
  name: 'label',
  short: 'Update the labels on a resource',
  use: '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version] [options]',
  completes: 'resource',
  flags: [...FLAGS, fieldManager('kubectl-label')],
  run: (call) => run(call, 'label'),
}

export const annotate: Verb = {
  name: 'annotate',
  short: 'Update the annotations on a resource',
  use: '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version] [options]',
  completes: 'resource',
  flags: [...FLAGS, fieldManager('kubectl-annotate')],
  run: (call) => run(call, 'annotation'),
}

type Word = 'label' | 'annotation'

async function run(call: Invocation, word: Word): Promise<undefined> {
  const { flags } = call
  const { resources, pairs } = splitArgs(call.args, word)
  const { changes, removals } = parsePairs(pairs, word)
  if (resources.length === 0 && flags.list('filename').length === 0)
    throw fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  if (changes.size === 0 && removals.length === 0 && !flags.bool('list')) throw fail(`at least one ${word} update is required`)
  const dryRun = dryRunOf(call)
  const files = flags.list('filename')
  const selector = flags.text('selector')
  const fieldSelector = flags.text('field-selector')
  const options = { allNamespaces: flags.bool('all-namespaces'), selector, fieldSelector, all: flags.bool('all') }
  const local = flags.bool('local')
  if (local && dryRun === 'server') throw fail('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
  if (local && files.length === 0) throw fail('one or more files must be specified as -f when using --local')
  const { objects, errors } = local
    ? await asWritten(call, files)
    : fetchObjects(call, files.length > 0 ? await manifestTargets(call, files) : targets(call, resources, options), options)
  const resourceVersion = flags.text('resource-version')
  if (resourceVersion !== '' && (objects.length > 1 || flags.bool('all') || selector !== ''))
    throw fail('--resource-version may only be used with a single resource')
  const printer = new ResultPrinter(call, dryRun)
  const field = word === 'label' ? 'labels' : 'annotations'
  for (const { mapping, object } of objects) {
    try {
      const before: Record<string, string> = object.metadata[field] ?? {}
      const clash = flags.bool('overwrite')
        ? undefined
        : [...changes].find(([key, value]) => before[key] !== undefined && before[key] !== value)
      if (clash !== undefined) throw clashError(word, clash[0], before[clash[0]]!)
      for (const key of removals) if (before[key] === undefined && word === 'label') call.out(`label "${key}" not found.\n`)
      const after: Record<string, string> = { ...before, ...Object.fromEntries(changes) }
      for (const key of removals) delete after[key]
      const path = pathOf(mapping, object.metadata.namespace, object.metadata.name) + writeQuery(call, dryRun)
      const changed = compactJson(before) !== compactJson(after)
      const patch = {
        metadata: {
          ...(resourceVersion === '' ? {} : { resourceVersion }),
          [field]: Object.fromEntries([
            ...[...changes].filter(([k, v]) => before[k] !== v),
            ...removals.filter((k) => before[k] !== undefined).map((k) => [k, null]),
          ]),
        },
      }
      const made =
        (changed || resourceVersion !== '') && dryRun !== 'client' && !local
          ? call.rest.patch(path, 'application/merge-patch+json', patch)
          : { ...object, metadata: { ...object.metadata, [field]: after } }
      if (flags.bool('list')) call.out(listing(made.metadata[field] ?? {}))
      else printer.print(mapping, made, outcome(word, changed, changes.size, removals.length))
    } catch (error) {
      errors.push(error as Error)
    }
  }
  throwAll(errors)
  return undefined
}

/** Objects as their files hold them, for --local. */
async function asWritten(call: Invocation, files: readonly string[]): Promise<{ objects: Fetched[]; errors: Error[] }> {
  const { manifests, errors } = await loadManifests(call, files)
  const objects = manifests.map(({ mapping, object, namespace }) => {
    const { namespace: held, ...metadata } = object.metadata ?? {}
    return { mapping, object: held === namespace && held === 'default' ? { ...object, metadata } : object }
  })
  return { objects, errors }
}

function outcome(word: Word, changed: boolean, changes: number, removals: number): string {
  if (word === 'annotation') return 'annotated'
  if (!changed) return 'not labeled'
  return changes === 0 && removals > 0 ? 'unlabeled' : 'labeled'
}

function clashError(word: Word, key: string, value: string): Error {
  return word === 'label'
    ? fail(`'${key}' already has a value (${value}), and --overwrite is false`)
    : fail(`--overwrite is false but found the following declared annotation(s): '${key}' already has a value (${value})`)
}

function listing(map: Obj): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${map[key]}\n`)
    .join('')
}

/** Resources come first, then KEY=VALUE and KEY- (cmdutil.GetResourcesAndPairs). */
function splitArgs(args: readonly string[], word: Word): { resources: string[]; pairs: string[] } {
  const isPair = (arg: string) => arg.includes('=') || arg.endsWith('-')
  const at = args.findIndex((arg, i) => i > 0 && isPair(arg) && !/^[^=]*\/[^=]*$/.test(arg))
  const first = args.findIndex((arg) => isPair(arg))
  const from = at >= 0 ? at : first
  if (from < 0) return { resources: [...args], pairs: [] }
  const pairs = args.slice(from)
  const stray = pairs.find((p) => !isPair(p))
  if (stray !== undefined) throw fail(`all resources must be specified before ${word} changes: ${stray}`)
  return { resources: args.slice(0, from), pairs }
}

const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

function parsePairs(pairs: readonly string[], word: Word): { changes: Map<string, string>; removals: string[] } {
  const changes = new Map<string, string>()
  const removals: string[] = []
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at < 0) {
      removals.push(pair.slice(0, -1))
      continue
    }
    const [key, value] = [pair.slice(0, at), pair.slice(at + 1)]
    if (key === '') throw fail(`invalid ${word} spec: ${pair}`)
    if (word === 'label' && value !== '' && !NAME.test(value)) throw fail(`invalid label value: "${pair}": ${VALUE_RULE}`)
    changes.set(key, value)
  }
  for (const key of removals)
    if (changes.has(key))
      throw fail(`can not both modify and remove ${word === 'label' ? 'a label' : 'an annotation'} in the same command`)
  return { changes, removals }
}
