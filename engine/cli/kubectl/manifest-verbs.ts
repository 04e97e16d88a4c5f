import { dryRunOf, writeQuery } from './dry-run.ts'
import { fail, isNotFound, StatusError, silentExit, throwAll } from './errors.ts'
import { DRY_RUN, FILENAME_FLAGS, fieldManager, PRINT_FLAGS, SAVE_CONFIG, SELECTOR, VALIDATE } from './flags/groups.ts'
import { flag, known } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { lastAppliedOf, withLastApplied } from './last-applied.ts'
import { loadManifests, type Manifest, manifestPath } from './manifests.ts'
import { kindName, pathOf } from './mapper.ts'
import { ResultPrinter } from './print/printer.ts'
import { checkRaw, sendRaw } from './raw-body.ts'
import { labelMatches } from './selector.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

/** Every manifest of -f that the selector admits. */
export async function manifestsOf(call: Invocation, none: string): Promise<{ manifests: Manifest[]; errors: Error[] }> {
  const files = call.flags.list('filename')
  const { manifests, errors } = await loadManifests(call, files)
  const selector = call.flags.text('selector')
  const kept = selector === '' ? manifests : manifests.filter((m) => labelMatches(selector, m.object.metadata?.labels ?? {}))
  if (kept.length === 0 && errors.length === 0) throw fail(none)
  return { manifests: kept, errors }
}

/** `kubectl create -f`. */
export async function createFromFiles(call: Invocation): Promise<undefined> {
  const dryRun = dryRunOf(call)
  const printer = new ResultPrinter(call, dryRun)
  const { manifests, errors } = await manifestsOf(call, 'no objects passed to create')
  for (const m of manifests) {
    try {
      const object = call.flags.bool('save-config') ? withLastApplied(m.object) : m.object
      const made =
        dryRun === 'client' ? object : call.rest.post(pathOf(m.mapping, m.namespace) + writeQuery(call, dryRun, true), object)
      printer.print(m.mapping, made, 'created')
    } catch (error) {
      errors.push(whenCreating(error, m.source))
    }
  }
  throwAll(errors)
  return undefined
}

/** Adds `error when creating "FILE"` to a server's error (cmdutil.AddSourceToErr). */
export function whenCreating(error: unknown, source: string, verb = 'creating'): Error {
  if (!(error instanceof StatusError)) return error as Error
  if (error.reason === 'Invalid') return error
  return new StatusError({ ...error.status, message: `error when ${verb} "${source}": ${error.message}` })
}

export const replace: Verb = {
  name: 'replace',
  short: 'Replace a resource by file name or stdin',
  use: '-f FILENAME [options]',
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    DRY_RUN,
    fieldManager('kubectl-replace'),
    VALIDATE,
    SAVE_CONFIG,
    SELECTOR,
    known('cascade', 'string', { bare: 'background' }),
    flag('force', 'bool'),
    flag('grace-period', 'int'),
    flag('raw', 'string'),
    known('subresource', 'string'),
    flag('timeout', 'duration'),
    known('wait', 'bool'),
  ],
  run: replaceRun,
}

async function replaceRun(call: Invocation): Promise<undefined> {
  if (!call.flags.changed('filename') && !call.flags.changed('kustomize')) throw fail('must specify one of -f and -k')
  const force = call.flags.bool('force')
  for (const name of ['grace-period', 'timeout'])
    if (call.flags.changed(name) && !force) throw fail(`--${name} must have --force specified`)
  const dryRun = dryRunOf(call)
  if (call.flags.text('raw') !== '') {
    checkRaw(call, true)
    return sendRaw(call, 'PUT')
  }
  if (force && dryRun !== 'none') throw fail('--dry-run can not be used when --force is set')
  const printer = new ResultPrinter(call, dryRun)
  const { manifests, errors } = await manifestsOf(call, 'no objects passed to replace')
  if (force && errors.length === 0) await removed(call, manifests)
  for (const m of manifests) {
    try {
      const object = call.flags.bool('save-config') || hasLastApplied(call, m) ? withLastApplied(m.object) : m.object
      const path = manifestPath(m)
      const made = force
        ? call.rest.post(pathOf(m.mapping, m.namespace) + writeQuery(call, dryRun, true), object)
        : dryRun === 'client'
          ? object
          : put(call, m, path, object, writeQuery(call, dryRun, true))
      printer.print(m.mapping, made, 'replaced')
    } catch (error) {
      errors.push(whenCreating(error, m.source, 'replacing'))
    }
  }
  throwAll(errors)
  return undefined
}

/** --force: what is there goes first, and is waited for (replace.go forceReplace). */
async function removed(call: Invocation, manifests: readonly Manifest[]): Promise<void> {
  for (const m of manifests) {
    const path = manifestPath(m)
    const grace = call.flags.changed('grace-period') ? { gracePeriodSeconds: call.flags.int('grace-period') } : {}
    let live: Obj
    try {
      live = call.rest.delete(path, { ...grace, propagationPolicy: 'Background' })
    } catch (error) {
      if (isNotFound(error)) continue
      throw error
    }
    const uid = live?.metadata?.uid ?? live?.details?.uid
    const where = call.minor >= 34 && m.mapping.namespaced ? ` from ${m.namespace} namespace` : ''
    call.out(
      `${kindName(m.mapping)} "${m.object.metadata?.name}" ${grace.gracePeriodSeconds === 0 ? 'force ' : ''}deleted${where}\n`,
    )
    while (stillThere(call, path, uid)) {
      if (call.context.signal.aborted) throw silentExit(130)
      await call.context.sleep(100)
    }
  }
}

function stillThere(call: Invocation, path: string, uid: string | undefined): boolean {
  try {
    const live = call.rest.get(path)
    return uid === undefined || live.metadata?.uid === uid
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

/** A body without a resourceVersion takes the live one (resource.Helper.Replace). */
function put(call: Invocation, _m: Manifest, path: string, object: Obj, params: string): Obj {
  if (object.metadata?.resourceVersion) return call.rest.put(path + params, object)
  let live: Obj
  try {
    live = call.rest.get(path)
  } catch (error) {
    if (!isNotFound(error)) throw error
    return call.rest.put(path + params, object)
  }
  const resourceVersion = live.metadata.resourceVersion
  return call.rest.put(path + params, { ...object, metadata: { ...object.metadata, resourceVersion } })
}

function hasLastApplied(call: Invocation, m: Manifest): boolean {
  try {
    return lastAppliedOf(call.rest.get(manifestPath(m))) !== undefined
  } catch {
    return false
  }
}
