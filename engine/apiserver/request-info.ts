import type { Kinds } from '../api/kinds/kinds.ts'
import type { Kind } from '../api/kinds/registry.ts'
import type { ApiRequest } from './client.ts'

/** The query of a request: every value given for a name. */
export type Query = ReadonlyMap<string, readonly string[]>

/** What a request asks for (apiserver endpoints/request RequestInfo). */
export interface RequestInfo {
  readonly path: string
  readonly parts: readonly string[]
  readonly query: Query
  /** Undefined for paths outside /api/VERSION and /apis/GROUP/VERSION, and for resources that are not served. */
  readonly kind?: Kind
  readonly group: string
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
  readonly verb: string
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

export function parseQuery(text: string): Query {
  const out = new Map<string, string[]>()
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const at = pair.indexOf('=')
    const name = decode(at < 0 ? pair : pair.slice(0, at))
    const value = at < 0 ? '' : decode(pair.slice(at + 1))
    const list = out.get(name)
    if (list === undefined) out.set(name, [value])
    else list.push(value)
  }
  return out
}

/** The first value of a query parameter. */
export function param(info: RequestInfo, name: string): string | undefined {
  return info.query.get(name)?.[0]
}

export function flag(info: RequestInfo, name: string): boolean {
  const value = param(info, name)
  return value !== undefined && value !== '0' && value !== 'false'
}

function verbOf(method: ApiRequest['method'], name: string | undefined, watch: boolean): string {
  if (method === 'POST') return 'create'
  if (method === 'PUT') return 'update'
  if (method === 'PATCH') return 'patch'
  if (method === 'DELETE') return name === undefined ? 'deletecollection' : 'delete'
  if (name !== undefined) return 'get'
  return watch ? 'watch' : 'list'
}

/** Reads a request's path and query. */
export function requestInfo(request: ApiRequest, kinds: Kinds): RequestInfo {
  const [path = '', queryText = ''] = request.path.split(/\?(.*)/s)
  const parts = path
    .split('/')
    .filter((p) => p !== '')
    .map(decode)
  const query = parseQuery(queryText)
  const base = { path, parts, query, group: '', resource: '', verb: request.method.toLowerCase() }
  const core = parts[0] === 'api' && parts.length > 2
  const grouped = parts[0] === 'apis' && parts.length > 3
  if (!core && !grouped) return base
  const group = core ? '' : (parts[1] as string)
  const apiVersion = core ? (parts[1] as string) : `${parts[1]}/${parts[2]}`
  let rest = parts.slice(core ? 2 : 3)
  let namespace: string | undefined
  // "namespaces/NAME/…" is a scope, except that NAME alone and its own subresources are the namespace itself
  if (
    rest[0] === 'namespaces' &&
    rest.length > 2 &&
    !(core && (rest[2] === 'status' || rest[2] === 'finalize') && rest.length === 3)
  ) {
    namespace = rest[1]
    rest = rest.slice(2)
  }
  const [resource = '', name, ...sub] = rest
  const kind = kinds.atPath(apiVersion, resource)
  const watch = query.get('watch')?.[0]
  return {
    ...base,
    group,
    resource,
    kind,
    namespace,
    name,
    // What follows a proxy is the path that it leads to.
    subresource: sub.length === 0 ? undefined : sub[0] === 'proxy' ? 'proxy' : sub.join('/'),
    verb: verbOf(request.method, name, sub.length === 0 && watch !== undefined && watch !== '0' && watch !== 'false'),
  }
}
