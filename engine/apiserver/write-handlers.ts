import { finalizeNamespace } from '../api/finalize.ts'
import { methodNotSupported, notEmulatedStatus } from '../api/status.ts'
import { createObject, updateObject } from '../api/write.ts'
import { shapeOf } from './accept.ts'
import { requestObject } from './body.ts'
import type { ApiResponse } from './client.ts'
import { remove, removeCollection } from './delete-handler.ts'
import { bind, evict } from './eviction.ts'
import { type Call, rowContext, writeOptions } from './handler.ts'
import { header } from './headers.ts'
import { checkWriteOptions } from './options.ts'
import { patch } from './patch-handler.ts'
import { logs } from './pod-subresources.ts'
import { proxied } from './proxy.ts'
import { getObject, shaped } from './read.ts'
import { reply } from './respond.ts'
import { review } from './reviews.ts'
import { scale } from './scale.ts'
import { isUpgraded, notUpgraded } from './streams.ts'
import { requestToken } from './token-request.ts'

function answered(call: Call, object: Parameters<typeof shaped>[1], code: number): ApiResponse {
  const shape = shapeOf(header(call.request, 'accept'))
  return reply(code, shaped(call.kind, object, call.info, shape, rowContext(call.context)), call.warnings, shape.type)
}

function create(call: Call): ApiResponse {
  const { kind, info, warnings, request } = call
  checkWriteOptions(info, 'CreateOptions', call.context.minor)
  const object = requestObject(kind, request, info, warnings)
  const stored = createObject(call.context, kind.key, object, writeOptions(call))
  return answered(call, stored, 201)
}

function update(call: Call): ApiResponse {
  const { kind, info, warnings, context } = call
  checkWriteOptions(info, 'UpdateOptions', context.minor)
  const object = requestObject(kind, call.request, info, warnings)
  if (kind.key === 'namespaces' && info.subresource === 'finalize')
    return answered(call, finalizeNamespace(context, object, writeOptions(call)), 200)
  const existed = context.store.get(kind.key, object.metadata.namespace, object.metadata.name) !== undefined
  const stored = updateObject(context, kind.key, object, writeOptions(call))
  return answered(call, stored, existed ? 200 : 201)
}

/** Subresources with a handler of their own; the rest of discovery's are not emulated. */
function subresource(call: Call): ApiResponse | undefined {
  const { info, kind } = call
  if (info.subresource === undefined || info.subresource === 'status') return undefined
  if (info.subresource === 'scale') return scale(call)
  if (kind.key === 'pods' && info.subresource === 'log') return logs(call)
  if (isUpgraded(call)) notUpgraded(call)
  if (info.subresource === 'proxy') return proxied(call, call.dialer)
  if (kind.key === 'serviceaccounts' && info.subresource === 'token' && info.verb === 'create') return requestToken(call)
  if (kind.key === 'pods' && info.subresource === 'eviction' && info.verb === 'create') return evict(call)
  if (kind.key === 'pods' && info.subresource === 'binding' && info.verb === 'create') return bind(call)
  if (kind.key === 'namespaces' && info.subresource === 'finalize' && info.verb === 'update') return undefined
  if (kind.descriptor?.strategy?.subresources?.[info.subresource] !== undefined) return undefined
  throw notEmulatedStatus(`${kind.resource}/${info.subresource}`)
}

const NAMELESS = ['create', 'deletecollection', 'list']

/** Every request about objects that is not a plain get, list or watch. */
export function write(call: Call): ApiResponse {
  const { info, kind } = call
  // a name belongs to what changes an object, and not to a creation
  if (info.subresource === undefined && (info.name === undefined) !== NAMELESS.includes(info.verb)) throw methodNotSupported()
  const verbs =
    info.subresource === undefined ? kind.verbs : (kind.subresources.find((s) => s.name === info.subresource)?.verbs ?? [])
  if (!verbs.includes(info.verb)) throw methodNotSupported()
  const special = subresource(call) ?? review(call)
  if (special !== undefined) return special
  switch (info.verb) {
    case 'get':
      return answered(call, getObject(call.context.store, kind, info), 200)
    case 'create':
      return create(call)
    case 'update':
      return update(call)
    case 'patch':
      return patch(call)
    case 'delete':
      return remove(call)
    case 'deletecollection':
      return removeCollection(call)
    default:
      throw methodNotSupported()
  }
}
