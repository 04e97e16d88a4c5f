import { deleteObject } from '../api/delete.ts'
import { decodeAs } from '../api/schema/decode.ts'
import { badRequest, type FieldError, invalid, isStatus, notSupported } from '../api/status.ts'
import type { DeleteOptions } from '../api/write-context.ts'
import { shapeOf } from './accept.ts'
import { objectBody } from './body.ts'
import type { ApiResponse } from './client.ts'
import { type Call, rowContext } from './handler.ts'
import { header } from './headers.ts'
import { filterOf, listObjects } from './list.ts'
import { dryRunErrors, refuseOptions } from './options.ts'
import { listed, shaped } from './read.ts'
import type { Query } from './request-info.ts'
import { reply, success } from './respond.ts'

interface Body {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: string
  readonly orphanDependents?: boolean
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly dryRun?: readonly string[]
}

const POLICIES = ['Foreground', 'Background', 'Orphan']

/** url.Values to an integer or a boolean, as the parameter codec converts them. */
function integer(query: Query, name: string): number | undefined {
  const text = query.get(name)?.[0]
  if (text === undefined || text === '') return undefined
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

function boolean(query: Query, name: string): boolean | undefined {
  const text = query.get(name)?.[0]
  return text === undefined ? undefined : !(text === '0' || text.toLowerCase() === 'false')
}

function fromBody(call: Call): Body {
  const given = objectBody(call.request, '')
  const version = (given.apiVersion as string | undefined) || 'meta.k8s.io/v1'
  const kind = (given.kind as string | undefined) || 'DeleteOptions'
  if (kind !== 'DeleteOptions')
    throw badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version "${version}" in scheme "pkg/runtime/scheme.go:111"`,
    )
  return decodeAs('meta.v1.DeleteOptions', given).value as Body
}

function fromQuery({ info }: Call): Body {
  const { query } = info
  const text = (name: string) => query.get(name)?.[0]
  return {
    gracePeriodSeconds: integer(query, 'gracePeriodSeconds'),
    propagationPolicy: text('propagationPolicy'),
    orphanDependents: boolean(query, 'orphanDependents'),
    dryRun: query.get('dryRun'),
    // preconditions are a struct: the query cannot name them
  }
}

function errorsOf(body: Body): FieldError[] {
  const { propagationPolicy: policy, orphanDependents } = body
  const out: FieldError[] = []
  if (orphanDependents !== undefined && policy !== undefined)
    out.push(invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'))
  if (policy !== undefined && !POLICIES.includes(policy)) {
    const error = notSupported('propagationPolicy', policy, [])
    out.push({ ...error, detail: `supported values: ${[...POLICIES, 'nil'].map((p) => `"${p}"`).join(', ')}` })
  }
  return [...out, ...dryRunErrors(body.dryRun)]
}

/** metav1.DeleteOptions from the body, else from the query. */
function optionsOf(call: Call): DeleteOptions {
  const { body } = call.request
  const given = body === undefined || body === '' ? fromQuery(call) : fromBody(call)
  refuseOptions('DeleteOptions', errorsOf(given), call.context.minor)
  const orphan = given.orphanDependents
  const policy = (given.propagationPolicy as DeleteOptions['propagationPolicy']) ?? (orphan === true ? 'Orphan' : undefined)
  return {
    gracePeriodSeconds: given.gracePeriodSeconds,
    // orphanDependents: false asks for the background, whatever finalizers say (shouldOrphanDependents)
    propagationPolicy: policy ?? (orphan === false ? 'Background' : undefined),
    uid: given.preconditions?.uid,
    resourceVersion: given.preconditions?.resourceVersion,
    dryRun: (given.dryRun ?? []).includes('All'),
  }
}

/** Kinds that leave their dependents where nothing else is asked say so. */
function warnOfOrphans({ kind, warnings }: Call, options: DeleteOptions): void {
  const warning = kind.descriptor?.strategy?.orphans?.warning
  if (options.propagationPolicy === undefined && warning !== undefined) warnings.push(warning)
}

export function remove(call: Call): ApiResponse {
  const { kind, info, context } = call
  const shape = shapeOf(header(call.request, 'accept'))
  const namespace = kind.namespaced ? info.namespace : undefined
  const options = optionsOf(call)
  warnOfOrphans(call, options)
  const { object, gone } = deleteObject(context, kind.key, namespace, info.name as string, options)
  if (!gone || kind.descriptor?.strategy?.returnsDeleted === true)
    return reply(200, shaped(kind, object, info, shape, rowContext(context)), call.warnings, shape.type)
  const details = {
    name: object.metadata.name,
    ...(kind.group ? { group: kind.group } : {}),
    kind: kind.resource,
    uid: object.metadata.uid,
  }
  return reply(200, success(details), call.warnings)
}

/** Deletes all that the selectors name, and answers with their list. */
export function removeCollection(call: Call): ApiResponse {
  const { kind, info, context } = call
  const shape = shapeOf(header(call.request, 'accept'))
  const options = optionsOf(call)
  warnOfOrphans(call, options)
  const found = listObjects(context.store, kind, info, filterOf(info, kind), context.minor)
  for (const { metadata } of found.items) {
    try {
      deleteObject(context, kind.key, metadata.namespace, metadata.name, options)
    } catch (error) {
      if (!isStatus(error, 'NotFound')) throw error
    }
  }
  return reply(200, listed(kind, found, info, shape, rowContext(context)), call.warnings, shape.type)
}
