import type { ApiRequest, ApiResponse, Json, Session, WatchEvent } from '../../../engine/index.ts'

/** An API of one path, /count: GET reads it, POST adds one, a watch hears of every change. */
export class FakeApi {
  private readonly count: () => number
  private readonly add: () => void
  private readonly watchers = new Set<(event: WatchEvent) => void>()

  constructor(count: () => number, add: () => void) {
    this.count = count
    this.add = add
  }

  client(): ReturnType<Session['client']> {
    return {
      request: (request) => this.request(request),
      watch: (_request, onEvent) => {
        this.watchers.add(onEvent)
        return { stop: () => void this.watchers.delete(onEvent) }
      },
    }
  }

  request({ method }: ApiRequest): ApiResponse {
    if (method === 'POST') {
      this.add()
      for (const tell of this.watchers) tell({ type: 'MODIFIED', object: this.body() })
    }
    return { status: 200, headers: { 'content-type': 'application/json' }, warnings: [], body: this.body() }
  }

  private body(): Json {
    return { count: this.count() }
  }
}
