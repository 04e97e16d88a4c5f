import type { RowContext } from '../api/kinds/kind.ts'
import type { Kind } from '../api/kinds/registry.ts'
import type { KubeObject } from '../api/object.ts'
import { expired } from '../api/status.ts'
import type { Store, StoreEvent } from '../api/store.ts'
import type { Json } from '../base/json.ts'
import type { Shape } from './accept.ts'
import type { WatchEvent } from './client.ts'
import { filterOf } from './list.ts'
import { versionNumber } from './list-options.ts'
import { shapedBookmark, shapedEvent } from './read.ts'
import { flag, param, type RequestInfo } from './request-info.ts'

interface Seen {
  readonly type: WatchEvent['type']
  readonly object: KubeObject
}

/** What a watcher with this filter sees of a change: an object that stops matching is deleted for it (cacher convertToWatchEvent). */
function translate(event: StoreEvent, wanted: (object: KubeObject) => boolean): Seen | undefined {
  if (event.type === 'DELETED') return wanted(event.object) ? { type: 'DELETED', object: event.object } : undefined
  const now = wanted(event.object)
  const before = event.old !== undefined && wanted(event.old)
  if (now) return { type: before ? 'MODIFIED' : 'ADDED', object: event.object }
  if (!before) return undefined
  const { resourceVersion } = event.object.metadata
  const old = event.old as KubeObject
  return { type: 'DELETED', object: { ...old, metadata: { ...old.metadata, resourceVersion } } }
}

/** A watch that runs. */
export interface Watching {
  readonly stop: () => void
  /** Tells the client how far it has seen everything, where it asked for bookmarks: whoever holds the connection does so every minute. */
  readonly bookmark: () => void
}

const TOO_OLD = (version: number, oldest: number) => expired(`too old resource version: ${version} (${oldest})`)

/** Starts a watch: what is there (unless a version was named), then what changes. */
export function startWatch(
  store: Store,
  kind: Kind,
  info: RequestInfo,
  shape: Shape,
  at: () => RowContext,
  onEvent: (event: WatchEvent) => void,
): Watching {
  const filter = filterOf(info, kind)
  const initial = flag(info, 'sendInitialEvents')
  const marks = flag(info, 'allowWatchBookmarks')
  const text = param(info, 'resourceVersion') ?? ''
  const version = versionNumber(text, false)
  const wanted = (object: KubeObject) =>
    (filter.namespace === undefined || object.metadata.namespace === filter.namespace) && filter.matches(object)
  let first = true
  const send = ({ type, object }: Seen) => {
    onEvent({ type, object: shapedEvent(kind, object, info, shape, at(), first) as Json })
    first = false
  }
  const mark = (annotations?: Json) => {
    const metadata = { resourceVersion: String(store.revision), ...(annotations === undefined ? {} : { annotations }) }
    onEvent({ type: 'BOOKMARK', object: shapedBookmark(kind, metadata, shape, at()) as Json })
  }
  const missed = version === 0 || initial ? [] : store.since(Math.min(version, store.revision))
  if (missed === undefined) {
    onEvent({ type: 'ERROR', object: TOO_OLD(version, store.revision).status as unknown as Json })
    return { stop: () => {}, bookmark: () => {} }
  }
  if (initial || (version === 0 && !info.query.has('sendInitialEvents'))) {
    for (const object of store.list(kind.key, filter.namespace)) if (filter.matches(object)) send({ type: 'ADDED', object })
    if (initial && marks) mark({ 'k8s.io/initial-events-end': 'true' })
  }
  for (const event of missed) {
    const seen = event.resource === kind.key ? translate(event, wanted) : undefined
    if (seen !== undefined) send(seen)
  }
  const stop = store.watch((event) => {
    // a watch from a version that is still to come begins there
    if (event.resource !== kind.key || Number(event.object.metadata.resourceVersion) <= version) return
    const seen = translate(event, wanted)
    if (seen !== undefined) send(seen)
  })
  return { stop, bookmark: () => (marks ? mark() : undefined) }
}
