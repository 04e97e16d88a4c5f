import type { KubeObject } from '../api/object.ts'
import { argvOf, finiteCommand, isShellImage, isShellName } from './command.ts'
import { containerState, everyContainer, withContainer } from './pod-state.ts'
import type { KubeletPort } from './port.ts'
import { type ContainerSpec, fieldPath, restarts, roleOf, specOf } from './spec.ts'

/** A container that failed waits this long at least and at most before it starts again, ms (MaxContainerBackOff). */
const FIRST_BACK_OFF = 10_000
const LONGEST_BACK_OFF = 300_000
/** One that ran this long is forgiven. */
const FORGIVEN = 600_000
/** What a program of ours ends with that is valid and not emulated. */
const NOT_EMULATED = 64
/** From a container's end to the kubelet's next look at its pod. */
const NOTICED = 700

/** How containers end, and what comes after: a restart, a back-off, the end of the pod. */
export class ContainerEnds {
  private readonly kubelet: KubeletPort

  constructor(kubelet: KubeletPort) {
    this.kubelet = kubelet
  }

  /** Lets a started container do what its command says: serve, run a while and end, or be run by the runtime. */
  live(pod: KubeObject, spec: ContainerSpec): void {
    const { runtime } = this.kubelet.options
    const argv = argvOf(spec)
    if (argv === undefined) {
      runtime.startContainer(pod, spec.name)
      // A shell that nobody speaks to reads the end of its input and is done.
      if (isShellImage(spec.image) && spec.stdin !== true) this.finish(pod, spec.name, 0)
      else if (isShellImage(spec.image)) this.attach(pod, spec)
      return
    }
    const plain = finiteCommand(argv)
    if (plain === undefined) {
      if (!this.attach(pod, spec)) runtime.startContainer(pod, spec.name)
      return
    }
    this.play(pod, `${spec.name}/${this.runOf(pod, spec.name)}/0`)
  }

  /** Goes on with a plain command; `args` is "CONTAINER/RUN/STEP". */
  play(pod: KubeObject, args: string): void {
    const [name = '', run = '0', from = '0'] = args.split('/')
    const { logs, env } = this.kubelet.options
    const state = this.kubelet.stateOf(pod)
    const spec = specOf(pod, name)
    if (spec === undefined || containerState(state, name)?.phase !== 'running' || this.runOf(pod, name) !== Number(run)) return
    const plain = finiteCommand(argvOf(spec) ?? [])
    if (plain === undefined) return
    for (let i = Number(from); i < plain.steps.length; i++) {
      const step = plain.steps[i]
      if (step !== undefined && 'wait' in step) {
        this.kubelet.later('play', step.wait, `${state.uid} ${name}/${run}/${i + 1}`)
        return
      }
      const text = step !== undefined && 'print' in step ? step.print : `${date(env.clock.now)}\n`
      logs.append(state.namespace, state.name, name, text)
    }
    if (plain.exit !== undefined) this.finish(pod, name, plain.exit)
  }

  /** A container's first process ended. */
  finish(pod: KubeObject, name: string, exitCode: number, reason?: string): void {
    const { env, lifecycle, runtime } = this.kubelet.options
    const state = this.kubelet.stateOf(pod)
    if (state === undefined || containerState(state, name)?.phase !== 'running') return
    runtime.stopContainer(pod, name)
    const ended = {
      phase: 'terminated' as const,
      reason: reason ?? (exitCode === 0 ? 'Completed' : 'Error'),
      exitCode,
      finishedAt: env.clock.now,
      ready: roleOf(pod, name) === 'init' && exitCode === 0,
      started: false,
    }
    this.kubelet.put(withContainer(state, name, ended))
    if (lifecycle.name === 'stub') this.noticed(pod, name)
    else this.kubelet.later('ended', NOTICED, `${state.uid} ${name}/${this.runOf(pod, name)}`)
  }

  /** The kubelet sees that a container ended; `args` is "CONTAINER/RUN". */
  noticed(pod: KubeObject, args: string): void {
    const [name = '', run] = args.split('/')
    const state = this.kubelet.stateOf(pod)
    const own = containerState(state, name)
    if (own?.phase !== 'terminated' || state.stage === 'stopping' || state.stage === 'finished') return
    if (run !== undefined && Number(run) !== own.restarts) return
    const { lifecycle } = this.kubelet.options
    if (lifecycle.name !== 'stub' && restarts(pod, name, own.exitCode ?? 0)) {
      this.kubelet.report(pod)
      this.startAgain(pod, name)
      return
    }
    const role = roleOf(pod, name)
    if (role === 'init' && own.exitCode === 0) {
      this.kubelet.report(pod)
      this.kubelet.later('advance', lifecycle.start, state.uid)
      return
    }
    const isOver = role === 'init' || state.containers.every((c) => c.phase === 'terminated')
    if (isOver) this.endPod(pod)
    this.kubelet.report(pod)
  }

  /** After its liveness or startup probe failed for good. */
  kill(pod: KubeObject, name: string): void {
    this.finish(pod, name, this.heeds(pod, name) ? 0 : 137)
  }

  /** Whether its first process ends when it is told to: a server does, a shell or sleep as process 1 does not. */
  heeds(pod: KubeObject, name: string): boolean {
    const spec = specOf(pod, name)
    return spec !== undefined && argvOf(spec) === undefined && this.kubelet.options.runtime.heedsTerm(pod, name)
  }

  /** Starts the container once more: at once the first time, then ten seconds after its end, twenty, forty… (doBackOff). */
  private startAgain(pod: KubeObject, name: string): void {
    const { env } = this.kubelet.options
    const state = this.kubelet.stateOf(pod)
    const own = containerState(state, name)
    if (own === undefined) return
    const { startedAt = 0, finishedAt = 0 } = own
    const backOff = finishedAt - startedAt > FORGIVEN ? undefined : own.backOff
    const next = Math.min(LONGEST_BACK_OFF, backOff === undefined ? FIRST_BACK_OFF : backOff * 2)
    const run = `${state.uid} ${name}/${own.restarts}`
    this.kubelet.put(withContainer(state, name, { backOff: next }))
    if (backOff === undefined) {
      this.kubelet.later('restart', 0, run)
      return
    }
    const full = `${pod.metadata.name}_${pod.metadata.namespace}(${state.uid})`
    const message = `back-off ${text(backOff)} restarting failed container=${name} pod=${full}`
    this.kubelet.tell(pod, 'BackOff', `Back-off restarting failed container ${name} in pod ${full}`, {
      type: 'Warning',
      fieldPath: fieldPath(pod, name),
    })
    const last = lastOf(own)
    const waiting = { phase: 'waiting' as const, reason: 'CrashLoopBackOff', message, last }
    this.kubelet.put(withContainer(this.kubelet.stateOf(pod), name, waiting))
    this.kubelet.later('report', 300, state.uid)
    this.kubelet.later('restart', Math.max(0, finishedAt + backOff - env.clock.now), run)
  }

  /** `args` is "CONTAINER/RUN": the run that is over. */
  restart(pod: KubeObject, args: string): void {
    const [name = '', run] = args.split('/')
    const { logs } = this.kubelet.options
    const state = this.kubelet.stateOf(pod)
    const own = containerState(state, name)
    if (own === undefined || own.restarts !== Number(run) || state.stage === 'stopping' || state.stage === 'finished') return
    logs.rotate(state.namespace, state.name, name)
    const probes = Object.fromEntries(Object.entries(state.probes).filter(([key]) => !key.startsWith(`${name}/`)))
    const { message: _message, probed: _probed, ...rest } = own
    const again = {
      ...rest,
      phase: 'waiting' as const,
      reason: 'ContainerCreating',
      restarts: own.restarts + 1,
      ...(own.phase === 'terminated' ? { last: lastOf(own) } : {}),
    }
    const swap = (list: readonly (typeof own)[]) => list.map((c) => (c.name === name ? again : c))
    this.kubelet.put({ ...state, probes, inits: swap(state.inits), containers: swap(state.containers) })
    this.kubelet.later('container', 150, `${state.uid} ${name}`)
  }

  /** Every container that counts ended: what still runs beside them is stopped, the pod is over. */
  endPod(pod: KubeObject): void {
    const { runtime, env } = this.kubelet.options
    let state = this.kubelet.stateOf(pod)
    for (const { name, phase } of everyContainer(state)) {
      if (phase !== 'running') continue
      runtime.stopContainer(pod, name)
      const ended = { phase: 'terminated' as const, reason: 'Completed', exitCode: 0, finishedAt: env.clock.now }
      state = withContainer(state, name, { ...ended, ready: false, started: false })
    }
    this.kubelet.put({ ...state, stage: 'finished' })
  }

  /** The runtime runs it, if there is one; says whether it does. */
  private attach(pod: KubeObject, spec: ContainerSpec): boolean {
    const { mains } = this.kubelet.options
    if (mains?.runtime === undefined) return false
    // The program is started in a container that the API knows to run.
    this.kubelet.later('program', 0, `${pod.metadata.uid} ${spec.name}/${this.runOf(pod, spec.name)}`)
    return true
  }

  /** The program of a container that runs already, anew: the cluster was loaded, and programs are in no snapshot. */
  resume(pod: KubeObject, spec: ContainerSpec): void {
    const argv = argvOf(spec)
    const isShell = isShellImage(spec.image) || isShellName(argv?.[0] ?? '')
    const isProgram = argv === undefined ? spec.stdin === true : finiteCommand(argv) === undefined
    // What the table of workloads runs is in its sockets, and those were loaded.
    if (isShell && isProgram) this.program(pod, `${spec.name}/${this.runOf(pod, spec.name)}`, true)
  }

  /** Starts the program of a container that runs since a moment; `args` is "CONTAINER/RUN". */
  program(pod: KubeObject, args: string, resumed = false): void {
    const [wanted = '', run] = args.split('/')
    const { mains, logs, env, runtime } = this.kubelet.options
    const spec = specOf(pod, wanted)
    if (spec === undefined || this.runOf(pod, wanted) !== Number(run)) return
    const { namespace = 'default', name } = pod.metadata
    const { name: container, stdin = false, stdinOnce = false, tty = false } = spec
    const command = argvOf(spec) ?? ['sh']
    if (!resumed) this.kubelet.report(pod)
    // What it says at once it has said before.
    const silentAt = resumed ? env.clock.now : undefined
    const partial = { text: '' }
    // Time stands still until the program has had its turn.
    void this.kubelet.options.env.clock.sleep(0)
    const refused = mains?.start(
      { namespace, pod: name, container, command, stdin, stdinOnce, tty },
      (output) => {
        const lines = partial.text + output
        const end = lines.lastIndexOf('\n') + 1
        partial.text = lines.slice(end)
        if (end > 0 && env.clock.now !== silentAt) logs.append(namespace, name, container, lines.slice(0, end))
      },
      (code) => {
        if (this.runOf(pod, container) !== Number(run)) return
        // Its log says that it is not emulated: the container idles, as one does whose image nobody knows.
        if (code === NOT_EMULATED) runtime.startContainer(pod, container)
        else this.finish(pod, container, code)
      },
    )
    if (refused === undefined) return
    // Which programs an image has is known of the small ones only; a server is started by its image.
    if (!isShellImage(spec.image)) {
      runtime.startContainer(pod, container)
      return
    }
    const words = refused.error.replace(/^failed to exec in container: failed to start exec "[^"]*": /, '')
    this.kubelet.tell(pod, 'Failed', `Error: failed to create containerd task: failed to create shim task: ${words}`, {
      type: 'Warning',
      fieldPath: fieldPath(pod, container),
    })
    this.finish(pod, container, 128, 'StartError')
  }

  private runOf(pod: KubeObject, name: string): number {
    const state = this.kubelet.stateOf(pod)
    return (state && containerState(state, name)?.restarts) ?? 0
  }
}

function lastOf(c: {
  readonly exitCode?: number
  readonly reason?: string
  readonly startedAt?: number
  readonly finishedAt?: number
  readonly containerId?: string
}) {
  return {
    exitCode: c.exitCode ?? 0,
    reason: c.reason ?? 'Error',
    startedAt: c.startedAt ?? 0,
    finishedAt: c.finishedAt ?? 0,
    containerId: c.containerId ?? '',
  }
}

/** "10s", "1m20s", "5m0s" as Go writes durations. */
function text(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}

/** date(1) in UTC, as images without a locale print it. */
function date(ms: number): string {
  const [day, number, month, year, time] = new Date(ms).toUTCString().replace(',', '').split(' ')
  return `${day} ${month} ${String(Number(number)).padStart(2, ' ')} ${time} UTC ${year}`
}
