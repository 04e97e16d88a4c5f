import type { ContainerRun, ProgramHost } from '../kubelet/runtime.ts'
import { isModelled, startWorkload, stopWorkload, type WorkloadSpec } from '../workload/start.ts'
import { hostname } from './container-files.ts'

interface ContainerObject {
  readonly name: string
  readonly ports?: WorkloadSpec['ports']
  readonly args?: readonly string[]
  readonly command?: readonly string[]
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
}

/** Runs containers through the workload table. */
export const programs: ProgramHost = {
  start: (netns, run) => void startWorkload({ ...place(run), netns, ...fromObject(run) }),
  stop: (netns, run) => stopWorkload({ ...place(run), netns }),
  heedsTerm: (run) => isModelled(run.image),
}

function place({ namespace, pod, container }: ContainerRun): Pick<WorkloadSpec, 'namespace' | 'pod' | 'container'> {
  return { namespace, pod, container }
}

function fromObject({
  object,
  container,
  image,
}: ContainerRun): Pick<WorkloadSpec, 'image' | 'hostname' | 'ports' | 'args' | 'env'> {
  const own = ((object.spec?.containers ?? []) as readonly ContainerObject[]).find((c) => c.name === container)
  return {
    image,
    hostname: hostname(object),
    ports: own?.ports ?? [],
    args: [...(own?.command ?? []), ...(own?.args ?? [])],
    env: Object.fromEntries((own?.env ?? []).map((e) => [e.name, e.value ?? ''])),
  }
}
