import type { ApiRequest, ApiResponse, ApiUser, Session, SessionEvent, WatchEvent } from '../../engine/index.ts'
import type { ApiReply, ApiSaid } from './protocol.ts'

/** Characters that Go's encoding/json writes as escapes, so that JSON may stand inside HTML; `kubectl get --raw` shows them. */
const HTML = /[<>&\u2028\u2029]/g

/** JSON as the real API server writes it: one value and a newline (k8s.io/apimachinery serializer/json). */
export function goJson(value: unknown): string {
  const text = JSON.stringify(value)
  return `${text.replace(HTML, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
}

/** A response on its way out of the emulator: its body as text, so that nobody on the way reads it again. */
export function replyOf(response: ApiResponse): ApiReply {
  const { status, headers, warnings, body } = response
  return { status, headers, warnings, body: typeof body === 'string' ? body : goJson(body) }
}

function lineOf({ type, object }: WatchEvent): string {
  // A followed log comes as text.
  return typeof object === 'string' ? object : goJson({ type, object })
}

interface Watch {
  stop: () => void
  bookmark: () => void
  /** What was not sent yet. */
  text: string
}

/** The session's API for clients outside: reads, and watches by number. */
export class ApiDesk {
  private readonly session: Session
  private readonly send: (message: ApiSaid) => void
  private readonly watches = new Map<number, Watch>()

  constructor(session: Session, send: (message: ApiSaid) => void) {
    this.session = session
    this.send = send
  }

  /** Watches that are open. */
  get open(): number {
    return this.watches.size
  }

  read(user: ApiUser, request: ApiRequest): ApiReply {
    return replyOf(this.session.client(user).request(request))
  }

  watch(id: number, user: ApiUser, request: ApiRequest): ApiReply | null {
    const watch: Watch = { stop: () => {}, bookmark: () => {}, text: '' }
    let over = false
    // Events of one commit travel together.
    const flush = () => {
      if (watch.text !== '') this.send({ watched: id, text: watch.text })
      watch.text = ''
      if (over && this.watches.get(id) === watch) {
        this.unwatch(id)
        this.send({ unwatched: id })
      }
    }
    const opened = this.session.client(user).watch(request, (event) => {
      if (watch.text === '') queueMicrotask(flush)
      watch.text += lineOf(event)
      // The server says why, and hangs up (endpoints/handlers/watch.go); a followed log ends with its container.
      if (event.type === 'ERROR' || (event.type === 'DELETED' && event.object === '')) over = true
    })
    if (!('stop' in opened)) return replyOf(opened)
    watch.stop = opened.stop
    watch.bookmark = opened.bookmark ?? watch.bookmark
    this.watches.set(id, watch)
    return null
  }

  /** Tells a client that asked for bookmarks how far its watch has come. */
  bookmark(id: number): void {
    this.watches.get(id)?.bookmark()
  }

  unwatch(id: number): void {
    this.watches.get(id)?.stop()
    this.watches.delete(id)
  }

  /** What the session says that concerns clients outside. */
  relay(event: Extract<SessionEvent, { type: 'stream' | 'streamEnded' | 'rewound' }>): void {
    if (event.type !== 'rewound') {
      this.send({ stream: event })
      return
    }
    // What was watched is not what is there: clients list again.
    for (const id of [...this.watches.keys()]) {
      this.unwatch(id)
      this.send({ unwatched: id })
    }
  }
}
