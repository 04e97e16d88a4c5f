import { applyPatch } from './apply-patch.ts'
import { dryRunOf, writeQuery } from './dry-run.ts'
import { fail, isNotFound, throwAll } from './errors.ts'
import { DRY_RUN, FILENAME_FLAGS, fieldManager, PRINT_FLAGS, SELECTOR, VALIDATE } from './flags/groups.ts'
import { accepted, flag, known } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { lastAppliedOf, withLastApplied } from './last-applied.ts'
import { manifestsOf, whenCreating } from './manifest-verbs.ts'
import { type Manifest, manifestPath } from './manifests.ts'
import { pathOf } from './mapper.ts'
import { compactJson } from './print/json.ts'
import { ResultPrinter } from './print/printer.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

export const apply: Verb = {
  name: 'apply',
  short: 'Apply a configuration to a resource by file name or stdin',
  use: '(-f FILENAME | -k DIRECTORY) [options]',
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    DRY_RUN,
    fieldManager('kubectl-client-side-apply'),
    VALIDATE,
    SELECTOR,
    flag('all', 'bool'),
    known('cascade', 'string', { bare: 'background' }),
    known('force', 'bool'),
    known('force-conflicts', 'bool'),
    known('grace-period', 'int'),
    accepted('openapi-patch', 'bool', 'the merge keys are the same either way', { fallback: 'true' }),
    accepted('overwrite', 'bool', 'conflicts are always resolved by what is applied', { fallback: 'true' }),
    known('prune', 'bool'),
    known('prune-allowlist', 'stringArray'),
    known('server-side', 'bool'),
    known('subresource', 'string'),
    known('timeout', 'duration'),
    known('wait', 'bool'),
  ],
  verbs: ['edit-last-applied', 'set-last-applied', 'view-last-applied'].map((name) => ({
    name,
    short: 'Valid, but not emulated here.',
    flags: [],
    known: true,
  })),
  run,
}

async function run(call: Invocation): Promise<undefined> {
  const { flags, args } = call
  if (args.length > 0) throw call.usage(`Unexpected args: [${args.join(' ')}]`)
  if (!flags.changed('filename') && !flags.changed('kustomize')) throw fail('must specify one of -f and -k')
  const dryRun = dryRunOf(call)
  const printer = new ResultPrinter(call, dryRun)
  const { manifests, errors } = await manifestsOf(call, 'no objects passed to apply')
  for (const m of manifests) {
    try {
      const { object, operation } = applyOne(call, m)
      printer.print(m.mapping, object, operation)
    } catch (error) {
      errors.push(error as Error)
    }
  }
  throwAll(errors)
  return undefined
}

function applyOne(call: Invocation, m: Manifest): { object: Obj; operation: string } {
  const dryRun = dryRunOf(call)
  const path = manifestPath(m)
  const modified = withLastApplied(m.object)
  let live: Obj
  try {
    if (!m.object.metadata?.name) throw fail(`resource name may not be empty`)
    live = call.rest.get(path)
  } catch (error) {
    if (!isNotFound(error))
      throw whenCreating(
        error,
        m.source,
        `retrieving current configuration of:\nResource: "${m.mapping.resource}", GroupVersionKind: "${m.mapping.kind}"\nName: "${m.object.metadata?.name}", Namespace: "${m.namespace ?? ''}"\nfrom server for`,
      )
    if (dryRun === 'client') return { object: modified, operation: 'created' }
    try {
      return {
        object: call.rest.post(pathOf(m.mapping, m.namespace) + writeQuery(call, dryRun, true), modified),
        operation: 'created',
      }
    } catch (refused) {
      throw whenCreating(refused, m.source)
    }
  }
  if (lastAppliedOf(live) === undefined && dryRun !== 'client') {
    call.err(
      `Warning: resource ${m.mapping.resource}/${m.object.metadata.name} is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
    )
  }
  const original: Obj = lastAppliedOf(live) === undefined ? undefined : JSON.parse(lastAppliedOf(live)!)
  const patch = applyPatch(original, modified, live)
  if (Object.keys(patch).length === 0) return { object: live, operation: 'unchanged' }
  if (dryRun === 'client') return { object: live, operation: 'configured' }
  try {
    const object = call.rest.patch(path + writeQuery(call, dryRun, true), 'application/strategic-merge-patch+json', patch)
    return {
      object,
      operation:
        object.metadata.resourceVersion === live.metadata.resourceVersion && dryRun === 'none' ? 'unchanged' : 'configured',
    }
  } catch (refused) {
    throw whenApplying(refused, m, patch)
  }
}

function whenApplying(error: unknown, m: Manifest, patch: Obj): Error {
  return whenCreating(
    error,
    m.source,
    `applying patch:\n${compactJson(patch)}\nto:\nResource: "${m.mapping.group === '' ? `${m.mapping.version}, Resource=${m.mapping.resource}` : `${m.mapping.group}/${m.mapping.version}, Resource=${m.mapping.resource}`}", GroupVersionKind: "${m.mapping.group === '' ? '' : `${m.mapping.group}`}/${m.mapping.version}, Kind=${m.mapping.kind}"\nName: "${m.object.metadata.name}", Namespace: "${m.namespace ?? ''}"\nfor: "${m.source}"`,
  )
}
