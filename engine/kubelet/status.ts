import type { KubeObject } from '../api/object.ts'
import { timeText } from '../controllers/env.ts'
import { fullReference, imageId } from './image.ts'
import type { ContainerState, PodState } from './pod-state.ts'
import { roleOf } from './spec.ts'

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime: string
}

const time = (ms: number | undefined) => timeText(ms ?? 0)

function stateOf(c: ContainerState): object {
  if (c.phase === 'running') return { running: { startedAt: time(c.startedAt) } }
  if (c.phase === 'waiting') return { waiting: { reason: c.reason, ...(c.message === undefined ? {} : { message: c.message }) } }
  return {
    terminated: {
      exitCode: c.exitCode ?? 0,
      reason: c.reason,
      startedAt: time(c.startedAt),
      finishedAt: time(c.finishedAt),
      containerID: c.containerId,
    },
  }
}

function containerStatus(c: ContainerState, minor: number, isStub: boolean): object {
  const has = c.containerId !== undefined
  const last = c.last && {
    terminated: {
      exitCode: c.last.exitCode,
      reason: c.last.reason,
      startedAt: time(c.last.startedAt),
      finishedAt: time(c.last.finishedAt),
      containerID: c.last.containerId,
    },
  }
  return {
    name: c.name,
    state: stateOf(c),
    lastState: last ?? {},
    ready: c.ready,
    restartCount: c.restarts,
    image: has && !isStub ? fullReference(c.image) : c.image,
    imageID: has ? imageId(c.image) : '',
    ...(has ? { containerID: c.containerId } : {}),
    started: c.started,
    ...(minor >= 35 && has && !isStub ? { resources: {} } : {}),
  }
}

/** Init containers that are not through yet; a sidecar is through once it has started. */
function incomplete(object: KubeObject, pod: PodState): readonly string[] {
  const isThrough = (c: ContainerState) =>
    roleOf(object, c.name) === 'sidecar' ? c.started || pod.stage === 'finished' : c.phase === 'terminated' && c.exitCode === 0
  return pod.inits.filter((c) => !isThrough(c)).map((c) => c.name)
}

/** getPhase (pkg/kubelet/kubelet_pods.go). */
function phaseOf(object: KubeObject, pod: PodState): string {
  const { containers, stage } = pod
  const isLeft = incomplete(object, pod).length > 0
  if (stage === 'finished') {
    const isFine = pod.reason === undefined && !isLeft && containers.every((c) => c.exitCode === 0)
    return isFine ? 'Succeeded' : 'Failed'
  }
  if (isLeft) return 'Pending'
  // A container that will be started again leaves its pod running.
  if (containers.some((c) => c.phase === 'running' || (stage === 'running' && c.last !== undefined))) return 'Running'
  if (containers.every((c) => c.phase === 'terminated')) {
    if (stage === 'running' || stage === 'starting') return 'Running'
    return containers.every((c) => c.exitCode === 0) ? 'Succeeded' : 'Failed'
  }
  return 'Pending'
}

/** A pod's status as its kubelet reports it (pkg/kubelet/status and kubelet_pods.go). */
export function podStatus(object: KubeObject, pod: PodState, host: string, now: number, minor: number, isStub: boolean): object {
  const before: readonly Condition[] = object.status?.conditions ?? []
  const generation = minor >= 34 ? object.metadata.generation : undefined
  const phase = phaseOf(object, pod)
  const left = incomplete(object, pod)
  const sidecars = pod.inits.filter((c) => roleOf(object, c.name) === 'sidecar')
  const unready = [...sidecars, ...pod.containers].filter((c) => !c.ready).map((c) => c.name)
  const done = phase === 'Succeeded' || phase === 'Failed'
  const reason = done ? (phase === 'Failed' ? 'PodFailed' : 'PodCompleted') : 'ContainersNotReady'
  const message = done ? undefined : `containers with unready status: [${unready.join(' ')}]`
  const condition = (type: string, isTrue: boolean, why?: string, words?: string): object => {
    const status = isTrue ? 'True' : 'False'
    const old = before.find((c) => c.type === type)
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : timeText(now)
    return {
      type,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      status,
      lastProbeTime: null,
      lastTransitionTime,
      ...(isTrue || why === undefined ? {} : { reason: why }),
      ...(isTrue || words === undefined ? {} : { message: words }),
    }
  }
  const isReady = unready.length === 0 && pod.containers.length > 0
  const gates: readonly { conditionType: string }[] = object.spec.readinessGates ?? []
  const gatesOpen = gates.every((g) => before.some((c) => c.type === g.conditionType && c.status === 'True'))
  const own = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'])
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    phase,
    conditions: [
      ...before.filter((c) => !own.has(c.type)),
      ...(minor >= 29 ? [condition('PodReadyToStartContainers', pod.ip !== undefined && !done)] : []),
      condition(
        'Initialized',
        left.length === 0,
        'ContainersNotInitialized',
        `containers with incomplete status: [${left.join(' ')}]`,
      ),
      condition('Ready', isReady && gatesOpen, reason, message),
      condition('ContainersReady', isReady, reason, message),
      condition('PodScheduled', true),
    ],
    hostIP: host,
    ...(minor >= 29 ? { hostIPs: [{ ip: host }] } : {}),
    ...(pod.ip === undefined ? {} : { podIP: pod.ip, podIPs: [{ ip: pod.ip }] }),
    startTime: timeText(pod.startTime),
    ...(pod.reason === undefined ? {} : { reason: pod.reason, message: pod.message }),
    ...(pod.inits.length > 0 ? { initContainerStatuses: pod.inits.map((c) => containerStatus(c, minor, isStub)) } : {}),
    containerStatuses: pod.containers.map((c) => containerStatus(c, minor, isStub)),
    ...(pod.ephemerals.length > 0
      ? { ephemeralContainerStatuses: pod.ephemerals.map((c) => containerStatus(c, minor, isStub)) }
      : {}),
    ...(object.status?.qosClass === undefined ? {} : { qosClass: object.status.qosClass }),
  }
}
