import { parse } from 'yaml'
import { storedAs } from '../api/kinds/kinds.ts'
import type { Kind } from '../api/kinds/registry.ts'
import type { KubeObject } from '../api/object.ts'
import { decodeAs } from '../api/schema/decode.ts'
import { KIND_TYPES } from '../api/schema/types.data.ts'
import { badRequest, StatusError } from '../api/status.ts'
import type { ApiRequest } from './client.ts'
import { param, type RequestInfo } from './request-info.ts'

/** The request's body as plain data; text is YAML, of which JSON is a part. */
export function bodyOf(request: ApiRequest): unknown {
  if (typeof request.body !== 'string') return request.body
  try {
    return parse(request.body, { logLevel: 'error' })
  } catch (error) {
    throw badRequest(`error converting YAML to JSON: yaml: ${(error as Error).message.split('\n')[0]}`)
  }
}

/** How unknown fields are met: refused, told, or dropped. The server's own default is Warn. */
function fieldValidation(info: RequestInfo): 'Strict' | 'Warn' | 'Ignore' {
  const given = param(info, 'fieldValidation') ?? ''
  if (given === 'Strict' || given === 'Ignore') return given
  return 'Warn'
}

/** Decodes a body as an object of `kind`, with the server's words for what it cannot be. */
export function decodeObject(
  kind: Pick<Kind, 'apiVersion' | 'kind' | 'version' | 'decode'>,
  body: unknown,
  info: RequestInfo,
  warnings: string[],
): KubeObject {
  const cannot = (why: string) =>
    badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${why}`)
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw badRequest(
      'the object provided is unrecognized (must be of type ' +
        `${kind.kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${Array.isArray(body) ? 'array' : typeof body} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    )
  }
  const given = body as Record<string, unknown>
  const apiVersion = given.apiVersion ?? kind.apiVersion
  const kindName = given.kind ?? kind.kind
  if (apiVersion !== kind.apiVersion || kindName !== kind.kind) {
    throw badRequest(
      `${kindName} in version "${String(apiVersion).split('/').at(-1)}" cannot be handled as a ${kind.kind}: no kind "${kindName}" is registered for version "${apiVersion}" in scheme "pkg/api/legacyscheme/scheme.go:29"`,
    )
  }
  const typeName = KIND_TYPES[`${kind.apiVersion}/${kind.kind}`]
  let decoded: ReturnType<typeof decodeAs>
  try {
    if (kind.decode !== undefined) decoded = kind.decode(given)
    else decoded = typeName === undefined ? { value: given, problems: [] } : decodeAs(typeName, given)
  } catch (error) {
    if (error instanceof StatusError) throw cannot(error.message)
    throw error
  }
  if (decoded.problems.length > 0) {
    const mode = fieldValidation(info)
    if (mode === 'Strict') throw cannot(`strict decoding error: ${decoded.problems.join(', ')}`)
    if (mode === 'Warn') warnings.push(...decoded.problems)
  }
  const object = decoded.value as KubeObject
  return { ...object, apiVersion: kind.apiVersion, kind: kind.kind, metadata: object.metadata ?? { name: '' } }
}

/** An object of the request's kind in its stored form, with its namespace and name made to agree with the URL. */
export function requestObject(kind: Kind, body: unknown, info: RequestInfo, warnings: string[]): KubeObject {
  const object = decodeObject(kind, body, info, warnings)
  const { metadata } = object
  if (info.name !== undefined && metadata.name !== info.name) {
    if (!metadata.name) throw badRequest('name must be provided')
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${info.name})`)
  }
  if (!kind.namespaced) return storedAs(kind, object)
  if (metadata.namespace !== undefined && metadata.namespace !== '' && metadata.namespace !== info.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  return storedAs(kind, { ...object, metadata: { ...metadata, namespace: info.namespace } })
}
