import type { KubeObject } from '../api/object.ts'
import type { ContainerEnds } from './endings.ts'
import { digest, fullReference } from './image.ts'
import { alreadyPresent, created, noSuchImage, pulled, started } from './messages.ts'
import { type ContainerState, containerState, withContainer } from './pod-state.ts'
import type { KubeletPort } from './port.ts'
import { fieldPath, roleOf, specOf } from './spec.ts'

/** From an image to a running container: pull, create, start, then the next one. */
export class ContainerSteps {
  private readonly kubelet: KubeletPort
  private readonly ends: ContainerEnds

  constructor(kubelet: KubeletPort, ends: ContainerEnds) {
    this.kubelet = kubelet
    this.ends = ends
  }

  /** Begins what is next: init containers one after the other, then the others (computePodActions). */
  advance(pod: KubeObject): void {
    const state = this.kubelet.stateOf(pod)
    if (state.stage === 'stopping' || state.stage === 'finished') return
    for (const own of state.inits) {
      const isPassed = roleOf(pod, own.name) === 'sidecar' ? own.started : own.phase === 'terminated' && own.exitCode === 0
      if (isPassed) continue
      if (own.begun !== true) this.begin(pod, own.name)
      return
    }
    const next = state.containers.find((c) => c.begun !== true)
    if (next !== undefined) this.begin(pod, next.name)
  }

  begin(pod: KubeObject, name: string): void {
    const { lifecycle, env } = this.kubelet.options
    const container = specOf(pod, name)
    const state = this.kubelet.stateOf(pod)
    if (container === undefined || state.stage === 'stopping' || state.stage === 'finished') return
    this.kubelet.put(withContainer(state, name, { begun: true }))
    const { image, imagePullPolicy } = container
    const owner = pod.metadata.ownerReferences?.[0]?.kind
    const outcome = lifecycle.outcome(image, owner)
    if (outcome === 'no-such-image') {
      this.missing(pod, name, image)
      return
    }
    if (lifecycle.name === 'stub' || (imagePullPolicy !== 'Always' && this.kubelet.hasImage(image))) {
      if (lifecycle.name === 'stub') this.run(pod, name)
      this.tell(pod, name, 'Pulled', alreadyPresent(image, env.minor))
      this.create(pod, name)
      return
    }
    if (imagePullPolicy === 'Never') {
      const message = `Container image "${image}" is not present with pull policy of Never`
      this.wait(pod, name, 'ErrImageNeverPull', message)
      this.tell(pod, name, 'ErrImageNeverPull', message, 'Warning')
      this.tell(pod, name, 'Failed', 'Error: ErrImageNeverPull', 'Warning')
      return
    }
    this.tell(pod, name, 'Pulling', `Pulling image "${image}"`)
    const [least, most] = this.kubelet.hasImage(image) ? [500, 900] : lifecycle.pull
    const took = least + env.dice.int(Math.max(1, most - least))
    if (state.stage !== 'running') this.kubelet.put({ ...this.kubelet.stateOf(pod), stage: 'pulling' })
    this.kubelet.later('pulled', took, `${state.uid} ${name}/${took}`)
  }

  /** `args` is "CONTAINER/MILLISECONDS". */
  pulled(pod: KubeObject, args: string): void {
    const [name = '', took = '0'] = args.split('/')
    const image = specOf(pod, name)?.image
    const state = this.kubelet.stateOf(pod)
    if (image === undefined || state.stage === 'stopping' || state.stage === 'finished') return
    this.kubelet.addImage(image)
    this.tell(pod, name, 'Pulled', pulled(image, Number(took), sizeOf(image)))
    this.create(pod, name)
  }

  private create(pod: KubeObject, name: string): void {
    const { lifecycle, env } = this.kubelet.options
    this.tell(pod, name, 'Created', created(name, env.minor))
    this.tell(pod, name, 'Started', started(name, env.minor))
    if (lifecycle.name === 'real') this.run(pod, name)
    const state = this.kubelet.stateOf(pod)
    const { uid } = state
    const role = roleOf(pod, name)
    if (role !== 'main') {
      if (lifecycle.notice > 0) this.kubelet.later('report', lifecycle.notice, uid)
      if (role === 'sidecar' && containerState(state, name)?.started) this.kubelet.later('advance', lifecycle.start, uid)
      return
    }
    const next = state.containers.find((c) => c.begun !== true)
    if (next !== undefined) this.kubelet.later('container', lifecycle.start, `${uid} ${next.name}`)
    else if (lifecycle.notice > 0) this.kubelet.later('notice', lifecycle.notice, uid)
  }

  /** The container runs; its readiness is up to its probes. */
  private run(pod: KubeObject, name: string): void {
    const { lifecycle, env, runtime } = this.kubelet.options
    const state = this.kubelet.stateOf(pod)
    const spec = specOf(pod, name)
    if (spec === undefined) return
    const outcome = lifecycle.outcome(spec.image, pod.metadata.ownerReferences?.[0]?.kind)
    const restarts = containerState(state, name)?.restarts ?? 0
    const containerId = `containerd://${digest(`${state.uid}/${name}/${restarts}`)}`
    const isProbed = lifecycle.name === 'real'
    const isStarted = !isProbed || spec.startupProbe === undefined
    const isUp = roleOf(pod, name) === 'main' || roleOf(pod, name) === 'sidecar'
    const ready = isUp && outcome !== 'never-ready' && isStarted && (!isProbed || spec.readinessProbe === undefined)
    const running: Partial<ContainerState> = {
      phase: 'running',
      startedAt: env.clock.now,
      containerId,
      ready,
      started: isStarted,
    }
    const stage = lifecycle.name === 'stub' ? ('running' as const) : state.stage
    this.kubelet.put(withContainer({ ...state, stage }, name, running))
    if (outcome === 'completes' || outcome === 'fails') {
      this.ends.finish(pod, name, outcome === 'completes' ? 0 : 1)
      return
    }
    if (lifecycle.name === 'stub') {
      runtime.startContainer(pod, name)
      this.kubelet.report(pod)
    } else this.ends.live(pod, spec)
  }

  private missing(pod: KubeObject, name: string, image: string): void {
    const { lifecycle } = this.kubelet.options
    const why = noSuchImage(fullReference(image))
    this.wait(pod, name, 'ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${why}`)
    this.tell(pod, name, 'Pulling', `Pulling image "${image}"`)
    this.tell(pod, name, 'Failed', `Failed to pull image "${image}": ${why}`, 'Warning')
    this.tell(pod, name, 'Failed', 'Error: ErrImagePull', 'Warning')
    this.kubelet.tell(pod, 'BackOff', `Back-off pulling image "${image}"`, {
      fieldPath: fieldPath(pod, name),
      count: lifecycle.backOffs,
    })
    this.tell(pod, name, 'Failed', 'Error: ImagePullBackOff', 'Warning')
  }

  private wait(pod: KubeObject, name: string, reason: string, message: string): void {
    const state = this.kubelet.stateOf(pod)
    const stage = state.stage === 'running' ? state.stage : ('starting' as const)
    this.kubelet.put(withContainer({ ...state, stage }, name, { phase: 'waiting', reason, message }))
    this.kubelet.report(pod)
  }

  private tell(pod: KubeObject, container: string, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    this.kubelet.tell(pod, reason, message, { type, fieldPath: fieldPath(pod, container) })
  }
}

/** A plausible size in bytes that follows from the image's name. */
function sizeOf(image: string): number {
  return 20_000_000 + (Number.parseInt(digest(fullReference(image)).slice(0, 8), 16) % 120_000_000)
}
