import { dryRunOf, writeQuery } from '../dry-run.ts'
import { fail, notEmulatedBy, StatusError } from '../errors.ts'
import { DRY_RUN, fieldManager, PRINT_FLAGS, SAVE_CONFIG, VALIDATE } from '../flags/groups.ts'
import type { FlagSpec } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import { LAST_APPLIED } from '../last-applied.ts'
import { pathOf } from '../mapper.ts'
import { ResultPrinter } from '../print/printer.ts'
import type { Obj } from '../values.ts'

/** Flags of every `kubectl create KIND`. */
export const CREATE_FLAGS: readonly FlagSpec[] = [...PRINT_FLAGS, DRY_RUN, fieldManager('kubectl-create'), SAVE_CONFIG, VALIDATE]

/** metadata as a Go client prints it; up to v1.33 a creation time that was never set shows as null. */
export function meta(call: Invocation, name: string, namespace: string | undefined, labels?: Obj): Obj {
  return {
    ...(name === '' ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    ...nullTime(call),
    ...(labels === undefined ? {} : { labels }),
  }
}

export function nullTime(call: Invocation): Obj {
  return call.minor < 34 ? { creationTimestamp: null } : {}
}

/** The one argument NAME. */
export function oneName(call: Invocation): string {
  if (call.args.length !== 1) throw call.usage(`exactly one NAME is required, got ${call.args.length}`)
  return call.args[0]!
}

/** Posts what was generated and says so. `wrap`: the verb's own words before a refusal ("failed to create deployment"). */
export function createTyped(call: Invocation, resource: string, object: Obj, wrap?: string, between = ': '): undefined {
  const dryRun = dryRunOf(call)
  const printer = new ResultPrinter(call, dryRun)
  const mapping = call.mapper.resolve(resource)
  const namespaced = mapping.namespaced && object.metadata.namespace === undefined
  const body =
    namespaced && (dryRun !== 'client' || call.connection.explicitNamespace) ? withNamespace(object, call.namespace) : object
  const saved = call.flags.bool('save-config') ? withTypedLastApplied(body) : body
  if (dryRun === 'client') {
    printer.print(mapping, saved, 'created', false)
    return undefined
  }
  try {
    printer.print(
      mapping,
      call.rest.post(pathOf(mapping, mapping.namespaced ? call.namespace : undefined) + writeQuery(call, dryRun, true), saved),
      'created',
      false,
    )
  } catch (error) {
    if (wrap !== undefined && error instanceof StatusError && notEmulatedBy(error) === undefined)
      throw fail(`${wrap}${between}${error.message}`)
    throw error
  }
  return undefined
}

/** The last-applied annotation of a generated object is its Go struct's JSON: members in their order, no empty annotations. */
export function withTypedLastApplied(object: Obj): Obj {
  const annotations = { ...object.metadata.annotations, [LAST_APPLIED]: `${JSON.stringify(object)}\n` }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

function withNamespace(object: Obj, namespace: string): Obj {
  const { name, ...rest } = object.metadata
  return { ...object, metadata: { ...(name === undefined ? {} : { name }), namespace, ...rest } }
}
