// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { duplicate, type FieldError, invalid, notSupported, required } from '../../status.ts'
import { complaints, positive, unsupported } from '../fields.ts'
import { labelValue, qualifiedName, validateLabelSelector } from '../names.ts'
import { matchLabelKeys } from './affinity.ts'

export const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']
const ANY_KEY = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'

/** ValidateTolerations. */
export function validateTolerations(list: readonly any[], at: string): FieldError[] {
  const out: FieldError[] = []
  for (const [i, t] of list.entries()) {
    const field = `${at}[${i}]`
    const operator = t.operator ?? ''
    if (t.key) out.push(...complaints(`${field}.key`, t.key, qualifiedName(t.key)))
    else if (operator !== 'Exists') out.push(invalid(`${field}.operator`, operator, ANY_KEY))
    if (t.tolerationSeconds !== undefined && t.effect !== 'NoExecute') {
      out.push(invalid(`${field}.effect`, t.effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"))
    }
    if (operator === 'Equal' || operator === '') {
      const wrong = labelValue(t.value ?? '')
      if (wrong.length > 0) out.push(invalid(`${field}.operator`, t.value, wrong.join(';')))
    } else if (operator === 'Exists') {
      if (t.value) out.push(invalid(`${field}.operator`, t.value, "value must be empty when `operator` is 'Exists'"))
    } else if (operator === 'Lt' || operator === 'Gt') {
      out.push(unsupported(`${field}.operator`, operator, ['Equal', 'Exists', 'Lt', 'Gt']))
    } else out.push(unsupported(`${field}.operator`, operator, ['Equal', 'Exists']))
    if (t.effect && !EFFECTS.includes(t.effect)) out.push(unsupported(`${field}.effect`, t.effect, EFFECTS))
  }
  return out
}

const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway']
const POLICIES = ['Honor', 'Ignore']

/** validateTopologySpreadConstraints. */
export function validateSpread(list: readonly any[], at: string): FieldError[] {
  const out: FieldError[] = []
  for (const [i, c] of list.entries()) {
    const field = `${at}[${i}]`
    const [key, action] = [c.topologyKey ?? '', c.whenUnsatisfiable ?? '']
    out.push(...positive(c.maxSkew, `${field}.maxSkew`))
    if (key === '') out.push(required(`${field}.topologyKey`, 'can not be empty'))
    if (!ACTIONS.includes(action)) out.push(notSupported(`${field}.whenUnsatisfiable`, action, ACTIONS))
    if (list.slice(i + 1).some((d) => (d.topologyKey ?? '') === key && (d.whenUnsatisfiable ?? '') === action)) {
      out.push(duplicate(`${field}.{topologyKey, whenUnsatisfiable}`, `{${key}, ${action}}`))
    }
    if (c.minDomains !== undefined) {
      out.push(...positive(c.minDomains, `${field}.minDomains`))
      if (action !== 'DoNotSchedule') {
        const words = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`
        out.push(invalid(`${field}.minDomains`, c.minDomains, words))
      }
    }
    for (const policy of ['nodeAffinityPolicy', 'nodeTaintsPolicy'])
      if (c[policy] !== undefined && !POLICIES.includes(c[policy]))
        out.push(notSupported(`${field}.${policy}`, c[policy], POLICIES))
    out.push(...matchLabelKeys({ ...c, mismatchLabelKeys: [] }, field))
    out.push(...validateLabelSelector(c.labelSelector, `${field}.labelSelector`))
  }
  return out
}

/** validateSchedulingGates and validateReadinessGates. */
export function validateGates(spec: any, at: string): FieldError[] {
  const out: FieldError[] = []
  for (const [i, g] of (spec.readinessGates ?? []).entries())
    out.push(
      ...complaints(`${at}.readinessGates[${i}].conditionType`, g.conditionType ?? '', qualifiedName(g.conditionType ?? '')),
    )
  const seen = new Set<string>()
  for (const [i, { name = '' }] of (spec.schedulingGates ?? []).entries()) {
    const field = `${at}.schedulingGates[${i}]`
    out.push(...complaints(field, name, qualifiedName(name)))
    if (seen.has(name)) out.push(duplicate(field, name))
    seen.add(name)
  }
  return out
}
