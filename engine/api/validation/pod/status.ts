// biome-ignore-all lint/suspicious/noExplicitAny: pod statuses are open structures whose shape the schema checks
import { ipFamily } from '../../../base/ip.ts'
import type { KubeObject } from '../../object.ts'
import { type FieldError, forbiddenField, invalid } from '../../status.ts'
import { ipAddress, subdomain } from '../fields.ts'

/** One address of each family at most. */
function addresses(list: readonly any[], at: string): FieldError[] {
  const out = list.flatMap(({ ip = '' }, i) => ipAddress(ip, `${at}[${i}]`))
  const families = list.map(({ ip = '' }) => ipFamily(ip))
  if (list.length > 1 && (new Set(families).size < 2 || list.length > 2))
    out.push(
      invalid(
        at,
        list.map(({ ip }) => ({ IP: ip })),
        'may specify no more than one IP for each IP family',
      ),
    )
  return out
}

/** ValidateContainerStateTransition: what ended for good does not run again. */
function transitions(now: readonly any[], before: readonly any[], at: string, restartPolicy: string): FieldError[] {
  if (restartPolicy === 'Always') return []
  return before.flatMap((old, i) => {
    const ended = old.state?.terminated
    if (ended === undefined || (ended.exitCode !== 0 && restartPolicy === 'OnFailure')) return []
    const same = now.find((c) => c.name === old.name)
    if (same === undefined || same.state?.terminated !== undefined) return []
    return [forbiddenField(`${at}[${i}].state`, 'may not be transitioned to non-terminated state')]
  })
}

/** ValidatePodStatusUpdate. */
export function validatePodStatus(pod: KubeObject, old: KubeObject): FieldError[] {
  const [now, before] = [pod.status ?? {}, old.status ?? {}]
  const out: FieldError[] = []
  for (const [i, c] of (now.conditions ?? []).entries())
    if (c.observedGeneration < 0)
      out.push(invalid(`status.conditions[${i}].observedGeneration`, c.observedGeneration, 'must be greater than or equal to 0'))
  const nominated = now.nominatedNodeName
  if (nominated && nominated !== before.nominatedNodeName) {
    const field = 'status.nominatedNodeName'
    out.push(...subdomain(nominated, field))
    if (old.spec?.nodeName) out.push(forbiddenField(field, 'may not be set on pods that are already bound to a node'))
  }
  out.push(
    ...transitions(
      now.containerStatuses ?? [],
      before.containerStatuses ?? [],
      'status.containerStatuses',
      pod.spec?.restartPolicy,
    ),
    ...addresses(now.podIPs ?? [], 'status.podIPs'),
  )
  const [host] = now.hostIPs ?? []
  if (host !== undefined && host.ip !== now.hostIP)
    out.push(invalid('status.hostIPs[0].ip', host.ip, 'must be equal to `hostIP`'))
  return [...out, ...addresses(now.hostIPs ?? [], 'status.hostIPs')]
}
