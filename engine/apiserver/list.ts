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
import { decodeBase64, encodeBase64 } from '../base/utf8.ts'
import type { Reader } from './components.ts'
import { param, type RequestInfo } from './request-info.ts'

/** Which objects a list or watch wants. */
export interface Filter {
  readonly namespace?: string
  readonly labels: readonly Requirement[]
  readonly fields: readonly FieldRequirement[]
  readonly matches: (object: KubeObject) => boolean
}

/** A selectable field's value (each kind's own, besides name and namespace). */
function fieldOf(kind: Kind, field: string, object: KubeObject): string {
  if (field === 'metadata.name') return object.metadata.name
  if (field === 'metadata.namespace') return object.metadata.namespace ?? ''
  return kind.descriptor?.fields?.[field]?.(object) ?? ''
}

function checkFields(kind: Kind, fields: readonly FieldRequirement[]): void {
  const own = kind.descriptor?.fields
  for (const { field } of fields) {
    if (field === 'metadata.name' || field === 'metadata.namespace' || own?.[field] !== undefined) continue
    if (own !== undefined) throw badRequest(`field label not supported: ${field}`)
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

interface ContinueToken {
  readonly rv: number
  readonly start: string
}

function readToken(text: string): ContinueToken {
  try {
    const padded = text + '='.repeat((4 - (text.length % 4)) % 4)
    const token = JSON.parse(decodeBase64(padded.replaceAll('-', '+').replaceAll('_', '/')) ?? '') as ContinueToken
    if (typeof token.start === 'string' && typeof token.rv === 'number') return token
  } catch {
    // falls through: not one of ours
  }
  throw badRequest('continue key is not valid')
}

export interface Listed {
  readonly items: readonly KubeObject[]
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number }
}

const TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'

/** Lists with selectors, limit and continue. */
export function listObjects(store: Reader, kind: Kind, info: RequestInfo, filter: Filter): Listed {
  const all = store.list(kind.key, filter.namespace)
  const resourceVersion = String(store.revision)
  const limit = Number(param(info, 'limit') ?? 0)
  const token = param(info, 'continue')
  let from = 0
  if (token !== undefined && token !== '') {
    const { rv, start } = readToken(token)
    if (rv !== store.revision) throw expired(TOO_OLD)
    from = all.findIndex((o) => objectKey(o.metadata.namespace, o.metadata.name) >= start)
    if (from < 0) from = all.length
  }
  const selective = filter.labels.length > 0 || filter.fields.length > 0
  if (!selective && from === 0 && !(limit > 0 && limit < all.length)) return { items: all, metadata: { resourceVersion } }
  const items: KubeObject[] = []
  let at = from
  for (; at < all.length; at++) {
    const object = all[at] as KubeObject
    if (!filter.matches(object)) continue
    if (limit > 0 && items.length === limit) break
    items.push(object)
  }
  if (at >= all.length) return { items, metadata: { resourceVersion } }
  const next = all[at] as KubeObject
  const raw = JSON.stringify({
    v: 'meta.k8s.io/v1',
    rv: store.revision,
    start: objectKey(next.metadata.namespace, next.metadata.name),
  })
  const text = encodeBase64(raw).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
  const remaining = selective ? {} : { remainingItemCount: all.length - at }
  return { items, metadata: { resourceVersion, continue: text, ...remaining } }
}
