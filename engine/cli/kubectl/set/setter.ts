import { applyPatch } from '../apply-patch.ts'
import { type Fetched, fetchObjects, targets } from '../builder.ts'
import { dryRunOf, writeQuery } from '../dry-run.ts'
import { fail, StatusError, throwAll } from '../errors.ts'
import { DRY_RUN, FILENAME_FLAGS, fieldManager, PRINT_FLAGS, SELECTOR } from '../flags/groups.ts'
import { type FlagSpec, flag } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import { loadManifests, manifestTargets } from '../manifests.ts'
import { pathOf } from '../mapper.ts'
import { ResultPrinter } from '../print/printer.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'

const FLAGS: readonly FlagSpec[] = [
  ...PRINT_FLAGS,
  ...FILENAME_FLAGS,
  DRY_RUN,
  SELECTOR,
  fieldManager('kubectl-set'),
  flag('all', 'bool'),
  flag('local', 'bool'),
]

/** One `kubectl set` command: it edits a copy of an object, and the difference is sent as a patch. */
export interface Setter {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly short: string
  readonly flags?: readonly FlagSpec[]
  readonly word: string
  /** Which arguments are the change rather than resources. */
  readonly isValue: (arg: string, at: number, args: readonly string[]) => boolean
  /** What is wrong before anything is fetched. */
  readonly check?: (call: Invocation, values: readonly string[], resources: readonly string[]) => void
  /** Runs once before the objects: what the change needs from elsewhere. */
  readonly prepare?: (call: Invocation, values: readonly string[]) => Obj
  /** Edits `object` in place. */
  readonly edit: (object: Obj, values: readonly string[], call: Invocation, prepared: Obj, found: Fetched) => void
  /** Prints even where nothing changed. */
  readonly always?: boolean
  /** Told in front of a server's refusal. */
  readonly refused?: string
  /** Ends the command instead of patching ("set env --list"). */
  readonly instead?: (call: Invocation, objects: readonly Fetched[]) => boolean
}

/** The verb of a setter. */
export function setter(s: Setter): Verb {
  return {
    name: s.name,
    ...(s.aliases === undefined ? {} : { aliases: s.aliases }),
    short: s.short,
    completes: 'resource',
    flags: [...FLAGS, ...(s.flags ?? [])],
    run: (call) => run(call, s),
  }
}

async function run(call: Invocation, s: Setter): Promise<undefined> {
  const { flags, args } = call
  const values = args.filter((a, i) => s.isValue(a, i, args))
  const resources = args.filter((a, i) => !s.isValue(a, i, args))
  s.check?.(call, values, resources)
  const dryRun = dryRunOf(call)
  const local = flags.bool('local')
  if (local && dryRun === 'server') throw fail('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
  if (flags.bool('all') && flags.text('selector') !== '') throw fail('cannot set --all and --selector at the same time')
  const { objects, errors } = await named(call, resources, local)
  if (s.instead?.(call, objects)) return throwAll(errors) as undefined
  const prepared = s.prepare?.(call, values)
  const printer = new ResultPrinter(call, dryRun)
  for (const found of objects) {
    const { mapping, object } = found
    try {
      const edited = structuredCopy(object)
      try {
        s.edit(edited, values, call, prepared, found)
      } catch (error) {
        throw error instanceof SetError ? fail(`${mapping.resource}/${object.metadata.name} ${error.message}`) : error
      }
      const patch = applyPatch(object, edited, object)
      if (Object.keys(patch).length === 0 && !s.always && !local) continue
      const path = pathOf(mapping, object.metadata.namespace, object.metadata.name) + writeQuery(call, dryRun)
      const sent = !local && dryRun !== 'client' && Object.keys(patch).length > 0
      printer.print(
        mapping,
        sent ? call.rest.patch(path, 'application/strategic-merge-patch+json', patch) : typed(call, edited, local),
        s.word,
      )
    } catch (error) {
      const refused = s.refused !== undefined && error instanceof StatusError && error.reason === 'Invalid'
      errors.push(refused ? fail(`${s.refused}${(error as Error).message}`) : (error as Error))
    }
  }
  throwAll(errors)
  return undefined
}

/** A change that an object does not take; the caller says which object. */
export class SetError extends Error {}

async function named(
  call: Invocation,
  resources: readonly string[],
  local: boolean,
): Promise<{ objects: Fetched[]; errors: Error[] }> {
  const { flags } = call
  const files = flags.list('filename')
  const options = { selector: flags.text('selector'), all: flags.bool('all') }
  if (local) {
    if (files.length === 0) throw fail('one or more files must be specified as -f when using --local')
    const { manifests, errors } = await loadManifests(call, files)
    return { objects: manifests.map((m) => ({ mapping: m.mapping, object: bare(m.object, m.namespace) })), errors: [...errors] }
  }
  const list = files.length > 0 ? await manifestTargets(call, files, resources) : targets(call, resources, options)
  return fetchObjects(call, list, options)
}

/** Without the namespace that reading a file added. */
function bare(object: Obj, namespace: string | undefined): Obj {
  if (namespace !== 'default' || object.metadata?.namespace !== namespace) return object
  const { namespace: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** A file's object as the kind's Go type writes it: structs that are always there. */
function typed(call: Invocation, object: Obj, local: boolean): Obj {
  if (!local || ['', 'name'].includes(call.flags.text('output'))) return object
  if (object.kind !== 'Deployment') throw call.notEmulated(`--local with -o of a ${object.kind}`)
  for (const c of object.spec.template.spec.containers) c.resources ??= {}
  object.spec.strategy ??= {}
  object.status ??= {}
  return object
}

function structuredCopy(object: Obj): Obj {
  return JSON.parse(JSON.stringify(object))
}

/** The pod spec of a pod or of what makes pods (polymorphichelpers.UpdatePodSpecForObject). */
export function podSpec(object: Obj): Obj {
  const spec =
    object.kind === 'Pod'
      ? object.spec
      : object.kind === 'CronJob'
        ? object.spec.jobTemplate.spec.template.spec
        : object.spec?.template?.spec
  if (spec === undefined) throw new SetError(`the object is not a pod or does not have a pod template: *${goType(object)}`)
  return spec
}

function goType({ apiVersion, kind }: Obj): string {
  return `${String(apiVersion).split('/').at(-1)}.${kind}`
}

/** "KEY=VALUE" apart. */
export function pairOf(text: string): [string, string] {
  return [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]
}
