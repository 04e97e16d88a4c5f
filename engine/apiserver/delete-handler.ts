import { deleteObject } from '../api/delete.ts'
import { shownAs } from '../api/kinds/kinds.ts'
import type { KubeObject } from '../api/object.ts'
import type { DeleteOptions } from '../api/write-context.ts'
import { bodyOf } from './body.ts'
import type { ApiResponse } from './client.ts'
import type { Call } from './handler.ts'
import { filterOf, listObjects } from './list.ts'
import { param } from './request-info.ts'
import { reply, success } from './respond.ts'

interface Body {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: DeleteOptions['propagationPolicy']
  readonly orphanDependents?: boolean
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly dryRun?: readonly string[]
}

/** metav1.DeleteOptions from the body, else from the query. */
function optionsOf(call: Call): DeleteOptions {
  const body = (bodyOf(call.request) ?? {}) as Body
  const grace = body.gracePeriodSeconds ?? param(call.info, 'gracePeriodSeconds')
  const policy = body.propagationPolicy ?? (param(call.info, 'propagationPolicy') as DeleteOptions['propagationPolicy'])
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: Number(grace) }),
    propagationPolicy: policy ?? (body.orphanDependents === true ? 'Orphan' : undefined),
    uid: body.preconditions?.uid,
    resourceVersion: body.preconditions?.resourceVersion,
    dryRun: (body.dryRun ?? []).includes('All') || param(call.info, 'dryRun') === 'All',
  }
}

export function remove(call: Call): ApiResponse {
  const { kind, info, context } = call
  const namespace = kind.namespaced ? info.namespace : undefined
  const { object, gone } = deleteObject(context, kind.key, namespace, info.name as string, optionsOf(call))
  if (!gone || kind.descriptor?.strategy?.returnsDeleted === true) return reply(200, shownAs(kind, object), call.warnings)
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
  const { items } = listObjects(context.store, kind, info, filterOf(info, kind))
  const options = optionsOf(call)
  const deleted: KubeObject[] = []
  for (const { metadata } of items)
    deleted.push(shownAs(kind, deleteObject(context, kind.key, metadata.namespace, metadata.name, options).object))
  const metadata = { resourceVersion: String(context.store.revision) }
  return reply(200, { kind: `${kind.kind}List`, apiVersion: kind.apiVersion, metadata, items: deleted }, call.warnings)
}
