// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { deepEqual } from '../../deep-equal.ts'
import type { KubeObject } from '../../object.ts'
import { type FieldError, forbiddenField, invalid, required } from '../../status.ts'
import { between } from '../fields.ts'
import { goDiff } from '../go-diff.ts'
import { trimmedImage } from './containers.ts'
import { validateTolerations } from './scheduling.ts'

const CHANGEABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'
const MAX_INT32 = 2147483647

function images(now: readonly any[], before: readonly any[], at: string): { errors: FieldError[]; stop: boolean } {
  if (now.length !== before.length)
    return { errors: [forbiddenField(at, 'pod updates may not add or remove containers')], stop: true }
  const errors = now.flatMap((c, i) => [...(c.image ? [] : [required(`${at}[${i}].image`)]), ...trimmedImage(c, `${at}[${i}]`)])
  return { errors, stop: false }
}

function deadline(now: number | undefined, before: number | undefined): FieldError[] {
  const field = 'spec.activeDeadlineSeconds'
  if (now === undefined) {
    return before === undefined ? [] : [invalid(field, null, 'must not update from a positive integer to nil value')]
  }
  const out = now < 0 || now > MAX_INT32 ? [invalid(field, now, between(0, MAX_INT32))] : []
  if (before !== undefined && before < now) out.push(invalid(field, now, 'must be less than or equal to previous value'))
  return out
}

/** What a changed pod's spec would be had only its changeable fields been changed: the old ones are put back. */
function munged(now: any, before: any): any {
  const back = (list: readonly any[] | undefined, old: readonly any[] | undefined) =>
    list?.map((c, i) => ({ ...c, image: old?.[i]?.image }))
  const out: any = {
    ...now,
    containers: back(now.containers, before.containers),
    initContainers: back(now.initContainers, before.initContainers),
  }
  for (const field of ['activeDeadlineSeconds', 'schedulingGates', 'tolerations']) out[field] = before[field]
  if (before.terminationGracePeriodSeconds < 0 && now.terminationGracePeriodSeconds === 1)
    out.terminationGracePeriodSeconds = before.terminationGracePeriodSeconds
  return JSON.parse(JSON.stringify(out))
}

/** While gates hold a pod back, its node selector may be narrowed (validateNodeSelectorMutation). */
function gated(spec: any, before: any, errors: FieldError[]): any {
  if ((before.schedulingGates ?? []).length === 0) return spec
  const out = { ...spec }
  if (!deepEqual(spec.nodeSelector ?? {}, before.nodeSelector ?? {})) {
    const changed = Object.entries(before.nodeSelector ?? {}).some(([k, v]) => spec.nodeSelector?.[k] !== v)
    if (changed) {
      const words = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'
      errors.push(invalid('spec.nodeSelector', spec.nodeSelector ?? null, words))
    }
    if (before.nodeSelector === undefined) delete out.nodeSelector
    else out.nodeSelector = before.nodeSelector
  }
  if (!deepEqual(spec.affinity?.nodeAffinity ?? {}, before.affinity?.nodeAffinity ?? {})) {
    if (before.affinity === undefined) delete out.affinity
    else out.affinity = { ...spec.affinity, nodeAffinity: before.affinity.nodeAffinity }
  }
  return out
}

/** ValidatePodUpdate after the pod itself was found valid: only a few fields of a running pod may change. */
export function validatePodChange(object: KubeObject, old: KubeObject): FieldError[] {
  const [now, before] = [object.spec ?? {}, old.spec ?? {}]
  const main = images(now.containers ?? [], before.containers ?? [], 'spec.containers')
  if (main.stop) return main.errors
  const init = images(now.initContainers ?? [], before.initContainers ?? [], 'spec.initContainers')
  if (init.stop) return [...main.errors, ...init.errors]
  const out = [...main.errors, ...init.errors, ...deadline(now.activeDeadlineSeconds, before.activeDeadlineSeconds)]
  const same = ({ tolerationSeconds: _seconds, ...t }: any, u: any) => deepEqual(t, { ...u, tolerationSeconds: undefined })
  for (const t of before.tolerations ?? [])
    if (!(now.tolerations ?? []).some((u: any) => same(t, u)))
      out.push(forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'))
  out.push(...validateTolerations(now.tolerations ?? [], 'spec.tolerations'))
  const gates = (before.schedulingGates ?? []).map((g: any) => g.name)
  for (const [i, g] of (now.schedulingGates ?? []).entries())
    if (!gates.includes(g.name)) {
      const words = `only deletion is allowed, but found new scheduling gate '${g.name}'`
      out.push(forbiddenField(`spec.schedulingGates[${i}].name`, words))
    }
  const spec = gated(munged(now, before), before, out)
  if (!deepEqual(spec, before)) out.push(forbiddenField('spec', `${CHANGEABLE}\n${goDiff('PodSpec', before, spec)}`))
  return out
}
