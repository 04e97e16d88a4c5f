import type { KubeObject } from '../api/object.ts'
import { withContainer } from './pod-state.ts'
import type { KubeletPort } from './port.ts'
import { type ProbeKind, probeOf, runProbe } from './probes.ts'
import { containersOf } from './runtime.ts'

const KINDS: readonly ProbeKind[] = ['startup', 'readiness', 'liveness']
const WORDS: Readonly<Record<ProbeKind, string>> = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' }

/** Runs a pod's probes on time, and draws the consequences: ready or not, or started again (pkg/kubelet/prober). */
export class ProbeSteps {
  private readonly kubelet: KubeletPort

  constructor(kubelet: KubeletPort) {
    this.kubelet = kubelet
  }

  start(pod: KubeObject): void {
    if (this.kubelet.options.lifecycle.name === 'stub') return
    for (const { name } of containersOf(pod)) for (const kind of KINDS) this.plan(pod, name, kind, true)
  }

  /** `args` is "CONTAINER/KIND". */
  run(pod: KubeObject, args: string): void {
    const [container = '', kind] = args.split('/') as [string, ProbeKind]
    const probe = probeOf(pod, container, kind)
    const node = this.kubelet.nodeNetns()
    const state = this.kubelet.stateOf(pod)
    const own = state.containers.find((c) => c.name === container)
    if (probe === undefined || node === undefined || own?.phase !== 'running' || state.stage === 'stopping') return
    // Until a container has started, only its startup probe runs; afterwards never again.
    if (kind === 'startup' ? own.started : !own.started) {
      if (kind !== 'startup') this.plan(pod, container, kind, false)
      return
    }
    const { ok, message } = runProbe(node, pod, container, probe, state.ip ?? '', this.kubelet.options.env.minor)
    const before = state.probes[args] ?? 0
    const streak = ok ? Math.max(0, before) + 1 : Math.min(0, before) - 1
    this.kubelet.put({ ...state, probes: { ...state.probes, [args]: streak } })
    if (!ok) this.tell(pod, container, 'Unhealthy', `${WORDS[kind]} probe failed: ${message}`)
    this.plan(pod, container, kind, false)
    if (streak >= (probe.successThreshold ?? 1)) this.succeeded(pod, container, kind)
    else if (-streak >= (probe.failureThreshold ?? 3)) this.failed(pod, container, kind)
  }

  private plan(pod: KubeObject, container: string, kind: ProbeKind, isFirst: boolean): void {
    const probe = probeOf(pod, container, kind)
    if (probe === undefined) return
    const period = (probe.periodSeconds ?? 10) * 1000
    const state = this.kubelet.stateOf(pod)
    const startedAt = state.containers.find((c) => c.name === container)?.startedAt ?? 0
    const { clock } = this.kubelet.options.env
    const first = Math.max(0, startedAt + (probe.initialDelaySeconds ?? 0) * 1000 - clock.now)
    this.kubelet.later('probe', isFirst ? first : period, `${state.uid} ${container}/${kind}`)
  }

  private succeeded(pod: KubeObject, container: string, kind: ProbeKind): void {
    if (kind === 'liveness') return
    const spec = (pod.spec.containers as KubeObject[string][]).find((c) => c.name === container)
    const ready = kind === 'readiness' || spec?.readinessProbe === undefined
    this.change(pod, container, kind === 'startup' ? { started: true, ready } : { ready: true })
  }

  private failed(pod: KubeObject, container: string, kind: ProbeKind): void {
    if (kind === 'readiness') {
      this.change(pod, container, { ready: false })
      return
    }
    this.tell(pod, container, 'Killing', `Container ${container} failed ${kind} probe, will be restarted`, 'Normal')
    this.restart(pod, container)
  }

  private restart(pod: KubeObject, container: string): void {
    const { runtime, env, logs } = this.kubelet.options
    const state = this.kubelet.stateOf(pod)
    const own = state.containers.find((c) => c.name === container)
    if (own === undefined) return
    runtime.stopContainer(pod, container)
    logs.rotate(state.namespace, state.name, container)
    const last = {
      exitCode: 137,
      reason: 'Error',
      startedAt: own.startedAt ?? 0,
      finishedAt: env.clock.now,
      containerId: own.containerId ?? '',
    }
    const probes = Object.fromEntries(Object.entries(state.probes).filter(([key]) => !key.startsWith(`${container}/`)))
    const waiting = {
      phase: 'waiting' as const,
      reason: 'ContainerCreating',
      ready: false,
      started: false,
      restarts: own.restarts + 1,
      last,
    }
    this.kubelet.put(withContainer({ ...state, probes }, container, waiting))
    this.kubelet.later('container', 300, `${state.uid} ${container}`)
  }

  private change(pod: KubeObject, container: string, change: { readonly ready?: boolean; readonly started?: boolean }): void {
    const state = this.kubelet.stateOf(pod)
    const own = state.containers.find((c) => c.name === container)
    if (own === undefined || Object.entries(change).every(([k, v]) => own[k as 'ready' | 'started'] === v)) return
    this.kubelet.put(withContainer(state, container, change))
    this.kubelet.report(pod)
  }

  private tell(
    pod: KubeObject,
    container: string,
    reason: string,
    message: string,
    type: 'Normal' | 'Warning' = 'Warning',
  ): void {
    this.kubelet.tell(pod, reason, message, { type, fieldPath: `spec.containers{${container}}` })
  }
}
