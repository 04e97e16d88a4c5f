import { humanDuration } from '../../base/duration.ts'
import type { Json } from '../../base/json.ts'
import type { KubeObject } from '../object.ts'
import { created, type RowContext } from './kind.ts'

interface ContainerStatus {
  readonly name: string
  readonly ready?: boolean
  readonly started?: boolean
  readonly restartCount?: number
  readonly state?: State
  readonly lastState?: State
}

interface State {
  readonly waiting?: { readonly reason?: string }
  readonly running?: object
  readonly terminated?: {
    readonly reason?: string
    readonly signal?: number
    readonly exitCode?: number
    readonly finishedAt?: string
  }
}

interface Progress {
  reason: string
  restarts: number
  lastRestart: number
  ready: number
  total: number
}

/** A terminated container's reason, or its signal or exit code where it has none. */
function ended(terminated: NonNullable<State['terminated']>): string {
  if (terminated.reason) return terminated.reason
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode ?? 0}`
}

function noteRestart(p: Progress, status: ContainerStatus): void {
  p.restarts += status.restartCount ?? 0
  const at = Date.parse(status.lastState?.terminated?.finishedAt ?? '')
  if (at > p.lastRestart) p.lastRestart = at
}

/** Init containers in order until one is still to be done; returns whether one was. */
function initialising(pod: KubeObject, p: Progress, sidecarRestarts: { count: number; last: number }): boolean {
  const specs = new Map<string, { restartPolicy?: string }>(
    (pod.spec?.initContainers ?? []).map((c: { name: string }) => [c.name, c]),
  )
  const statuses: readonly ContainerStatus[] = pod.status?.initContainerStatuses ?? []
  for (const [i, status] of statuses.entries()) {
    noteRestart(p, status)
    const sidecar = specs.get(status.name)?.restartPolicy === 'Always'
    if (sidecar) {
      sidecarRestarts.count += status.restartCount ?? 0
      sidecarRestarts.last = Math.max(sidecarRestarts.last, Date.parse(status.lastState?.terminated?.finishedAt ?? '') || 0)
    }
    const { terminated, waiting } = status.state ?? {}
    if (terminated !== undefined && terminated.exitCode === 0) continue
    if (sidecar && status.started) {
      if (status.ready) p.ready++
      continue
    }
    if (terminated !== undefined) p.reason = `Init:${ended(terminated)}`
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') p.reason = `Init:${waiting.reason}`
    else p.reason = `Init:${i}/${(pod.spec?.initContainers ?? []).length}`
    return true
  }
  return false
}

function running(pod: KubeObject, p: Progress): void {
  let hasRunning = false
  const statuses: readonly ContainerStatus[] = pod.status?.containerStatuses ?? []
  for (const status of [...statuses].reverse()) {
    noteRestart(p, status)
    const { terminated, waiting } = status.state ?? {}
    if (waiting?.reason) p.reason = waiting.reason
    else if (terminated !== undefined) p.reason = ended(terminated)
    else if (status.ready && status.state?.running) {
      hasRunning = true
      p.ready++
    }
  }
  if (p.reason === 'Completed' && hasRunning) p.reason = condition(pod, 'Ready')?.status === 'True' ? 'Running' : 'NotReady'
}

function condition(pod: KubeObject, type: string): { status: string; reason?: string } | undefined {
  return pod.status?.conditions?.find((c: { type: string }) => c.type === type)
}

/** The row of a pod; printers.go printPod. */
export function podCells(pod: KubeObject, at: RowContext): readonly Json[] {
  const specs: readonly { name: string; restartPolicy?: string }[] = pod.spec?.initContainers ?? []
  const p: Progress = {
    reason: pod.status?.reason || pod.status?.phase || '',
    restarts: 0,
    lastRestart: 0,
    ready: 0,
    total: (pod.spec?.containers ?? []).length + specs.filter((c) => c.restartPolicy === 'Always').length,
  }
  if (condition(pod, 'PodScheduled')?.reason === 'SchedulingGated') p.reason = 'SchedulingGated'
  const sidecars = { count: 0, last: 0 }
  const starting = initialising(pod, p, sidecars)
  if (!starting || condition(pod, 'Initialized')?.status === 'True') {
    p.restarts = sidecars.count
    p.lastRestart = sidecars.last
    running(pod, p)
  }
  const phase = pod.status?.phase
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (pod.status?.reason === 'NodeLost') p.reason = 'Unknown'
    else if (phase !== 'Failed' && phase !== 'Succeeded') p.reason = 'Terminating'
  }
  const restarts =
    p.restarts > 0 && p.lastRestart > 0 ? `${p.restarts} (${humanDuration(at.now - p.lastRestart)} ago)` : String(p.restarts)
  const gates: readonly { conditionType: string }[] = pod.spec?.readinessGates ?? []
  const passed = gates.filter((g) => condition(pod, g.conditionType)?.status === 'True').length
  return [
    pod.metadata.name,
    `${p.ready}/${p.total}`,
    p.reason,
    restarts,
    created(pod, at),
    pod.status?.podIPs?.[0]?.ip || pod.status?.podIP || '<none>',
    pod.spec?.nodeName || '<none>',
    pod.status?.nominatedNodeName || '<none>',
    gates.length === 0 ? '<none>' : `${passed}/${gates.length}`,
  ]
}
