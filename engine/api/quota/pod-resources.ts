// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { addQuantities, compareQuantities } from '../validation/quantity.ts'

export type ResourceList = Record<string, string>

function add(list: ResourceList, more: Readonly<ResourceList> | undefined): void {
  for (const [name, value] of Object.entries(more ?? {}))
    list[name] = list[name] === undefined ? value : addQuantities(list[name], value)
}

function raise(list: ResourceList, more: Readonly<ResourceList>): void {
  for (const [name, value] of Object.entries(more))
    if (list[name] === undefined || compareQuantities(value, list[name]) > 0) list[name] = value
}

/**
 * What a pod requests, or is limited to, as the scheduler and quotas count it (component-helpers PodRequests, PodLimits): the sum
 * of its containers and sidecars, or an init container's share if that is more; what is set for the pod as a whole instead.
 */
export function podResources(spec: any, part: 'requests' | 'limits'): ResourceList {
  const out: ResourceList = {}
  for (const c of spec?.containers ?? []) add(out, c.resources?.[part])
  const sidecars: ResourceList = {}
  const most: ResourceList = {}
  for (const c of spec?.initContainers ?? []) {
    const own: ResourceList = {}
    if (c.restartPolicy === 'Always') {
      add(out, c.resources?.[part])
      add(sidecars, c.resources?.[part])
    } else add(own, c.resources?.[part])
    add(own, sidecars)
    raise(most, own)
  }
  raise(out, most)
  for (const [name, value] of Object.entries((spec?.resources?.[part] ?? {}) as ResourceList)) out[name] = value
  if (part === 'requests') add(out, spec?.overhead)
  else
    for (const name of Object.keys(spec?.overhead ?? {})) if (out[name] !== undefined) add(out, { [name]: spec.overhead[name] })
  return out
}

/** The quality of service class: BestEffort without cpu and memory, Guaranteed where limits equal requests everywhere. */
export function qosClass(spec: any): 'BestEffort' | 'Burstable' | 'Guaranteed' {
  const whole = spec?.resources
  const list: readonly any[] =
    whole === undefined ? [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])] : [{ resources: whole }]
  const set = (value: string | undefined) => value !== undefined && compareQuantities(value, '0') > 0
  const names = ['cpu', 'memory']
  if (!list.some((c) => names.some((n) => set(c.resources?.limits?.[n]) || set(c.resources?.requests?.[n])))) return 'BestEffort'
  const guaranteed = list.every((c) =>
    names.every((n) => {
      const limit = c.resources?.limits?.[n]
      const request = c.resources?.requests?.[n] ?? limit
      return set(limit) && compareQuantities(request, limit) === 0
    }),
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}
