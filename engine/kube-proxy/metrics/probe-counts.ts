import type { Json, Stateful } from '../../base/json.ts'

export type Probe = 'healthz' | 'livez'

/** How often /healthz and /livez were asked, by status (ProxyHealthzTotal, ProxyLivezTotal). */
export class ProbeCounts implements Stateful {
  private counts: Readonly<Record<string, number>> = {}

  clear(): void {
    this.counts = {}
  }

  count(probe: Probe, status: number): void {
    const key = `${probe} ${status}`
    this.counts = { ...this.counts, [key]: (this.counts[key] ?? 0) + 1 }
  }

  /** Status to count, in order. */
  of(probe: Probe): readonly (readonly [string, number])[] {
    const own = Object.entries(this.counts).filter(([key]) => key.startsWith(`${probe} `))
    return own.map(([key, count]) => [key.slice(probe.length + 1), count] as const).sort(([a], [b]) => (a < b ? -1 : 1))
  }

  save(): Json {
    return this.counts
  }

  load(state: Json): void {
    this.counts = state as Record<string, number>
  }
}
