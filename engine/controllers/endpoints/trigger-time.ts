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
  private known: Readonly<Record<string, Known>> = {}

  /** The annotation's value for this change, or undefined if nothing with a time of its own caused it. */
  next(service: KubeObject, pods: readonly KubeObject[]): string | undefined {
    const before = this.known[keyOf(service)]
    this.learn(service, pods)
    const now = this.known[keyOf(service)] as Known
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
    this.known = { ...this.known, [keyOf(service)]: { service: created, pods: Object.fromEntries(times) } }
  }

  forget(key: string): void {
    const { [key]: _gone, ...rest } = this.known
    this.known = rest
  }

  save(): Json {
    return this.known as unknown as Json
  }

  load(state: Json): void {
    this.known = state as unknown as Record<string, Known>
  }
}
