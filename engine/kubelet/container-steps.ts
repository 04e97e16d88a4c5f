import type { KubeObject } from '../api/object.ts'
import { digest, fullReference } from './image.ts'
import { alreadyPresent, created, noSuchImage, pulled, started } from './messages.ts'
import { type ContainerState, withContainer } from './pod-state.ts'
import type { KubeletPort } from './port.ts'
import { containersOf } from './runtime.ts'

/** From an image to a running container: pull, create, start, then the next one. */
export class ContainerSteps {
  private readonly kubelet: KubeletPort

  constructor(kubelet: KubeletPort) {
    this.kubelet = kubelet
  }

  begin(pod: KubeObject, name: string): void {
    const { lifecycle, env } = this.kubelet.options
    const container = containersOf(pod).find((c) => c.name === name)
    const state = this.kubelet.stateOf(pod)
    if (container === undefined || state.stage === 'stopping') return
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
      this.wait(pod, name, 'ErrImageNeverPull', `Container image "${image}" is not present with pull policy of Never`)
      this.tell(pod, name, 'ErrImageNeverPull', `Container image "${image}" is not present with pull policy of Never`, 'Warning')
      return
    }
    this.tell(pod, name, 'Pulling', `Pulling image "${image}"`)
    const [least, most] = this.kubelet.hasImage(image) ? [500, 900] : lifecycle.pull
    const took = least + env.dice.int(Math.max(1, most - least))
    this.kubelet.put({ ...state, stage: 'pulling' })
    this.kubelet.later('pulled', took, `${state.uid} ${name}/${took}`)
  }

  /** `args` is "CONTAINER/MILLISECONDS". */
  pulled(pod: KubeObject, args: string): void {
    const [name = '', took = '0'] = args.split('/')
    const image = containersOf(pod).find((c) => c.name === name)?.image
    const state = this.kubelet.stateOf(pod)
    if (image === undefined || state.stage === 'stopping') return
    this.kubelet.addImage(image)
    this.tell(pod, name, 'Pulled', pulled(image, Number(took), sizeOf(image)))
    this.create(pod, name)
  }

  private create(pod: KubeObject, name: string): void {
    const { lifecycle, env } = this.kubelet.options
    this.tell(pod, name, 'Created', created(name, env.minor))
    this.tell(pod, name, 'Started', started(name, env.minor))
    if (lifecycle.name === 'real') this.run(pod, name)
    const all = containersOf(pod)
    const next = all[all.findIndex((c) => c.name === name) + 1]
    const { uid } = this.kubelet.stateOf(pod)
    if (next !== undefined) this.kubelet.later('container', lifecycle.start, `${uid} ${next.name}`)
    else if (lifecycle.notice > 0) this.kubelet.later('notice', lifecycle.notice, uid)
  }

  /** The container runs; its readiness is up to its probes. */
  private run(pod: KubeObject, name: string): void {
    const { lifecycle, env, runtime } = this.kubelet.options
    const state = this.kubelet.stateOf(pod)
    const spec = (pod.spec.containers as KubeObject[string][]).find((c) => c.name === name)
    const outcome = lifecycle.outcome(spec.image, pod.metadata.ownerReferences?.[0]?.kind)
    const restarts = state.containers.find((c) => c.name === name)?.restarts ?? 0
    const containerId = `containerd://${digest(`${state.uid}/${name}/${restarts}`)}`
    if (outcome === 'completes' || outcome === 'fails') {
      this.finish(pod, name, outcome === 'completes' ? 0 : 1, containerId)
      return
    }
    runtime.startContainer(pod, name)
    const isProbed = lifecycle.name === 'real'
    const isStarted = !isProbed || spec.startupProbe === undefined
    const ready = outcome !== 'never-ready' && isStarted && (!isProbed || spec.readinessProbe === undefined)
    const running: Partial<ContainerState> = {
      phase: 'running',
      startedAt: env.clock.now,
      containerId,
      ready,
      started: isStarted,
    }
    const stage = lifecycle.name === 'stub' ? ('running' as const) : state.stage
    this.kubelet.put(withContainer({ ...state, stage }, name, running))
    if (lifecycle.name === 'stub') this.kubelet.report(pod)
  }

  private finish(pod: KubeObject, name: string, exitCode: number, containerId: string): void {
    const { clock } = this.kubelet.options.env
    const state = this.kubelet.stateOf(pod)
    const reason = exitCode === 0 ? 'Completed' : 'Error'
    const ended = {
      phase: 'terminated' as const,
      reason,
      exitCode,
      containerId,
      startedAt: clock.now,
      finishedAt: clock.now,
      ready: false,
      started: false,
    }
    this.kubelet.put(withContainer({ ...state, stage: 'finished' }, name, ended))
    this.kubelet.report(pod)
  }

  private missing(pod: KubeObject, name: string, image: string): void {
    const { lifecycle } = this.kubelet.options
    const why = noSuchImage(fullReference(image))
    this.wait(pod, name, 'ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${why}`)
    this.tell(pod, name, 'Pulling', `Pulling image "${image}"`)
    this.tell(pod, name, 'Failed', `Failed to pull image "${image}": ${why}`, 'Warning')
    this.tell(pod, name, 'Failed', 'Error: ErrImagePull', 'Warning')
    this.kubelet.tell(pod, 'BackOff', `Back-off pulling image "${image}"`, {
      fieldPath: `spec.containers{${name}}`,
      count: lifecycle.backOffs,
    })
    this.tell(pod, name, 'Failed', 'Error: ImagePullBackOff', 'Warning')
  }

  private wait(pod: KubeObject, name: string, reason: string, message: string): void {
    const state = this.kubelet.stateOf(pod)
    this.kubelet.put(withContainer({ ...state, stage: 'starting' }, name, { phase: 'waiting', reason, message }))
    this.kubelet.report(pod)
  }

  private tell(pod: KubeObject, container: string, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    this.kubelet.tell(pod, reason, message, { type, fieldPath: `spec.containers{${container}}` })
  }
}

/** A plausible size in bytes that follows from the image's name. */
function sizeOf(image: string): number {
  return 20_000_000 + (Number.parseInt(digest(fullReference(image)).slice(0, 8), 16) % 120_000_000)
}
