import { typeOfKind } from '../../api/schema/schema.ts'
import { applyPatch } from './apply-patch.ts'
import { applyServerSide } from './apply-server.ts'
import { dryRunOf, writeQuery } from './dry-run.ts'
import { editLastApplied } from './edit-last-applied.ts'
import { fail, isNotFound, StatusError, silentExit, throwAll } from './errors.ts'
import { DRY_RUN, FILENAME_FLAGS, fieldManager, PRINT_FLAGS, SELECTOR, VALIDATE } from './flags/groups.ts'
import { accepted, flag, known } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { lastAppliedOf, withLastApplied } from './last-applied.ts'
import { setLastApplied, viewLastApplied } from './last-applied-verbs.ts'
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
    flag('force', 'bool'),
    flag('force-conflicts', 'bool'),
    known('grace-period', 'int'),
    accepted('openapi-patch', 'bool', 'the merge keys are the same either way', { fallback: 'true' }),
    accepted('overwrite', 'bool', 'conflicts are always resolved by what is applied', { fallback: 'true' }),
    flag('prune', 'bool'),
    known('prune-allowlist', 'stringArray'),
    flag('server-side', 'bool'),
    flag('subresource', 'string'),
    known('timeout', 'duration'),
    known('wait', 'bool'),
  ],
  verbs: [editLastApplied, setLastApplied, viewLastApplied],
  run,
}

async function run(call: Invocation): Promise<undefined> {
  const { flags, args } = call
  if (args.length > 0) throw call.usage(`Unexpected args: [${args.join(' ')}]`)
  if (!flags.changed('filename') && !flags.changed('kustomize')) throw fail('must specify one of -f and -k')
  refuse(call)
  const dryRun = dryRunOf(call)
  const printer = new ResultPrinter(call, dryRun)
  const { manifests, errors } = await manifestsOf(call, 'no objects passed to apply')
  for (const m of manifests) {
    try {
      const serverSide = flags.bool('server-side')
      const { object, operation } = serverSide
        ? { object: applyServerSide(call, m), operation: 'serverside-applied' }
        : await applyOne(call, m)
      printer.print(m.mapping, object, operation)
    } catch (error) {
      errors.push(error as Error)
    }
  }
  if (flags.bool('prune') && errors.length === 0) throw call.notEmulated('--prune')
  throwAll(errors)
  return undefined
}

/** Flags that do not go together (ApplyOptions.Validate). */
function refuse(call: Invocation): void {
  const { flags } = call
  const serverSide = flags.bool('server-side')
  const dryRun = flags.text('dry-run')
  if (flags.bool('force-conflicts') && !serverSide) throw fail('--force-conflicts only works with --server-side')
  if (dryRun === 'client' && serverSide)
    throw fail("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
  if (flags.bool('force') && serverSide) throw fail('--force cannot be used with --server-side')
  if (dryRun === 'server' && flags.bool('force')) throw fail('--dry-run=server cannot be used with --force')
  if (flags.bool('all') && flags.text('selector') !== '') throw fail('cannot set --all and --selector at the same time')
  if (flags.bool('prune')) {
    if (flags.bool('force')) throw fail('--force cannot be used with --prune')
    if (!flags.bool('all') && flags.text('selector') === '')
      throw fail(
        'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
      )
    if (serverSide) throw fail("--prune is in alpha and doesn't currently work on objects created by server-side apply")
  }
  if (flags.text('subresource') !== '' && !serverSide) throw fail('--subresource can only be specified for --server-side')
}

async function applyOne(call: Invocation, m: Manifest): Promise<{ object: Obj; operation: string }> {
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
  const custom = typeOfKind(m.object.apiVersion, m.object.kind) === undefined
  const patch = applyPatch(original, modified, live, custom)
  if (Object.keys(patch).length === 0) return { object: live, operation: 'unchanged' }
  if (dryRun === 'client') return { object: live, operation: 'configured' }
  try {
    const object = call.rest.patch(
      path + writeQuery(call, dryRun, true),
      custom ? 'application/merge-patch+json' : 'application/strategic-merge-patch+json',
      patch,
    )
    return { object, operation: 'configured' }
  } catch (refused) {
    if (call.flags.bool('force') && refused instanceof StatusError && ['Conflict', 'Invalid'].includes(refused.reason))
      return { object: await replaceByForce(call, m, modified, live), operation: 'configured' }
    throw whenApplying(refused, m, patch)
  }
}

/** --force: the object goes and comes again as it is wanted, or as it was (patcher.go deleteAndCreate). */
async function replaceByForce(call: Invocation, m: Manifest, wanted: Obj, live: Obj): Promise<Obj> {
  const path = manifestPath(m)
  const all = pathOf(m.mapping, m.namespace) + writeQuery(call, 'none', true)
  call.rest.delete(path, { propagationPolicy: 'Background' })
  while (isThere(call, path)) {
    if (call.context.signal.aborted) throw silentExit(130)
    await call.context.sleep(1000)
  }
  try {
    return call.rest.post(all, wanted)
  } catch (refused) {
    const { resourceVersion: _, ...metadata } = live.metadata
    call.rest.post(all, { ...live, metadata })
    throw refused
  }
}

function isThere(call: Invocation, path: string): boolean {
  try {
    call.rest.get(path)
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

function whenApplying(error: unknown, m: Manifest, patch: Obj): Error {
  return whenCreating(
    error,
    m.source,
    `applying patch:\n${compactJson(patch)}\nto:\nResource: "${m.mapping.group === '' ? `${m.mapping.version}, Resource=${m.mapping.resource}` : `${m.mapping.group}/${m.mapping.version}, Resource=${m.mapping.resource}`}", GroupVersionKind: "${m.mapping.group === '' ? '' : `${m.mapping.group}`}/${m.mapping.version}, Kind=${m.mapping.kind}"\nName: "${m.object.metadata.name}", Namespace: "${m.namespace ?? ''}"\nfor: "${m.source}"`,
  )
}
