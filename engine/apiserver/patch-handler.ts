import { shownAs } from '../api/kinds/kinds.ts'
import type { KubeObject } from '../api/object.ts'
import { applyJsonPatch } from '../api/patch/json.ts'
import { mergePatch } from '../api/patch/merge.ts'
import { strategicMerge } from '../api/patch/strategic.ts'
import { badRequest, conflict, notEmulatedStatus, OPTIMISTIC_LOCK, unsupportedMediaType } from '../api/status.ts'
import { updateObject } from '../api/write.ts'
import { shapeOf } from './accept.ts'
import { bodyOf, requestObject } from './body.ts'
import type { ApiResponse } from './client.ts'
import { type Call, rowContext, writeOptions } from './handler.ts'
import { header } from './headers.ts'
import { getObject, shaped } from './read.ts'
import { reply } from './respond.ts'

const TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
  'application/apply-patch+cbor',
]

function wrongType(value: unknown, into: string): never {
  const name = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  throw badRequest(`json: cannot unmarshal ${name} into Go value of type ${into}`)
}

/** The object after the request's patch, by its Content-Type. */
export function patched(call: Call, old: KubeObject, typeName: string | undefined): unknown {
  const type = (header(call.request, 'content-type') ?? '').split(';')[0]?.trim()
  const body = bodyOf(call.request)
  switch (type) {
    case 'application/json-patch+json':
      if (!Array.isArray(body)) wrongType(body, 'handlers.jsonPatchOp')
      return applyJsonPatch(old, body as readonly unknown[])
    case 'application/merge-patch+json':
      if (body === null || typeof body !== 'object' || Array.isArray(body)) wrongType(body, 'map[string]interface {}')
      return mergePatch(old, body)
    case 'application/strategic-merge-patch+json':
      if (body === null || typeof body !== 'object' || Array.isArray(body)) wrongType(body, 'map[string]interface {}')
      return strategicMerge(old, body as Record<string, unknown>, typeName)
    case 'application/apply-patch+yaml':
      throw notEmulatedStatus('server-side apply')
    default:
      throw unsupportedMediaType(
        `the body of the request was in an unknown format - accepted media types include: ${TYPES.join(', ')}`,
      )
  }
}

/** PATCH: the object as it is, patched, then written as an update would be. */
export function patch(call: Call): ApiResponse {
  const { kind, info, context } = call
  const old = getObject(context.store, kind, info)
  const result = patched(call, shownAs(kind, old), kind.typeName)
  const object = requestObject(kind, result, info, call.warnings)
  const version = object.metadata.resourceVersion
  if (version && version !== old.metadata.resourceVersion) throw conflict(kind, old.metadata.name, OPTIMISTIC_LOCK)
  const stored = updateObject(context, kind.key, object, writeOptions(call))
  const shape = shapeOf(header(call.request, 'accept'))
  return reply(200, shaped(kind, stored, info, shape, rowContext(context)), call.warnings, shape.type)
}
