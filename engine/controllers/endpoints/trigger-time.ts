import type { KubeObject } from '../../api/object.ts'
import type { Json, Stateful } from '../../base/json.ts'
import { keyOf, timeText } from '../env.ts'
import { podCondition } from '../pods.ts'

interface Known {
  readonly service: number
  readonly pods: Readonly<Record<string, number>>
}

export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time'

/** Remembers when what last changed a Service's endpoints happened (pkg/controller/util/endpoint/trigger_time_tracker.go). */
export class TriggerTimes implements Stateful {
  private readonly known = new Map<string, Known>()
  private saved: Json | undefined

  /** The annotation's value for this change, or undefined if nothing with a time of its own caused it. */
  next(service: KubeObject, pods: readonly KubeObject[]): string | undefined {
    const before = this.known.get(keyOf(service))
    this.learn(service, pods)
    const now = this.known.get(keyOf(service)) as Known
    if (before === undefined) return timeText(now.service)
    const changed = Object.entries(now.pods).filter(([pod, time]) => time > (before.pods[pod] ?? 0))
    const times = changed.map(([, time]) => time)
    if (now.service > before.service) times.push(now.service)
    return times.length === 0 ? undefined : timeText(Math.min(...times))
  }

  /** Takes note without asking: what a controller that has run for long knows already. */
  learn(service: KubeObject, pods: readonly KubeObject[]): void {
    const times = pods.map((pod): [string, number] => [
      pod.metadata.name,
      Date.parse(podCondition(pod, 'Ready')?.lastTransitionTime ?? '') || 0,
    ])
    const created = Date.parse(service.metadata.creationTimestamp ?? '') || 0
    this.known.set(keyOf(service), { service: created, pods: Object.fromEntries(times) })
    this.saved = undefined
  }

  forget(key: string): void {
    if (this.known.delete(key)) this.saved = undefined
  }

  save(): Json {
    this.saved ??= Object.fromEntries(this.known) as unknown as Json
    return this.saved
  }

  load(state: Json): void {
    this.known.clear()
    for (const [key, known] of Object.entries(state as unknown as Record<string, Known>)) this.known.set(key, known)
    this.saved = state
  }
}
