import type { KubeObject } from '../api/object.ts'
import type { Probe } from './probes.ts'

/** What a container is in its pod: a sidecar is an init container that restarts always. */
export type Role = 'init' | 'sidecar' | 'main' | 'ephemeral'

export interface ContainerSpec {
  readonly name: string
  readonly image: string
  readonly imagePullPolicy?: string
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly stdin?: boolean
  readonly stdinOnce?: boolean
  readonly tty?: boolean
  readonly restartPolicy?: string
  readonly readinessProbe?: Probe
  readonly startupProbe?: Probe
  readonly livenessProbe?: Probe
}

const lists = ({ spec }: KubeObject) => ({
  inits: (spec.initContainers ?? []) as readonly ContainerSpec[],
  mains: (spec.containers ?? []) as readonly ContainerSpec[],
  ephemerals: (spec.ephemeralContainers ?? []) as readonly ContainerSpec[],
})

export const initsOf = (pod: KubeObject): readonly ContainerSpec[] => lists(pod).inits
export const ephemeralsOf = (pod: KubeObject): readonly ContainerSpec[] => lists(pod).ephemerals

/** A container of any sort, by its name. */
export function specOf(pod: KubeObject, name: string): ContainerSpec | undefined {
  const { inits, mains, ephemerals } = lists(pod)
  return [...inits, ...mains, ...ephemerals].find((c) => c.name === name)
}

export function roleOf(pod: KubeObject, name: string): Role {
  const { inits, mains } = lists(pod)
  const init = inits.find((c) => c.name === name)
  if (init !== undefined) return init.restartPolicy === 'Always' ? 'sidecar' : 'init'
  return mains.some((c) => c.name === name) ? 'main' : 'ephemeral'
}

/** "spec.initContainers{setup}", as Events name a container. */
export function fieldPath(pod: KubeObject, name: string): string {
  const { inits, mains } = lists(pod)
  if (inits.some((c) => c.name === name)) return `spec.initContainers{${name}}`
  return mains.some((c) => c.name === name) ? `spec.containers{${name}}` : `spec.ephemeralContainers{${name}}`
}

/** Whether a container that ended with this code runs again (kubecontainer.ShouldContainerBeRestarted). */
export function restarts(pod: KubeObject, name: string, exitCode: number): boolean {
  const role = roleOf(pod, name)
  if (role === 'sidecar') return true
  if (role === 'ephemeral') return false
  const policy: string = pod.spec.restartPolicy ?? 'Always'
  if (role === 'init') return exitCode !== 0 && policy !== 'Never'
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}
