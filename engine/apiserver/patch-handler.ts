import { applyConfiguration } from '../api/apply/apply.ts'
import { typeErrors } from '../api/apply/check.ts'
import { kindsOf, shownAs } from '../api/kinds/kinds.ts'
import type { Kind } from '../api/kinds/registry.ts'
import type { KubeObject } from '../api/object.ts'
import { goValue } from '../api/patch/go-print.ts'
import { applyJsonPatch } from '../api/patch/json.ts'
import { mergePatch } from '../api/patch/merge.ts'
import { strategicMerge } from '../api/patch/strategic.ts'
import { badRequest, invalid, invalidObject, notFound, StatusError, unclassified, unsupportedMediaType } from '../api/status.ts'
import { createObject, updateObject } from '../api/write.ts'
import { keysAsWritten } from '../base/go-json.ts'
import { shapeOf } from './accept.ts'
import { BodyError, decodeValue, fieldValidation, mediaType, placed, readText } from './body.ts'
import type { ApiResponse } from './client.ts'
import { type Call, managerOf, rowContext, writeOptions } from './handler.ts'
import { header } from './headers.ts'
import { checkPatchOptions } from './options.ts'
import { shaped } from './read.ts'
import { param } from './request-info.ts'
import { reply } from './respond.ts'
import { duplicateError, readYaml } from './yaml-body.ts'

const JSON_PATCH = 'application/json-patch+json'
const MERGE = 'application/merge-patch+json'
const STRATEGIC = 'application/strategic-merge-patch+json'
export const APPLY = 'application/apply-patch+yaml'

/** What a patch makes of an object, before it is decoded. */
export interface Patched {
  readonly value: Record<string, unknown>
  /** Strict decoding problems of the patch itself. */
  readonly problems: readonly string[]
  /** How a message shows the result that does not fit its type. */
  readonly shown: () => string
  readonly unstructured?: true
}

const typeName = (v: unknown) => (v === null ? 'null' : Array.isArray(v) ? 'array' : typeof v === 'boolean' ? 'bool' : typeof v)

/** Fields that a patch gives twice, by path. */
function duplicates(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => duplicates(item, `${path}[${i}]`))
  if (value === null || typeof value !== 'object') return []
  const seen = new Set<string>()
  return keysAsWritten(value).flatMap((key) => {
    const at = path === '' ? key : `${path}.${key}`
    if (seen.has(key)) return [`duplicate field "${at}"`]
    seen.add(key)
    return duplicates((value as Record<string, unknown>)[key], at)
  })
}

function parsed(call: Call, prefix: string): unknown {
  try {
    return readText(call.request.body === undefined ? '' : call.request.body, false)
  } catch (error) {
    if (error instanceof BodyError) throw badRequest(`${prefix}${error.message}`)
    throw error
  }
}

function mapOf(value: unknown, prefix: string): Record<string, unknown> {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  throw badRequest(`${prefix}json: cannot unmarshal ${typeName(value)} into Go value of type map[string]interface {}`)
}

const DECODING = 'error decoding patch: '

function jsonOperations(value: unknown): readonly unknown[] {
  if (!Array.isArray(value))
    throw badRequest(`${DECODING}json: cannot unmarshal ${typeName(value)} into Go value of type []handlers.jsonPatchOp`)
  for (const op of value) {
    if (op === null || typeof op !== 'object' || Array.isArray(op)) {
      throw badRequest(`${DECODING}json: cannot unmarshal ${typeName(op)} into Go value of type handlers.jsonPatchOp`)
    }
    for (const field of ['op', 'path', 'from']) {
      const given = (op as Record<string, unknown>)[field]
      if (given === undefined || given === null || typeof given === 'string') continue
      const words = `json: cannot unmarshal ${typeName(given)} into Go struct field jsonPatchOp.${field} of type string`
      throw badRequest(`${DECODING}${words}`)
    }
  }
  return value
}

const OPERATION_FIELDS = ['op', 'path', 'from', 'value']

function operationProblems(operations: readonly unknown[]): string[] {
  return operations.flatMap((operation, i) => {
    const seen = new Set<string>()
    return keysAsWritten(operation as object).flatMap((key) => {
      const what = !OPERATION_FIELDS.includes(key) ? 'unknown' : seen.has(key) ? 'duplicate' : undefined
      seen.add(key)
      return what === undefined ? [] : [`json patch ${what} field "[${i}].${key}"`]
    })
  })
}

/** An object as the message of a patch that does not fit prints it: its own fields in order. */
function printed(value: Record<string, unknown>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))))
}

/** The object after the request's patch, by its Content-Type; `type` names the schema of a strategic merge. */
export function patched(call: Call, old: KubeObject, type: string | undefined): Patched {
  const content = mediaType(call.request)
  if (content === JSON_PATCH) {
    const operations = jsonOperations(parsed(call, DECODING))
    const value = applyJsonPatch(old as unknown as Record<string, unknown>, operations)
    return { value, problems: operationProblems(operations), shown: () => printed(value) }
  }
  if (content === MERGE) {
    const patch = parsed(call, DECODING)
    if (patch === null) throw badRequest('Invalid JSON Patch')
    const value = mergePatch(old, mapOf(patch, DECODING)) as Record<string, unknown>
    return { value, problems: duplicates(patch), shown: () => printed(value) }
  }
  const patch = mapOf(parsed(call, '') ?? {}, '')
  const merged = strategicMerge(old, patch, type) as Record<string, unknown>
  const value = { ...merged, apiVersion: old.apiVersion, kind: old.kind }
  return { value, problems: duplicates(patch), shown: () => goValue(patch), unstructured: true }
}

interface Target {
  readonly apiVersion: string
  readonly kind: string
  readonly version: string
  readonly decode?: Kind['decode']
}

/** A patch's result as an object of its kind; what does not fit is an invalid patch (jsonPatcher, smpPatcher). */
export function decodePatched(call: Call, target: Target, result: Patched): KubeObject {
  const refuse = (why: string) =>
    invalidObject({ group: '', kind: '' }, '', [invalid('patch', result.shown(), why)], call.context.minor)
  const { value } = result
  if (value.apiVersion !== target.apiVersion || value.kind !== target.kind) {
    const [kind, version] = [String(value.kind ?? ''), String(value.apiVersion ?? '')]
    throw refuse(`no kind "${kind}" is registered for version "${version}" in scheme "pkg/api/legacyscheme/scheme.go:29"`)
  }
  let decoded: ReturnType<typeof decodeValue>
  try {
    decoded = decodeValue(target, value, result.unstructured)
  } catch (error) {
    if (error instanceof StatusError) throw refuse(error.message)
    throw error
  }
  const problems = [...result.problems, ...decoded.problems]
  const mode = problems.length === 0 ? 'Ignore' : fieldValidation(call.info)
  if (mode === 'Strict') throw refuse(`strict decoding error: ${problems.join(', ')}`)
  if (mode === 'Warn') call.warnings.push(...problems)
  return decoded.object
}

/** The configuration of a server-side apply: YAML that fits the schema. */
function configuration(call: Call, live: KubeObject | undefined): KubeObject {
  const { kind, info, request } = call
  let given: unknown
  try {
    given = readText(request.body === undefined ? '' : request.body, true)
  } catch (error) {
    if (error instanceof BodyError) throw badRequest(`error decoding YAML: error converting YAML to JSON: ${error.message}`)
    throw error
  }
  const config = mapOf(
    given ?? {},
    'error decoding YAML: error unmarshaling JSON: while decoding JSON: ',
  ) as unknown as KubeObject
  const missing = (what: string) => badRequest(`invalid object type: ${what}`)
  const { apiVersion = '', kind: name = '' } = config
  if (kindsOf(call.context.store).named(apiVersion, name) === undefined)
    throw missing(`${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${name}`)
  if (apiVersion !== kind.apiVersion) {
    const words = `Specified patch version: ${apiVersion}, expected: ${kind.apiVersion}`
    throw badRequest(`Incorrect version specified in apply patch. ${words}`)
  }
  if (config.kind !== kind.kind) throw missing(`${config.apiVersion}, Kind=${config.kind}`)
  if ((config.metadata?.managedFields ?? null) !== null) throw badRequest('metadata.managedFields must be nil')
  const errors = typeErrors(config, kind.typeName === undefined ? { type: '?' } : { type: `@${kind.typeName}` })
  if (errors.length > 0) {
    const text = errors.length === 1 ? errors[0] : ['errors:', ...errors.map((e) => `  ${e}`)].join('\n')
    const [group, version] = kind.group === '' ? ['', kind.version] : [kind.group, kind.version]
    const where = `${config.metadata?.namespace ?? ''}/${config.metadata?.name ?? ''}; ${group}/${version}, Kind=${kind.kind}`
    throw unclassified(`failed to create typed patch object (${where}): ${text}`)
  }
  const metadata = { ...config.metadata }
  // the request says where the object is; the name must be there to be compared
  if (live === undefined && metadata.namespace === undefined && kind.namespaced)
    return { ...config, metadata: { ...metadata, namespace: info.namespace } as KubeObject['metadata'] }
  return { ...config, metadata: metadata as KubeObject['metadata'] }
}

/** Keys given twice, minded only once the configuration was merged (applyPatcher). */
function strictYaml({ request, info, warnings }: Call): void {
  if (typeof request.body !== 'string' || fieldValidation(info) === 'Ignore') return
  const { duplicates } = readYaml(request.body)
  if (duplicates.length === 0) return
  if (fieldValidation(info) === 'Strict')
    throw badRequest(`error strict decoding YAML: error converting YAML to JSON: ${duplicateError(duplicates)}`)
  warnings.push(duplicates.join('\n'))
}

function serverSideApply(call: Call): ApiResponse {
  const { kind, info, context } = call
  const live = context.store.get(kind.key, kind.namespaced ? info.namespace : undefined, info.name as string)
  if (live === undefined && info.subresource !== undefined) throw notFound(kind, info.name as string)
  const shown = live === undefined ? undefined : shownAs(kind, live)
  const config = configuration(call, shown)
  const applied = applyConfiguration(context, shown, config, {
    manager: managerOf(call),
    force: info.query.has('force') && !['0', 'false'].includes((param(info, 'force') ?? '').toLowerCase()),
    subresource: info.subresource,
  })
  strictYaml(call)
  const { object } = decodeValue(kind, applied as unknown as Record<string, unknown>)
  const wanted = placed(kind, object, info)
  const options = { ...writeOptions(call), tracked: true, patch: true }
  if (live === undefined) return answer(call, createObject(context, kind.key, wanted, options), 201)
  return answer(call, updateObject(context, kind.key, wanted, options), 200)
}

function answer(call: Call, stored: KubeObject, code: number): ApiResponse {
  const shape = shapeOf(header(call.request, 'accept'))
  return reply(code, shaped(call.kind, stored, call.info, shape, rowContext(call.context)), call.warnings, shape.type)
}

/** Refuses types that cannot patch this kind: those a custom resource has no schema for in Go, and those nobody knows. */
export function checkPatchType(call: Call): void {
  const content = (header(call.request, 'content-type') ?? '').split(';')[0]?.trim() ?? ''
  const types = call.kind.custom ? [JSON_PATCH, MERGE, APPLY] : [JSON_PATCH, MERGE, STRATEGIC, APPLY]
  if (types.includes(content)) return
  if (!call.kind.custom) throw unsupportedMediaType('415: Unsupported Media Type', {})
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`,
  )
}

/** PATCH: the object as it is, patched, then written as an update would be. */
export function patch(call: Call): ApiResponse {
  const { kind, info, context } = call
  checkPatchType(call)
  const apply = mediaType(call.request) === APPLY
  checkPatchOptions(info, apply, context.minor)
  if (apply) return serverSideApply(call)
  const old = context.store.get(kind.key, kind.namespaced ? info.namespace : undefined, info.name as string)
  if (old === undefined) throw notFound(kind, info.name as string)
  const result = patched(call, shownAs(kind, old), kind.typeName)
  const object = placed(kind, decodePatched(call, kind, result), info)
  return answer(call, updateObject(context, kind.key, object, { ...writeOptions(call), patch: true }), 200)
}
