import type { KubeObject } from '../api/object.ts'
import { type CniPlugin, nodeNetns, podNetns } from '../cni/plugin.ts'
import type { Netns } from '../net/netns.ts'
import type { Network } from '../net/network.ts'

/** One container to run. */
export interface ContainerRun {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly image: string
  readonly object: KubeObject
}

/** Programs inside containers; the cluster gives it from the workload table. */
export interface ProgramHost {
  start(netns: Netns, run: ContainerRun): void
  stop(netns: Netns, run: ContainerRun): void
  /** Whether the program ends when it is asked to: a server does; an idling process 1 ignores SIGTERM until it is killed. */
  heedsTerm(run: ContainerRun): boolean
}

export interface RuntimeEnv {
  readonly network: Network
  readonly cni: CniPlugin
  readonly programs: ProgramHost
}

interface Container {
  readonly name: string
  readonly image: string
  readonly imagePullPolicy?: string
}

/** Gives pods their network namespace and runs their containers: what a kubelet has its CRI and CNI do. */
export class PodRuntime {
  private readonly env: RuntimeEnv

  constructor(env: RuntimeEnv) {
    this.env = env
  }

  /** The namespace the pod's containers are in; undefined before it has one. */
  netns(pod: KubeObject): Netns | undefined {
    const { namespace = 'default', name } = pod.metadata
    return this.env.network.namespace(isHostNetwork(pod) ? nodeNetns(pod.spec.nodeName) : podNetns(namespace, name))
  }

  /** The pod's sandbox: its address, or why it got none. */
  createSandbox(pod: KubeObject, hostIP: string, ip?: string): { readonly ip: string } | { readonly error: string } {
    if (isHostNetwork(pod)) return { ip: hostIP }
    const { namespace = 'default', name } = pod.metadata
    const added = this.env.cni.addPod({ node: pod.spec.nodeName, namespace, name, ...(ip === undefined ? {} : { ip }) })
    return 'error' in added ? added : { ip: added.ip }
  }

  removeSandbox(pod: KubeObject): void {
    const { namespace = 'default', name } = pod.metadata
    if (!isHostNetwork(pod)) this.env.cni.removePod(namespace, name)
  }

  startContainer(pod: KubeObject, container: string): void {
    const netns = this.netns(pod)
    if (netns !== undefined) this.env.programs.start(netns, runOf(pod, container))
  }

  stopContainer(pod: KubeObject, container: string): void {
    const netns = this.netns(pod)
    if (netns !== undefined) this.env.programs.stop(netns, runOf(pod, container))
  }

  heedsTerm(pod: KubeObject, container: string): boolean {
    return this.env.programs.heedsTerm(runOf(pod, container))
  }

  /** A pod that runs already, as recorded objects say: namespace with its address and programs, nothing written. */
  adopt(pod: KubeObject): void {
    const ip: string | undefined = pod.status?.podIP
    if (ip === undefined || !pod.spec.nodeName) return
    // Adopted before, or hostNetwork on a node that is not there.
    if ((this.netns(pod) !== undefined) !== isHostNetwork(pod)) return
    if ('error' in this.createSandbox(pod, ip, ip)) return
    for (const { name } of containersOf(pod)) this.startContainer(pod, name)
  }
}

export function isHostNetwork(pod: KubeObject): boolean {
  return pod.spec.hostNetwork === true
}

export function containersOf(pod: KubeObject): readonly Container[] {
  return pod.spec.containers ?? []
}

function runOf(pod: KubeObject, container: string): ContainerRun {
  const { namespace = 'default', name } = pod.metadata
  const image = containersOf(pod).find((c) => c.name === container)?.image ?? ''
  return { namespace, pod: name, container, image, object: pod }
}
