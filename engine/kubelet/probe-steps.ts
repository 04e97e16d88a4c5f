import type { KubeObject } from '../api/object.ts'
import type { ContainerEnds } from './endings.ts'
import { containerState, withContainer } from './pod-state.ts'
import type { KubeletPort } from './port.ts'
import { execProbe, type Probe, type ProbeKind, probeOf, runProbe } from './probes.ts'
import { fieldPath, roleOf, specOf } from './spec.ts'

const KINDS: readonly ProbeKind[] = ['startup', 'readiness', 'liveness']
const WORDS: Readonly<Record<ProbeKind, string>> = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' }

/** Runs a pod's probes on time, and draws the consequences: ready or not, or started again (pkg/kubelet/prober). */
export class ProbeSteps {
  private readonly kubelet: KubeletPort
  private readonly ends: ContainerEnds

  constructor(kubelet: KubeletPort, ends: ContainerEnds) {
    this.kubelet = kubelet
    this.ends = ends
  }

  /** Begins the probes of a container that has just started. */
  begin(pod: KubeObject, name: string): void {
    for (const kind of KINDS) this.plan(pod, name, kind, true)
  }

  /** `args` is "CONTAINER/KIND". */
  run(pod: KubeObject, args: string): void {
    const [container = '', kind] = args.split('/') as [string, ProbeKind]
    const probe = probeOf(pod, container, kind)
    const node = this.kubelet.nodeNetns()
    const state = this.kubelet.stateOf(pod)
    const own = containerState(state, container)
    if (probe === undefined || node === undefined || own?.phase !== 'running' || state.stage === 'stopping') return
    // Until a container has started, only its startup probe runs; afterwards never again.
    if (kind === 'startup' ? own.started : !own.started) {
      if (kind !== 'startup') this.plan(pod, container, kind, false)
      return
    }
    if (probe.exec === undefined) {
      const { ok, message } = runProbe(node, pod, container, probe, state.ip ?? '', this.kubelet.options.env.minor)
      this.answered(pod, container, kind, probe, ok, message)
      return
    }
    const run = own.restarts
    const { mains, env } = this.kubelet.options
    if (mains?.runtime !== undefined) void env.clock.sleep(0)
    execProbe(mains, state, container, probe.exec.command, (ok, message) => {
      const now = this.kubelet.stateOf(pod)
      if (now !== undefined && containerState(now, container)?.restarts === run)
        this.answered(pod, container, kind, probe, ok, message)
    })
  }

  private answered(pod: KubeObject, container: string, kind: ProbeKind, probe: Probe, ok: boolean, message: string): void {
    const state = this.kubelet.stateOf(pod)
    const args = `${container}/${kind}`
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
    const startedAt = containerState(state, container)?.startedAt ?? 0
    const { clock } = this.kubelet.options.env
    const first = Math.max(0, startedAt + (probe.initialDelaySeconds ?? 0) * 1000 - clock.now)
    this.kubelet.later('probe', isFirst ? first : period, `${state.uid} ${container}/${kind}`)
  }

  private succeeded(pod: KubeObject, container: string, kind: ProbeKind): void {
    if (kind === 'liveness') return
    const spec = specOf(pod, container)
    const ready = kind === 'readiness' || spec?.readinessProbe === undefined
    this.change(pod, container, kind === 'startup' ? { started: true, ready } : { ready: true })
    if (kind === 'startup' && roleOf(pod, container) === 'sidecar')
      this.kubelet.later('advance', 0, this.kubelet.stateOf(pod).uid)
  }

  private failed(pod: KubeObject, container: string, kind: ProbeKind): void {
    if (kind === 'readiness') {
      this.change(pod, container, { ready: false })
      return
    }
    this.tell(pod, container, 'Killing', `Container ${container} failed ${kind} probe, will be restarted`, 'Normal')
    this.ends.kill(pod, container)
  }

  private change(pod: KubeObject, container: string, change: { readonly ready?: boolean; readonly started?: boolean }): void {
    const state = this.kubelet.stateOf(pod)
    const own = containerState(state, container)
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
    this.kubelet.tell(pod, reason, message, { type, fieldPath: fieldPath(pod, container) })
  }
}
