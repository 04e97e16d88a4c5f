import type { KubeObject } from '../api/object.ts'
import { StatusError } from '../api/status.ts'
import type { StoreEvent } from '../api/store.ts'
import type { Json, Stateful } from '../base/json.ts'
import { nodeNetns } from '../cni/plugin.ts'
import { type ApiWriter, R, sameValue } from '../controllers/env.ts'
import type { RecordOptions } from '../controllers/events.ts'
import { isFinished } from '../controllers/pods.ts'
import { ContainerSteps } from './container-steps.ts'
import { ContainerEnds } from './endings.ts'
import { isMirror, mirrorOf } from './mirror.ts'
import { type ContainerState, everyContainer, newContainer, type PodState, withContainer } from './pod-state.ts'
import type { KubeletOptions, KubeletPort } from './port.ts'
import { ProbeSteps } from './probe-steps.ts'
import { containersOf } from './runtime.ts'
import { type ContainerSpec, ephemeralsOf, fieldPath, initsOf, specOf } from './spec.ts'
import { podStatus } from './status.ts'

interface Saved {
  readonly running: boolean
  readonly images: readonly string[]
  readonly pods: Readonly<Record<string, PodState>>
}

const PAST_DEADLINE = 'Pod was active on the node longer than the specified deadline'
/** A failed sandbox is tried again after this long, ms. */
const SANDBOX_RETRY = 12_000

/**
 * The kubelet of one node: brings pods bound to it up, keeps their status, and takes them down again. What takes time is a task
 * on the clock; a pod's stage says which task comes next.
 */
export class Kubelet implements Stateful, KubeletPort {
  readonly options: KubeletOptions
  private readonly api: ApiWriter
  private readonly ends: ContainerEnds
  private readonly containers: ContainerSteps
  private readonly probes: ProbeSteps
  private saved: Saved = { running: false, images: [], pods: {} }

  constructor(options: KubeletOptions) {
    this.options = options
    const { env } = options
    this.api = env.writer('kubelet')
    this.ends = new ContainerEnds(this)
    this.containers = new ContainerSteps(this, this.ends)
    this.probes = new ProbeSteps(this, this.ends)
    const handle = (step: string, act: (pod: KubeObject, args: string) => void) =>
      env.clock.handle(this.task(step), (args) => {
        const [uid = '', rest = ''] = (args as string).split(' ')
        const state = this.saved.pods[uid]
        if (state === undefined || !this.saved.running) return
        const pod = env.store.get(R.pods, state.namespace, state.name)
        if (pod?.metadata.uid === uid) act(pod, rest)
      })
    handle('accept', (pod) => this.report(pod))
    handle('report', (pod) => {
      this.report(pod)
      this.probeNew(pod)
    })
    handle('advance', (pod) => this.containers.advance(pod))
    handle('play', (pod, args) => this.ends.play(pod, args))
    handle('program', (pod, args) => this.ends.program(pod, args))
    handle('ended', (pod, args) => this.ends.noticed(pod, args))
    handle('restart', (pod, args) => this.ends.restart(pod, args))
    handle('deadline', (pod) => this.pastDeadline(pod))
    handle('sandbox', (pod) => this.sandbox(pod))
    handle('container', (pod, name) => this.containers.begin(pod, name))
    handle('pulled', (pod, args) => this.containers.pulled(pod, args))
    handle('notice', (pod) => this.noticed(pod))
    handle('stopped', (pod) => this.stopped(pod))
    handle('probe', (pod, args) => this.probes.run(pod, args))
    env.clock.handle(this.task('release'), (args) => this.release(args as unknown as PodKey))
    env.clock.handle(this.task('forget'), (args) => this.forget(args as unknown as KubeObject))
    env.store.watch((event) => this.onEvent(event))
  }

  /** Takes over what runs already, and begins to look after its pods. */
  start(): void {
    const { env, node } = this.options
    this.saved = { ...this.saved, running: true }
    const present = (env.store.get(R.nodes, undefined, node)?.status?.images ?? []) as { names?: string[] }[]
    this.saved = { ...this.saved, images: present.flatMap((image) => image.names ?? []) }
    for (const pod of env.store.list(R.pods)) {
      if (pod.spec.nodeName !== node || isFinished(pod)) continue
      if (pod.status?.phase === 'Running' && pod.status.podIP) this.adopt(pod)
      else if (pod.metadata.deletionTimestamp !== undefined) this.later('release', 0, keyOf(pod))
      else this.accept(pod)
    }
  }

  stop(): void {
    this.saved = { ...this.saved, running: false }
  }

  /** A container's first process ended with this code: it is over, and its restart policy decides what comes. */
  finishContainer(pod: KubeObject, container: string, exitCode: number): void {
    this.ends.finish(pod, container, exitCode)
  }

  get running(): boolean {
    return this.saved.running
  }

  save(): Json {
    return this.saved as unknown as Json
  }

  load(state: Json): void {
    this.saved = state as unknown as Saved
  }

  /** Starts the programs of containers that run, after a load. */
  resume(): void {
    const { env } = this.options
    if (!this.saved.running) return
    for (const state of Object.values(this.saved.pods)) {
      const pod = env.store.get(R.pods, state.namespace, state.name)
      if (pod?.metadata.uid !== state.uid) continue
      for (const { name, phase } of everyContainer(state)) {
        const spec = phase === 'running' ? specOf(pod, name) : undefined
        if (spec !== undefined) this.ends.resume(pod, spec)
      }
    }
  }

  // -- what the steps share --------------------------------------------------------------------------------------------

  stateOf(pod: KubeObject): PodState {
    return this.saved.pods[pod.metadata.uid ?? ''] as PodState
  }

  put(state: PodState): void {
    this.saved = { ...this.saved, pods: { ...this.saved.pods, [state.uid]: state } }
  }

  hasImage(image: string): boolean {
    return this.saved.images.includes(image)
  }

  addImage(image: string): void {
    if (!this.hasImage(image)) this.saved = { ...this.saved, images: [...this.saved.images, image] }
  }

  later(step: string, delay: number, args: Json): void {
    this.options.env.clock.schedule(this.task(step), delay, args)
  }

  nodeNetns() {
    return this.options.network.namespace(nodeNetns(this.options.node))
  }

  tell(pod: KubeObject, reason: string, message: string, options: RecordOptions = {}): void {
    const { env, node } = this.options
    try {
      env.events.record({ component: 'kubelet', host: node }, pod, reason, message, options)
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
    }
  }

  /** Writes the pod's status as this kubelet sees it. */
  report(pod: KubeObject): void {
    const { env, lifecycle } = this.options
    const current = env.store.get(R.pods, pod.metadata.namespace, pod.metadata.name)
    if (current === undefined || current.metadata.uid !== pod.metadata.uid) return
    const status = podStatus(current, this.stateOf(pod), this.hostIP(), env.clock.now, env.minor, lifecycle.name === 'stub')
    if (!sameValue(status, current.status)) this.api.update(R.pods, { ...current, status }, 'status')
  }

  // -- a pod's way -----------------------------------------------------------------------------------------------------

  private task(step: string): string {
    return `kubelet/${this.options.node}/${step}`
  }

  private hostIP(): string {
    const node = this.options.env.store.get(R.nodes, undefined, this.options.node)
    const addresses: readonly { type: string; address: string }[] = node?.status?.addresses ?? []
    return addresses.find((a) => a.type === 'InternalIP')?.address ?? ''
  }

  private onEvent({ type, resource, object: pod }: StoreEvent): void {
    if (resource !== R.pods || !this.saved.running || pod.spec.nodeName !== this.options.node) return
    const { uid = '', deletionTimestamp } = pod.metadata
    const known = this.saved.pods[uid]
    if (type === 'DELETED') this.later('forget', 0, pod as unknown as Json)
    else if (known === undefined && deletionTimestamp === undefined && !isFinished(pod)) this.accept(pod)
    else if (known === undefined && deletionTimestamp !== undefined) this.later('release', 0, keyOf(pod))
    else if (known !== undefined && deletionTimestamp !== undefined && known.stage !== 'stopping') this.beginStop(pod, known)
    else if (known !== undefined && type === 'MODIFIED') this.addEphemerals(pod, known)
  }

  /** Containers that were added to a pod that runs (kubectl debug). */
  private addEphemerals(pod: KubeObject, state: PodState): void {
    if (state.stage !== 'running') return
    const added = ephemeralsOf(pod).filter(({ name }) => !state.ephemerals.some((c) => c.name === name))
    if (added.length === 0) return
    const ephemerals = added.map(({ name, image }) => newContainer(name, image, 'ContainerCreating'))
    this.put({ ...state, ephemerals: [...state.ephemerals, ...ephemerals] })
    this.later('report', 0, state.uid)
    for (const { name } of added) this.later('container', 100, `${state.uid} ${name}`)
  }

  /** spec.activeDeadlineSeconds are over: the pod fails, whatever it does (pkg/kubelet/active_deadline.go). */
  private pastDeadline(pod: KubeObject): void {
    const state = this.stateOf(pod)
    if (state.stage === 'stopping' || state.stage === 'finished') return
    this.tell(pod, 'DeadlineExceeded', PAST_DEADLINE)
    this.ends.endPod(pod)
    this.put({ ...this.stateOf(pod), reason: 'DeadlineExceeded', message: PAST_DEADLINE })
    this.report(pod)
  }

  /** Probes begin with each run of a container. */
  private probeNew(pod: KubeObject): void {
    if (this.options.lifecycle.name === 'stub') return
    for (const own of [...this.stateOf(pod).inits, ...this.stateOf(pod).containers]) {
      if (own.phase !== 'running' || own.probed === true) continue
      this.put(withContainer(this.stateOf(pod), own.name, { probed: true }))
      this.probes.begin(pod, own.name)
    }
  }

  private accept(pod: KubeObject): void {
    const { env, lifecycle } = this.options
    const { uid = '', namespace = 'default', name } = pod.metadata
    // The recordings' stub knew no init containers.
    const first = lifecycle.name === 'stub' ? [] : initsOf(pod)
    const reason = first.length > 0 ? 'PodInitializing' : 'ContainerCreating'
    const inits = first.map((c) => newContainer(c.name, c.image, 'PodInitializing'))
    const containers = containersOf(pod).map((c) => newContainer(c.name, c.image, reason))
    const startTime = env.clock.now
    this.put({ uid, namespace, name, stage: 'accepted', startTime, inits, containers, ephemerals: [], probes: {} })
    const deadline: number | undefined = pod.spec.activeDeadlineSeconds
    if (deadline !== undefined && lifecycle.name !== 'stub') this.later('deadline', deadline * 1000, uid)
    if (lifecycle.accept !== undefined) this.later('accept', lifecycle.accept, uid)
    this.later('sandbox', lifecycle.sandbox, uid)
  }

  private adopt(pod: KubeObject): void {
    const { uid = '', namespace = 'default', name } = pod.metadata
    const known = (list: readonly ContainerSpec[], statuses: readonly KubeObject[string][] | undefined) =>
      list.map((c) => adopted(pod, c, statuses))
    const containers = known(pod.spec.containers, pod.status.containerStatuses)
    const inits = known(initsOf(pod), pod.status.initContainerStatuses)
    const ephemerals = known(ephemeralsOf(pod), pod.status.ephemeralContainerStatuses)
    const startTime = Date.parse(pod.status.startTime ?? pod.metadata.creationTimestamp)
    const { podIP: ip } = pod.status
    this.put({ uid, namespace, name, stage: 'running', startTime, ip, inits, containers, ephemerals, probes: {} })
    for (const { image } of containersOf(pod)) this.addImage(image)
    this.options.runtime.adopt(pod)
    if (pod.metadata.deletionTimestamp !== undefined) this.beginStop(pod, this.stateOf(pod))
    else this.probeNew(pod)
  }

  private sandbox(pod: KubeObject): void {
    const state = this.stateOf(pod)
    if (state.stage !== 'accepted') return
    const made = this.options.runtime.createSandbox(pod, this.hostIP())
    if ('error' in made) {
      const message = `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: ${made.error}`
      this.tell(pod, 'FailedCreatePodSandBox', message, { type: 'Warning' })
      this.later('sandbox', SANDBOX_RETRY, state.uid)
      return
    }
    this.put({ ...state, stage: 'starting', ip: made.ip })
    this.containers.advance(pod)
  }

  private noticed(pod: KubeObject): void {
    const state = this.stateOf(pod)
    if (state.stage === 'stopping' || state.stage === 'finished') return
    this.put({ ...state, stage: 'running' })
    this.report(pod)
    this.probeNew(pod)
  }

  private beginStop(pod: KubeObject, state: PodState): void {
    const { lifecycle } = this.options
    if (isMirror(pod)) {
      // The file on the node still wants it: the object goes, a new one comes, the containers never notice.
      this.later('release', 0, keyOf(pod))
      return
    }
    this.put({ ...state, stage: 'stopping' })
    const grace = (pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30) * 1000
    let wait = 0
    for (const { name, phase } of everyContainer(state)) {
      if (phase !== 'running') continue
      if (lifecycle.tellsKilling) this.tell(pod, 'Killing', `Stopping container ${name}`, { fieldPath: fieldPath(pod, name) })
      const heeds = !lifecycle.waitsForGrace || this.ends.heeds(pod, name)
      wait = Math.max(wait, heeds ? Math.min(lifecycle.stop, lifecycle.waitsForGrace ? grace : lifecycle.stop) : grace)
    }
    this.later('stopped', lifecycle.waitsForGrace ? wait : lifecycle.stop, state.uid)
  }

  private stopped(pod: KubeObject): void {
    const { lifecycle, env } = this.options
    const state = this.stateOf(pod)
    for (const { name } of everyContainer(state)) this.stopProcess(pod, name)
    if (lifecycle.name === 'real') {
      const over = (c: ContainerState) => ended(c, env.clock.now, this.ends.heeds(pod, c.name))
      const { inits, containers, ephemerals } = state
      this.put({ ...state, inits: inits.map(over), containers: containers.map(over), ephemerals: ephemerals.map(over) })
      this.report(pod)
    }
    const { namespace, name, uid } = state
    this.api.delete(R.pods, namespace, name, { gracePeriodSeconds: 0, uid })
  }

  private stopProcess(pod: KubeObject, container: string): void {
    const { runtime, mains } = this.options
    runtime.stopContainer(pod, container)
    mains?.stop({ namespace: pod.metadata.namespace ?? 'default', pod: pod.metadata.name, container })
  }

  /** A deleted pod that this kubelet does not know, or only mirrors: nothing to stop, the object may go. */
  private release({ namespace, name, uid }: PodKey): void {
    const { env } = this.options
    if (env.store.get(R.pods, namespace, name)?.metadata.uid === uid)
      this.api.delete(R.pods, namespace, name, { gracePeriodSeconds: 0, uid })
  }

  /** The object is gone: so are the containers and the network, unless a file on the node still wants them. */
  private forget(pod: KubeObject): void {
    const { uid = '', namespace = 'default', name } = pod.metadata
    const { runtime, logs } = this.options
    const { [uid]: gone, ...pods } = this.saved.pods
    if (gone === undefined) return
    this.saved = { ...this.saved, pods }
    if (isMirror(pod)) {
      const posted = this.api.create(R.pods, mirrorOf(pod))
      this.put({ ...gone, uid: posted.metadata.uid ?? '' })
      this.report(posted)
      return
    }
    for (const c of everyContainer(gone)) this.stopProcess(pod, c.name)
    runtime.removeSandbox(pod)
    logs.forget(namespace, name)
  }
}

interface PodKey {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

function keyOf(pod: KubeObject): Json {
  const { namespace = 'default', name, uid = '' } = pod.metadata
  return { namespace, name, uid }
}

/** A container after SIGTERM: what listens to it ends in order, what ignores it was killed. */
function ended(c: ContainerState, now: number, heeds: boolean): ContainerState {
  if (c.phase !== 'running') return c
  const [reason, exitCode] = heeds ? ['Completed', 0] : ['Error', 137]
  return { ...c, phase: 'terminated', reason, exitCode, finishedAt: now, ready: false, started: false }
}

/** A container of a pod that runs already, as the pod's status tells of it. */
function adopted(pod: KubeObject, c: ContainerSpec, statuses: readonly KubeObject[string][] | undefined): ContainerState {
  const status = statuses?.find((s) => s.name === c.name)
  const { running, terminated: end } = status?.state ?? {}
  const before = status?.lastState?.terminated
  const run = (t: KubeObject[string]) => ({
    exitCode: t.exitCode,
    reason: t.reason,
    startedAt: Date.parse(t.startedAt),
    finishedAt: Date.parse(t.finishedAt),
    containerId: t.containerID,
  })
  return {
    name: c.name,
    image: c.image,
    begun: true,
    containerId: status?.containerID ?? '',
    restarts: status?.restartCount ?? 0,
    ready: status?.ready ?? true,
    started: status?.started ?? true,
    ...(before === undefined ? {} : { last: run(before) }),
    ...(end === undefined
      ? {
          phase: 'running' as const,
          startedAt: Date.parse(running?.startedAt ?? pod.status.startTime ?? pod.metadata.creationTimestamp),
        }
      : { phase: 'terminated' as const, ...run(end) }),
  }
}
