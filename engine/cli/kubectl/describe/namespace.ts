import { addQuantity, parseQuantity } from '../../../base/quantity.ts'
import { type Obj, sortedKeys } from '../values.ts'
import type { Describer } from './describer.ts'
import { annotations, type Lines, labels, rfc1123 } from './writer.ts'

export const namespace: Describer = {
  kind: 'Namespace',
  describe(out, object, tools) {
    const { metadata, status = {} } = object
    out.field('Name', metadata.name)
    labels(out, 'Labels', metadata.labels)
    annotations(out, 'Annotations', metadata.annotations)
    out.field('Status', status.phase ?? '')
    if ((status.conditions ?? []).length > 0) {
      out
        .line('Conditions:')
        .at(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage\n')
        .at(1, '----\t------\t------------------\t------\t-------\n')
      for (const c of status.conditions)
        out.at(
          1,
          `${c.type}\t${c.status}\t${c.lastTransitionTime ? rfc1123(c.lastTransitionTime) : 'Mon, 01 Jan 0001 00:00:00 +0000'}\t${c.reason ?? ''}\t${c.message ?? ''}\n`,
        )
    }
    quotas(out, tools.list(`/api/v1/namespaces/${metadata.name}/resourcequotas`))
    ranges(out, tools.list(`/api/v1/namespaces/${metadata.name}/limitranges`))
  },
}

function quotas(out: Lines, list: readonly Obj[]): void {
  if (list.length === 0) {
    out.at(0, '\nNo resource quota.\n')
    return
  }
  out.at(0, '\nResource Quotas\n')
  for (const q of [...list].sort((x, y) => (x.metadata.name < y.metadata.name ? -1 : 1))) {
    out.at(1, `Name:\t${q.metadata.name}\n`)
    scopes(out, q.spec?.scopes, 1)
    out.at(1, 'Resource\tUsed\tHard\n').at(1, '--------\t---\t---\n')
    for (const name of sortedKeys(q.status?.hard)) out.at(1, `${name}\t${q.status.used?.[name] ?? '0'}\t${q.status.hard[name]}\n`)
  }
}

const SCOPES: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort: 'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
}

function scopes(out: Lines, list: readonly string[] | undefined, level: number): void {
  if (list === undefined || list.length === 0) return
  const sorted = [...list].sort()
  out.at(level, `Scopes:\t${sorted.join(', ')}\n`)
  for (const scope of sorted) if (SCOPES[scope] !== undefined) out.at(level, `${level === 0 ? ' ' : ''}* ${SCOPES[scope]}\n`)
}

function ranges(out: Lines, list: readonly Obj[]): void {
  if (list.length === 0) {
    out.at(0, '\nNo LimitRange resource.\n')
    return
  }
  out.at(0, '\nResource Limits\n Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n')
  out.at(0, ' ----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n')
  for (const range of list) limitRows(out, range.spec, ' ')
}

export const resourceQuota: Describer = {
  kind: 'ResourceQuota',
  describe(out, object) {
    out.field('Name', object.metadata.name).field('Namespace', object.metadata.namespace)
    scopes(out, object.spec?.scopes, 0)
    out.line('Resource\tUsed\tHard').line('--------\t----\t----')
    for (const name of sortedKeys(object.status?.hard))
      out.line(`${name}\t${object.status.used?.[name] ?? '0'}\t${object.status.hard[name]}`)
  },
}

export const limitRange: Describer = {
  kind: 'LimitRange',
  describe(out, object) {
    out.field('Name', object.metadata.name).field('Namespace', object.metadata.namespace)
    out.line('Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio')
    out.line('----\t--------\t---\t---\t---------------\t-------------\t-----------------------')
    limitRows(out, object.spec, '')
  },
}

function limitRows(out: Lines, spec: Obj, prefix: string): void {
  for (const item of spec?.limits ?? []) {
    const maps = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio]
    const names = [...new Set(maps.flatMap((m) => Object.keys(m ?? {})))].sort()
    for (const name of names) out.at(0, `${prefix}${item.type}\t${name}\t${maps.map((m) => m?.[name] ?? '-').join('\t')}\n`)
  }
}

/** The sum of a resource over containers and init containers, as the scheduler counts a pod (resourcehelper.PodRequestsAndLimits). */
export function podTotal(pod: Obj, kind: 'requests' | 'limits'): Record<string, { value: number; format: 'binary' | 'decimal' }> {
  const total: Record<string, { value: number; format: 'binary' | 'decimal' }> = {}
  const add = (map: Obj) => {
    for (const name of Object.keys(map ?? {}))
      total[name] = addQuantity(total[name], parseQuantity(String(map[name])) ?? { value: 0, format: 'decimal' })
  }
  for (const c of pod.spec.containers ?? []) add(c.resources?.[kind])
  for (const c of pod.spec.initContainers ?? []) {
    if (c.restartPolicy === 'Always') add(c.resources?.[kind])
  }
  for (const c of pod.spec.initContainers ?? []) {
    if (c.restartPolicy === 'Always') continue
    for (const name of Object.keys(c.resources?.[kind] ?? {})) {
      const q = parseQuantity(String(c.resources[kind][name]))
      if (q !== undefined && q.value > (total[name]?.value ?? 0)) total[name] = q
    }
  }
  if (kind === 'requests' || Object.keys(total).length > 0) add(pod.spec.overhead)
  return total
}
