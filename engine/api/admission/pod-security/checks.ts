// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks

/** What a check found: a reason and its detail; undefined where the pod passes. */
export interface Finding {
  readonly reason: string
  readonly detail: string
}

export interface PodUnderCheck {
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: any
}

export type Check = (pod: PodUnderCheck, minor: number) => Finding | undefined

/** Init containers first, as the policy's visitor goes. */
export function containersOf(spec: any): readonly any[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])]
}

export function quoted(list: readonly string[]): string {
  return list.map((v) => JSON.stringify(v)).join(', ')
}

export function plural(one: string, many: string, n: number): string {
  return n === 1 ? one : many
}

export function containers(names: readonly string[]): string {
  return `${plural('container', 'containers', names.length)} ${quoted(names)}`
}

export const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort()

/** "pod", "containers …", or both: who set something. */
export function setters(pod: boolean, names: readonly string[]): string {
  return [...(pod ? ['pod'] : []), ...(names.length > 0 ? [containers(names)] : [])].join(' and ')
}

export const named = (list: readonly any[], test: (c: any) => boolean): string[] => list.filter(test).map((c) => c.name)

export const windows = ({ spec }: PodUnderCheck): boolean => spec.os?.name === 'windows'

/** From v1.35 pods in a user namespace of their own may do more. */
export const inUserNamespace = ({ spec }: PodUnderCheck, minor: number): boolean => minor >= 35 && spec.hostUsers === false
