import { deepEqual } from '../api/deep-equal.ts'
import type { Kind } from '../api/kinds/registry.ts'
import type { KubeObject } from '../api/object.ts'
import { conflict, invalid, invalidObject, methodNotSupported, OPTIMISTIC_LOCK } from '../api/status.ts'
import { updateObject } from '../api/write.ts'
import { decodeObject, mediaType, readText } from './body.ts'
import type { ApiResponse } from './client.ts'
import { type Call, managerOf, writeOptions } from './handler.ts'
import { checkPatchOptions } from './options.ts'
import { APPLY, checkPatchType, decodePatched, patched } from './patch-handler.ts'
import { getObject } from './read.ts'
import { flag } from './request-info.ts'
import { reply } from './respond.ts'
import { scaleOwners } from './scale-owners.ts'
import { scaled, withReplicas } from './scale-paths.ts'

const SCALE = { apiVersion: 'autoscaling/v1', kind: 'Scale', version: 'v1' }

/** The autoscaling/v1 Scale of a workload. */
function scaleOf(kind: Kind, object: KubeObject): KubeObject {
  const { replicas, current, selector } = scaled(kind, object)
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas ? { replicas } : {},
    status: { replicas: current ?? 0, ...(selector === undefined ? {} : { selector }) },
  }
}

/** /scale of workloads and of custom resources that have it: reading and writing only the number of replicas. */
export function scale(call: Call): ApiResponse {
  const { kind, info, context } = call
  const object = getObject(context.store, kind, info)
  const old = scaleOf(kind, object)
  if (info.verb === 'get') return reply(200, old, call.warnings)
  let wanted: KubeObject
  if (info.verb === 'update') wanted = decodeObject(SCALE, call.request, info, call.warnings)
  else if (info.verb === 'patch') wanted = patchedScale(call, old)
  else throw methodNotSupported()
  const version = wanted.metadata.resourceVersion
  if (version && version !== object.metadata.resourceVersion) throw conflict(kind, object.metadata.name, OPTIMISTIC_LOCK)
  const replicas: number = wanted.spec?.replicas ?? 0
  if (replicas < 0) {
    const error = invalid('spec.replicas', replicas, 'must be greater than or equal to 0')
    throw invalidObject({ group: 'autoscaling', kind: 'Scale' }, object.metadata.name, [error], context.minor)
  }
  const changed = !deepEqual(replicas, scaled(kind, object).replicas)
  const apply = info.verb === 'patch' && mediaType(call.request) === APPLY
  if (!changed && !apply) return reply(200, old, call.warnings)
  const { subresource: _subresource, ...options } = writeOptions(call)
  const force = flag(info, 'force')
  const owned = scaleOwners(context, object, changed, { manager: managerOf(call), apply, force })
  const next = withReplicas(kind, owned, replicas)
  return reply(200, scaleOf(kind, updateObject(context, kind.key, next, { ...options, tracked: true })), call.warnings)
}

/** A patch of a scale; what is applied must name it. */
function patchedScale(call: Call, old: KubeObject): KubeObject {
  checkPatchType(call)
  const apply = mediaType(call.request) === APPLY
  checkPatchOptions(call.info, apply, call.context.minor)
  if (!apply) return decodePatched(call, SCALE, patched(call, old, 'autoscaling.v1.Scale'))
  const given = readText(call.request.body ?? '', true) as Record<string, unknown> | null
  return decodePatched(call, SCALE, { value: { ...old, ...given }, problems: [], shown: () => '' })
}
