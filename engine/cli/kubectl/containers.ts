import type { Invocation } from './invocation.ts'
import type { Obj } from './values.ts'

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

/** Every container's name, main ones first (podcmd.AllContainerNames). */
export function containerNames(pod: Obj): string[] {
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec
  return [...containers, ...initContainers, ...ephemeralContainers].map((c: Obj) => c.name)
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
      ...initContainers.map((c: Obj) => `${c.name} (init)`),
      ...ephemeralContainers.map((c: Obj) => `${c.name} (ephem)`),
    ]
    call.err(`Defaulted container "${first}" out of: ${list.join(', ')}\n`)
  }
  return first
}
