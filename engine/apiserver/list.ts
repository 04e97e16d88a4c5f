import type { Kind } from '../api/kinds/registry.ts'
import { parseLabelSelector } from '../api/label-selector.ts'
import { objectKey } from '../api/memory-store.ts'
import type { KubeObject } from '../api/object.ts'
import {
  type FieldRequirement,
  matchesFields,
  matchesRequirements,
  parseFieldSelector,
  type Requirement,
} from '../api/selectors.ts'
import { badRequest, expired } from '../api/status.ts'
import type { Reader } from './components.ts'
import { decodeContinue, encodeContinue } from './continue.ts'
import { checkNotFuture, type ListOptions, listOptions, versionNumber } from './list-options.ts'
import { param, type RequestInfo } from './request-info.ts'

/** Which objects a list or watch wants. */
export interface Filter {
  readonly namespace?: string
  readonly labels: readonly Requirement[]
  readonly fields: readonly FieldRequirement[]
  readonly matches: (object: KubeObject) => boolean
}

/** The kind's own selectable fields, which another version may call otherwise. */
function fieldsOf({ descriptor, apiVersion }: Kind) {
  return descriptor?.versions?.[apiVersion]?.fields ?? descriptor?.fields
}

/** A selectable field's value (each kind's own, besides name and namespace). */
function fieldOf(kind: Kind, field: string, object: KubeObject): string {
  if (field === 'metadata.name') return object.metadata.name
  if (field === 'metadata.namespace') return object.metadata.namespace ?? ''
  return fieldsOf(kind)?.[field]?.(object) ?? ''
}

function checkFields(kind: Kind, fields: readonly FieldRequirement[]): void {
  const own = fieldsOf(kind)
  for (const { field } of fields) {
    if (field === 'metadata.name' || field === 'metadata.namespace' || own?.[field] !== undefined) continue
    if (kind.key === 'jobs.batch') throw badRequest(`field label ${JSON.stringify(field)} not supported for Job`)
    if (own !== undefined && kind.group !== 'apps') throw badRequest(`field label not supported: ${field}`)
    throw badRequest(`"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`)
  }
}

/** The request's selectors, parsed and checked. */
export function filterOf(info: RequestInfo, kind: Kind): Filter {
  const labelText = param(info, 'labelSelector') ?? ''
  const fieldText = param(info, 'fieldSelector') ?? ''
  let labels: readonly Requirement[]
  try {
    labels = parseLabelSelector(labelText)
  } catch (error) {
    throw badRequest((error as Error).message)
  }
  const given = parseFieldSelector(fieldText)
  checkFields(kind, given)
  const fields = info.name === undefined ? given : [...given, { field: 'metadata.name', not: false, value: info.name }]
  return {
    namespace: info.namespace,
    labels,
    fields,
    matches: (object) =>
      (labels.length === 0 || matchesRequirements(labels, object.metadata.labels)) &&
      (fields.length === 0 || matchesFields(fields, object, (field, o) => fieldOf(kind, field, o))),
  }
}

export interface Listed {
  readonly items: readonly KubeObject[]
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number }
}

const TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'

const EXACT_TOO_OLD = 'The resourceVersion for the provided list is too old.'

/** The state a list shows, and where in it the list begins. */
interface View {
  readonly all: readonly KubeObject[]
  readonly revision: number
  readonly start: string
}

function viewOf(store: Reader, kind: Kind, options: ListOptions, namespace: string | undefined): View {
  const { continued, version, match, limit } = options
  if (continued !== '') {
    if (version !== '' && version !== '0') throw badRequest('specifying resource version is not allowed when using continue')
    const { rv, start } = decodeContinue(continued)
    // -1: a token of an answer that was too old, which goes on in the newest state
    const revision = rv < 0 ? store.revision : rv
    const all = store.listAt(kind.key, namespace, revision)
    if (all === undefined) throw expired(TOO_OLD, encodeContinue({ rv: -1, start: `/${start}` }))
    return { all, revision, start }
  }
  const asked = versionNumber(version, true)
  checkNotFuture(asked, store.revision)
  // a limit with a version and no match asks for exactly that version, as it did before there was a match
  if (asked > 0 && (match === 'Exact' || (match === '' && limit > 0))) {
    const all = store.listAt(kind.key, namespace, asked)
    if (all === undefined) throw expired(EXACT_TOO_OLD)
    return { all, revision: asked, start: '' }
  }
  return { all: store.list(kind.key, namespace), revision: store.revision, start: '' }
}

/** Lists with selectors, limit and continue. */
export function listObjects(store: Reader, kind: Kind, info: RequestInfo, filter: Filter, minor: number): Listed {
  const options = listOptions(info, minor)
  const { all, revision, start } = viewOf(store, kind, options, filter.namespace)
  const resourceVersion = String(revision)
  // any state will do: that is answered from the cache, which does not cut
  const limit = options.version === '0' && options.match === '' ? 0 : options.limit
  const keyOf = ({ metadata }: KubeObject) => (filter.namespace ? metadata.name : objectKey(metadata.namespace, metadata.name))
  let at = start === '' ? 0 : all.findIndex((o) => keyOf(o) >= start)
  if (at < 0) at = all.length
  const selective = filter.labels.length > 0 || filter.fields.length > 0
  if (!selective && at === 0 && !(limit > 0 && limit < all.length)) return { items: all, metadata: { resourceVersion } }
  const items: KubeObject[] = []
  let more = false
  for (; at < all.length; at++) {
    const object = all[at] as KubeObject
    if (!filter.matches(object)) continue
    if (limit > 0 && items.length === limit) {
      more = true
      break
    }
    items.push(object)
  }
  const last = items.at(-1)
  if (!more || last === undefined) return { items, metadata: { resourceVersion } }
  const token = encodeContinue({ rv: revision, start: `/${keyOf(last)}\0` })
  const remaining = selective ? {} : { remainingItemCount: all.length - at }
  return { items, metadata: { resourceVersion, continue: token, ...remaining } }
}
