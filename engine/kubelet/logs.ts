import type { LogRequest } from '../apiserver/node-proxy.ts'
import type { Json, Stateful } from '../base/json.ts'
import type { Clock } from '../clock/clock.ts'

interface Line {
  readonly at: number
  readonly text: string
}

/** Lines kept of one container; a real node rotates its files too. */
const KEPT = 2000

/** What containers wrote to stdout and stderr, by "namespace/pod/container" and run. */
export class ContainerLogs implements Stateful {
  private readonly clock: Clock
  private lines: Readonly<Record<string, readonly Line[]>> = {}
  private readonly listeners = new Map<string, Set<(text: string) => void>>()

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Adds text that ends in a newline. */
  append(namespace: string, pod: string, container: string, text: string): void {
    const key = `${namespace}/${pod}/${container}`
    const added = text
      .split('\n')
      .slice(0, -1)
      .map((line) => ({ at: this.clock.now, text: line }))
    this.lines = { ...this.lines, [key]: [...(this.lines[key] ?? []), ...added].slice(-KEPT) }
    for (const listener of [...(this.listeners.get(key) ?? [])]) listener(text)
  }

  /** A container that starts again begins a new log; the old one stays as the previous. */
  rotate(namespace: string, pod: string, container: string): void {
    const key = `${namespace}/${pod}/${container}`
    this.lines = { ...this.lines, [`${key}/previous`]: this.lines[key] ?? [], [key]: [] }
  }

  forget(namespace: string, pod: string): void {
    const prefix = `${namespace}/${pod}/`
    if (!Object.keys(this.lines).some((key) => key.startsWith(prefix))) return
    this.lines = Object.fromEntries(Object.entries(this.lines).filter(([key]) => !key.startsWith(prefix)))
  }

  has(request: LogRequest): boolean {
    return keyOf(request) in this.lines
  }

  read(request: LogRequest): string {
    const { tailLines, timestamps, limitBytes } = request
    const since = sinceOf(request, this.clock.now)
    const all = (this.lines[keyOf(request)] ?? []).filter((line) => line.at >= since)
    const lines = tailLines === undefined ? all : tailLines === 0 ? [] : all.slice(-tailLines)
    const text = lines.map((line) => `${timestamps ? `${stamp(line.at)} ` : ''}${line.text}\n`).join('')
    return limitBytes === undefined ? text : text.slice(0, limitBytes)
  }

  follow(request: LogRequest, onChunk: (text: string) => void): () => void {
    const key = keyOf(request)
    const listeners = this.listeners.get(key) ?? new Set()
    this.listeners.set(key, listeners)
    const listener = (text: string) => onChunk(request.timestamps ? text.replace(/^(?=.)/gm, `${stamp(this.clock.now)} `) : text)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  save(): Json {
    return this.lines as unknown as Json
  }

  load(state: Json): void {
    this.lines = state as unknown as Record<string, readonly Line[]>
  }
}

function keyOf({ namespace, pod, container, previous }: LogRequest): string {
  return `${namespace}/${pod}/${container}${previous ? '/previous' : ''}`
}

function sinceOf({ sinceSeconds, sinceTime }: LogRequest, now: number): number {
  if (sinceSeconds !== undefined) return now - sinceSeconds * 1000
  return sinceTime === undefined ? Number.NEGATIVE_INFINITY : Date.parse(sinceTime)
}

/** RFC 3339 with nanoseconds, as the CRI writes it. */
function stamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000000Z')
}
