import type { Invocation } from './invocation.ts'
import type { Obj } from './values.ts'

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

/** Every container's name, main ones first (podcmd.AllContainerNames). */
export function containerNames(pod: Obj): string[] {
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec
  return [...containers, ...initContainers, ...ephemeralContainers].map((c: Obj) => c.name)
}

/** A container of a pod, and of which sort it is (podcmd.FindContainerByName). */
export function containerSpec(
  pod: Obj,
  name: string,
): { readonly spec: Obj; readonly sort: 'main' | 'init' | 'ephemeral' } | undefined {
  const sorts = { main: pod.spec.containers, init: pod.spec.initContainers, ephemeral: pod.spec.ephemeralContainers }
  for (const [sort, list] of Object.entries(sorts)) {
    const spec = (list ?? []).find((c: Obj) => c.name === name)
    if (spec !== undefined) return { spec, sort: sort as 'main' }
  }
  return undefined
}

/** The container meant where none is named: the annotated one, else the first, which is said where there are more. */
export function defaultContainer(call: Invocation, pod: Obj, quiet = false): string {
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec
  const noted = pod.metadata.annotations?.[DEFAULT_CONTAINER]
  if (noted !== undefined && containerNames(pod).includes(noted)) return noted
  const first: string = containers[0].name
  if (!quiet && containers.length + initContainers.length + ephemeralContainers.length > 1) {
    const list = [
      ...containers.map((c: Obj) => c.name),
      ...ephemeralContainers.map((c: Obj) => `${c.name} (ephem)`),
      ...initContainers.map((c: Obj) => `${c.name} (init)`),
    ]
    call.err(`Defaulted container "${first}" out of: ${list.join(', ')}\n`)
  }
  return first
}
