import type { ApiRequest, ApiUser } from '../../engine/index.ts'
import { type ApiBackend, isReply } from './backend.ts'
import type { Outgoing } from './exchange.ts'
import { commonHeaders, sendReply } from './respond.ts'

/** How long a watch lasts that names no time: between one and two of these, so that they do not all end at once (handlers/get.go). */
const MIN_TIMEOUT_S = 1800
/** So often a client learns how far its watch has come, and once more before it ends (cacher.go: defaultBookmarkFrequency). */
const BOOKMARK_EVERY = 60_000
/** Between the last bookmark and the end. */
const LAST_WORDS = 100
/** A client that reads nothing while this much waits for it is cut off; it can come back with its last version. */
const MOST_UNREAD = 64 * 1024 * 1024

export function isWatch(query: URLSearchParams): boolean {
  const given = query.get('watch')
  return given !== null && given !== '0' && given !== 'false'
}

export function isFollow(path: string, query: URLSearchParams): boolean {
  const given = query.get('follow')
  return path.endsWith('/log') && given !== null && given !== '0' && given !== 'false'
}

function timeoutMs(query: URLSearchParams): number {
  const given = Number(query.get('timeoutSeconds') ?? 0)
  const seconds = given > 0 ? given : MIN_TIMEOUT_S * (1 + Math.random())
  return Math.min(seconds * 1000, 2 ** 31 - 1)
}

/** Serves a watch or a followed log until it ends, its time is over or the client has gone. */
export async function serveWatch(
  backend: ApiBackend,
  user: ApiUser,
  request: ApiRequest,
  outgoing: Outgoing,
  kind: { readonly query: URLSearchParams; readonly log: boolean; readonly accepts: string | undefined },
): Promise<void> {
  let waiting = ''
  let begun = false
  let over = false
  let stop = () => {}
  let bookmark = () => {}
  let bookmarks: ReturnType<typeof setInterval> | undefined
  const last = () => {
    bookmark()
    setTimeout(end, LAST_WORDS).unref()
  }
  const end = () => {
    if (over) return
    over = true
    clearTimeout(timer)
    clearInterval(bookmarks)
    stop()
    if (begun && !outgoing.destroyed) outgoing.end()
  }
  const timer = kind.log ? undefined : setTimeout(last, timeoutMs(kind.query))
  timer?.unref()
  const encoding = kind.log ? 'latin1' : 'utf8'
  const write = (text: string) => {
    outgoing.write(Buffer.from(text, kind.log && /[^\0-\xff]/.test(text) ? 'utf8' : encoding))
    if (outgoing.writableLength > MOST_UNREAD) outgoing.destroy()
  }
  outgoing.on('close', end)
  const opened = await backend.watch(user, request, {
    text: (text) => {
      if (!begun) waiting += text
      else if (!over) write(text)
    },
    ended: () => {
      stop = () => {}
      // Not before the headers are out.
      setImmediate(end)
    },
  })
  if (isReply(opened)) {
    over = true
    clearTimeout(timer)
    await sendReply(outgoing, opened, kind.accepts)
    return
  }
  stop = opened.stop
  if (over || outgoing.destroyed) {
    over = true
    clearTimeout(timer)
    stop()
    return
  }
  begun = true
  bookmark = opened.bookmark
  bookmarks = setInterval(bookmark, BOOKMARK_EVERY)
  bookmarks.unref()
  outgoing.writeHead(200, { ...commonHeaders(), 'content-type': kind.log ? 'text/plain' : contentType(request) })
  outgoing.flushHeaders()
  if (waiting !== '') write(waiting)
}

/** The type of the event's objects: what was asked for, where it was a table or metadata (handlers/watch.go). */
function contentType({ headers }: ApiRequest): string {
  const first = (headers?.accept ?? '').split(',')[0]?.replaceAll(' ', '') ?? ''
  return /^application\/json;.*as=/.test(first) ? first : 'application/json'
}
