import type { Json, Stateful } from '../base/json.ts'

/** Different messages of one kind about one object before they are summed up, and for how long that is remembered, ms. */
const MOST_SIMILAR = 10
const SIMILAR_FOR = 600_000
/** Events about one object from one source: this many at once, then one every five minutes. */
const BURST = 25
const REFILL = 300_000
/** Objects remembered (client-go keeps 4096 in each cache). */
const REMEMBERED = 4096

interface Similar {
  readonly messages: readonly string[]
  readonly at: number
}

interface Bucket {
  readonly tokens: number
  readonly at: number
}

const remember = <T>(cache: Readonly<Record<string, T>>, key: string, value: T): Readonly<Record<string, T>> => {
  const { [key]: _old, ...rest } = cache
  const keys = Object.keys(rest)
  const [oldest] = keys
  if (keys.length >= REMEMBERED && oldest !== undefined) delete (rest as Record<string, T>)[oldest]
  return { ...rest, [key]: value }
}

/** Keeps a flood of Events small (client-go tools/record, EventCorrelator): similar ones are summed up, too many are dropped. */
export class EventCorrelator implements Stateful {
  private similar: Readonly<Record<string, Similar>> = {}
  private buckets: Readonly<Record<string, Bucket>> = {}

  /** Whether this message joins the summary of its kind: the tenth different one within ten minutes does. */
  sumsUp(kind: string, message: string, now: number): boolean {
    const known = this.similar[kind]
    const messages = known === undefined || now - known.at > SIMILAR_FOR ? [] : known.messages
    const all = messages.includes(message) ? messages : [...messages, message]
    const isFull = all.length >= MOST_SIMILAR
    this.similar = remember(this.similar, kind, { messages: isFull ? all.slice(0, MOST_SIMILAR - 1) : all, at: now })
    return isFull
  }

  /** Whether one more Event about this object may be written now (a token bucket). */
  admits(object: string, now: number): boolean {
    const known = this.buckets[object]
    const tokens = known === undefined ? BURST : Math.min(BURST, known.tokens + (now - known.at) / REFILL)
    const admitted = tokens >= 1
    this.buckets = remember(this.buckets, object, { tokens: admitted ? tokens - 1 : tokens, at: now })
    return admitted
  }

  save(): Json {
    return { similar: this.similar, buckets: this.buckets } as unknown as Json
  }

  load(state: Json): void {
    const saved = state as unknown as { similar: Record<string, Similar>; buckets: Record<string, Bucket> }
    this.similar = saved.similar
    this.buckets = saved.buckets
  }
}
