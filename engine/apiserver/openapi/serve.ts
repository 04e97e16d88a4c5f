import { sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Kinds } from '../../api/kinds/kinds.ts'
import { type Kind, ownKinds } from '../../api/kinds/registry.ts'
import { groupsAt, groupVersionsAt, serves } from '../../api/schema/versions.ts'
import type { Json } from '../../base/json.ts'
import type { ApiRequest, ApiResponse } from '../client.ts'
import { header } from '../headers.ts'
import { withCustomSchemas } from './custom.ts'
import { documentOf, inOrder } from './document.ts'
import { protoDocument } from './proto.ts'
import { rootDocument, rootPaths } from './roots.ts'
import { documentV2 } from './v2.ts'

const PROTO_V2 = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'
/** A media type may not hold an @, so the answer names itself otherwise than it was asked for (kube-openapi handler.go). */
const PROTO_V2_ANSWER = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
const PROTO_V2_OLD = 'application/com.github.googleapis.gnostic.OpenAPIv2@68f4ded+protobuf'

/** The kinds that one document describes, as this version of the server serves them. */
function kindsIn(apiVersion: string, kinds: Kinds, minor: number): readonly Kind[] {
  const own = ownKinds(apiVersion)
    .filter((k) => serves(minor, apiVersion, k.resource))
    .map((k) => ({ ...k, subresources: k.subresources.filter((s) => serves(minor, apiVersion, `${k.resource}/${s.name}`)) }))
  return own.length > 0 ? own : kinds.custom.filter((k) => k.apiVersion === apiVersion)
}

/** "apps/v1" → "apis/apps/v1". */
function pathOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`
}

function apiVersions(kinds: Kinds, minor: number): readonly string[] {
  return [...new Set([...groupVersionsAt(minor), ...kinds.custom.map((k) => k.apiVersion)])]
}

/**
 * What a document is a function of, digested: the real server digests the document itself, which would mean building all of them
 * for one index. Clients only compare.
 */
function digest(apiVersion: string, kinds: readonly Kind[], minor: number): string {
  const custom = kinds.filter((k) => k.custom === true).map((k) => [k.kind, k.revision])
  const text = JSON.stringify([minor, apiVersion, custom])
  return digestOf(text)
}

/** SHA-512 as the server writes digests. */
export function digestOf(text: string): string {
  return bytesToHex(sha512(Uint8Array.from(text, (c) => c.charCodeAt(0)))).toUpperCase()
}

function answer(status: number, headers: Record<string, string>, body: Json | string): ApiResponse {
  return { status, headers, warnings: [], body }
}

function tagged(request: ApiRequest, hash: string, type: string, body: () => Json | string): ApiResponse {
  const headers = { 'content-type': type, etag: `"${hash}"`, vary: 'Accept' }
  if (header(request, 'If-None-Match') === headers.etag) return answer(304, headers, '')
  return answer(200, headers, body())
}

function v2(request: ApiRequest, kinds: Kinds, minor: number): ApiResponse {
  const accept = header(request, 'Accept') ?? '*/*'
  const versions = apiVersions(kinds, minor)
  const build = () => {
    const source = withCustomSchemas(kinds.custom)
    const roots = rootPaths(groupsAt(minor).map((g) => g.name)).map((path) => rootDocument(path, minor))
    return documentV2([...roots, ...versions.map((v) => documentOf(v, kindsIn(v, kinds, minor), minor, source))], minor)
  }
  const hash = digest(versions.join(), kinds.custom, minor)
  for (const clause of accept.split(',')) {
    const type = clause.split(';')[0]?.trim()
    if (type === PROTO_V2 || type === PROTO_V2_OLD) return tagged(request, hash, PROTO_V2_ANSWER, () => protoDocument(build()))
    if (type === 'application/json' || type === '*/*' || type === 'application/*')
      return tagged(request, hash, 'application/json', build)
  }
  return answer(406, {}, '')
}

function v3(request: ApiRequest, parts: readonly string[], asked: string | undefined, kinds: Kinds, minor: number): ApiResponse {
  const versions = apiVersions(kinds, minor)
  const groups = groupsAt(minor).map((g) => g.name)
  if (parts.length === 0) {
    const paths: Record<string, Json> = {}
    const put = (path: string, hash: string) => {
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }
    }
    for (const path of rootPaths(groups)) put(path, digest(path, [], minor))
    for (const v of versions) put(pathOf(v), digest(v, kindsIn(v, kinds, minor), minor))
    return answer(200, { 'content-type': 'text/plain; charset=utf-8' }, JSON.stringify({ paths: inOrder(paths) }))
  }
  const path = parts.join('/')
  const apiVersion = versions.find((v) => pathOf(v) === path)
  const isRoot = rootPaths(groups).includes(path)
  if (apiVersion === undefined && !isRoot) return answer(404, {}, '')
  const accept = header(request, 'Accept') ?? '*/*'
  if (!/application\/json|\*\/\*|application\/\*/.test(accept)) return answer(406, {}, '')
  const own = apiVersion === undefined ? [] : kindsIn(apiVersion, kinds, minor)
  const hash = digest(apiVersion ?? path, own, minor)
  if (asked !== undefined && asked !== hash)
    return answer(
      301,
      { 'content-type': 'application/json', etag: `"${hash}"`, location: `/openapi/v3/${path}?hash=${hash}` },
      '',
    )
  const source = withCustomSchemas(kinds.custom)
  const build = () => (apiVersion === undefined ? rootDocument(path, minor) : documentOf(apiVersion, own, minor, source))
  const found = tagged(request, hash, 'application/json', build)
  if (asked === undefined) return found
  // what is named by its digest never changes
  return { ...found, headers: { ...found.headers, 'cache-control': 'public, immutable' } }
}

/** /openapi/v2, /openapi/v3 and /openapi/v3/PATH. */
export function openapi(
  request: ApiRequest,
  parts: readonly string[],
  asked: string | undefined,
  kinds: Kinds,
  minor: number,
): ApiResponse | undefined {
  if (parts[1] === 'v2' && parts.length === 2) return v2(request, kinds, minor)
  return parts[1] === 'v3' ? v3(request, parts.slice(2), asked, kinds, minor) : undefined
}
