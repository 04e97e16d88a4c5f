import { storedAs } from '../api/kinds/kinds.ts'
import { type Kind, kindNamed } from '../api/kinds/registry.ts'
import type { KubeObject } from '../api/object.ts'
import { decodeAs } from '../api/schema/decode.ts'
import { KIND_TYPES } from '../api/schema/types.data.ts'
import { badRequest, StatusError, tooLarge, unsupportedMediaType } from '../api/status.ts'
import { parseGoJson } from '../base/go-json.ts'
import { encodeUtf8 } from '../base/utf8.ts'
import type { ApiRequest } from './client.ts'
import { header } from './headers.ts'
import { param, type RequestInfo } from './request-info.ts'
import { duplicateError, readYaml } from './yaml-body.ts'

/** What is wrong with a body before it is an object of any kind: the caller says of which kind it should have been. */
export class BodyError extends Error {
  override readonly name = 'BodyError'
}

const OFFERED = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'

/** The largest body a server reads (MaxRequestBodyBytes). */
const LIMIT = 3 * 1024 * 1024

const VERSION_KIND = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

/** The request's media type without parameters; JSON where none is named. */
export function mediaType(request: ApiRequest): string {
  const [type = ''] = (header(request, 'content-type') ?? '').split(';')
  return type.trim() === '' ? 'application/json' : type.trim()
}

/** A body as text; one that was given as a value stays one. */
function limited(request: ApiRequest): unknown {
  const { body } = request
  if (typeof body === 'string' && body.length > LIMIT / 3 && encodeUtf8(body).length > LIMIT) throw tooLarge(`limit is ${LIMIT}`)
  return body
}

/** A value that came as JSON or YAML text, or as it is. Throws BodyError in the decoder's words. */
export function readText(body: unknown, yaml: boolean): unknown {
  if (typeof body !== 'string') return body
  if (yaml) {
    try {
      return readYaml(body).value ?? null
    } catch (error) {
      throw new BodyError((error as Error).message)
    }
  }
  try {
    return parseGoJson(body)
  } catch (error) {
    throw new BodyError((error as Error).message)
  }
}

/** runtime/serializer summarizeData: thirty bytes, as text where they begin like JSON, else in hexadecimal. */
function summary(body: unknown): string {
  if (typeof body !== 'string') return '<empty>'
  if (body === '') return '<empty>'
  if (body.startsWith('{')) return body.length > 30 ? `${body.slice(0, 30)} ...` : body
  const bytes = encodeUtf8(body)
  const hex = [...bytes.slice(0, 30)].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('')
  return bytes.length > 30 ? `${hex} ...` : hex
}

/** The body of a request as plain data, checked for its media type and size, with the kind it says it is. */
export function objectBody(request: ApiRequest, kind: string): Record<string, unknown> {
  const type = mediaType(request)
  if (type !== 'application/json' && type !== 'application/yaml') {
    if (type === 'application/vnd.kubernetes.protobuf')
      throw unsupportedMediaType(`chainwalk: bodies of ${type} are not read here; send JSON or YAML`)
    throw unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${OFFERED}`)
  }
  const body = limited(request) ?? ''
  const unrecognized = (why: string) => {
    const must = kind === '' ? '' : `the object provided is unrecognized (must be of type ${kind}): `
    return badRequest(`${must}${why}${kind === '' ? '' : ` (${summary(body)})`}`)
  }
  let value: unknown
  try {
    value = readText(body, type === 'application/yaml')
  } catch (error) {
    if (!(error instanceof BodyError)) throw error
    throw unrecognized(
      type === 'application/yaml' ? error.message : `couldn't get version/kind; json parse error: ${error.message}`,
    )
  }
  const wrong = versionKindError(value)
  if (wrong !== undefined) throw unrecognized(wrong)
  return (value ?? {}) as Record<string, unknown>
}

/** What Interpret says of a body whose version and kind cannot be read. */
function versionKindError(value: unknown): string | undefined {
  const name = (v: unknown) => (Array.isArray(v) ? 'array' : typeof v === 'boolean' ? 'bool' : typeof v)
  const parse = "couldn't get version/kind; json parse error: json: cannot unmarshal"
  if (value !== null && (typeof value !== 'object' || Array.isArray(value)))
    return `${parse} ${name(value)} into Go value of type ${VERSION_KIND}`
  const given = (value ?? {}) as Record<string, unknown>
  for (const field of ['apiVersion', 'kind']) {
    const v = given[field]
    if (v !== undefined && v !== null && typeof v !== 'string')
      return `${parse} ${name(v)} into Go struct field .${field} of type string`
  }
  const version = given.apiVersion
  if (typeof version === 'string' && version.split('/').length > 2) return `unexpected GroupVersion string: ${version}`
  return undefined
}

/** How unknown fields are met: refused, told, or dropped. The server's own default is Warn. */
export function fieldValidation(info: RequestInfo): 'Strict' | 'Warn' | 'Ignore' {
  const given = param(info, 'fieldValidation') ?? ''
  if (given === 'Strict' || given === 'Ignore') return given
  return 'Warn'
}

/** API versions that no server serves any longer, though it still reads their objects. */
const FORMER = [
  'extensions/v1beta1',
  'apps/v1beta1',
  'apps/v1beta2',
  'batch/v1beta1',
  'policy/v1beta1',
  'networking.k8s.io/v1beta1',
  'autoscaling/v2beta1',
  'autoscaling/v2beta2',
  'rbac.authorization.k8s.io/v1alpha1',
  'rbac.authorization.k8s.io/v1beta1',
  'discovery.k8s.io/v1beta1',
  'events.k8s.io/v1beta1',
]

interface Wanted {
  readonly apiVersion: string
  readonly kind: string
  readonly version: string
  readonly decode?: Kind['decode']
}

/** Why an object of another kind or version cannot be what is wanted. */
function wrongKind(kind: Wanted, apiVersion: string, name: string): StatusError | undefined {
  if (apiVersion === kind.apiVersion && name === kind.kind) return undefined
  const other = `the API version in the data (${apiVersion}) does not match the expected API version (${kind.apiVersion})`
  if (name === kind.kind && (FORMER.includes(apiVersion) || kindNamed(apiVersion, name) !== undefined)) return badRequest(other)
  const version = apiVersion.split('/').at(-1)
  const internal = `${kind.apiVersion.includes('/') ? kind.apiVersion.split(/[./]/)[0] : 'core'}.${kind.kind}`
  const why =
    kindNamed(apiVersion, name) !== undefined
      ? `converting (${version}.${name}) to (${internal}): unknown conversion`
      : `no kind "${name}" is registered for version "${apiVersion}" in scheme "pkg/api/legacyscheme/scheme.go:29"`
  return badRequest(`${name} in version "${version}" cannot be handled as a ${kind.kind}: ${why}`)
}

/** A value as an object of `kind`: what does not fit throws the decoder's words, what is unknown or given twice is listed. */
export function decodeValue(
  kind: Wanted,
  given: Record<string, unknown>,
  unstructured = false,
): { object: KubeObject; problems: readonly string[] } {
  const typeName = KIND_TYPES[`${kind.apiVersion}/${kind.kind}`]
  let decoded: ReturnType<typeof decodeAs>
  if (kind.decode !== undefined) decoded = kind.decode(given)
  else decoded = typeName === undefined ? { value: given, problems: [] } : decodeAs(typeName, given, unstructured)
  const object = decoded.value as KubeObject
  const whole = { ...object, apiVersion: kind.apiVersion, kind: kind.kind, metadata: object.metadata ?? ({} as never) }
  return { object: whole, problems: decoded.problems }
}

/** What strict reading of a YAML body minds beside the fields. */
function yamlDuplicates(request: ApiRequest): readonly string[] {
  if (typeof request.body !== 'string' || mediaType(request) !== 'application/yaml') return []
  const { duplicates } = readYaml(request.body)
  return duplicates.length === 0 ? [] : [duplicateError(duplicates)]
}

/** Decodes a request's body as an object of `kind`, with the server's words for what it cannot be. */
export function decodeObject(kind: Wanted, request: ApiRequest, info: RequestInfo, warnings: string[]): KubeObject {
  const given = objectBody(request, kind.kind)
  const name = (given.kind as string | undefined) || kind.kind
  const apiVersion = (given.apiVersion as string | undefined) || kind.apiVersion
  const wrong = wrongKind(kind, apiVersion, name)
  if (wrong !== undefined) throw wrong
  const cannot = (why: string) => badRequest(`${name} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${why}`)
  let decoded: ReturnType<typeof decodeValue>
  try {
    decoded = decodeValue(kind, given)
  } catch (error) {
    if (error instanceof StatusError) throw cannot(error.message)
    throw error
  }
  const { object } = decoded
  const problems = [...yamlDuplicates(request), ...decoded.problems]
  const mode = problems.length === 0 ? 'Ignore' : fieldValidation(info)
  if (mode === 'Strict') throw cannot(`strict decoding error: ${problems.join(', ')}`)
  if (mode === 'Warn') warnings.push(...problems)
  return object
}

/** The object in its stored form, with its namespace and name made to agree with the URL (checkName, EnsureObjectNamespaceMatchesRequestNamespace). */
export function placed(kind: Kind, object: KubeObject, info: RequestInfo): KubeObject {
  const { metadata } = object
  if (info.name !== undefined && metadata.name !== info.name) {
    if (!metadata.name)
      throw badRequest(`the name of the object (${info.name} based on URL) was undeterminable: name must be provided`)
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${info.name})`)
  }
  const namespace = kind.namespaced ? info.namespace : undefined
  if (metadata.namespace && metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  const { namespace: _given, ...rest } = metadata
  return storedAs(kind, { ...object, metadata: namespace === undefined ? rest : { ...rest, namespace } })
}

/** An object of the request's kind in its stored form. */
export function requestObject(kind: Kind, request: ApiRequest, info: RequestInfo, warnings: string[]): KubeObject {
  return placed(kind, decodeObject(kind, request, info, warnings), info)
}
