import type { KubeObject } from '../object.ts'
import { type FieldError, invalid, notSupported } from '../status.ts'
import { validateLabelSelector } from './names.ts'
import { atMostWhole, intOrPercent } from './template.ts'

const POLICIES = ['AlwaysAllow', 'IfHealthyBudget']

/** ValidatePodDisruptionBudgetSpec (pkg/apis/policy/validation). */
export function validateDisruptionBudget(object: KubeObject): FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = object.spec ?? {}
  const out: FieldError[] = []
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const value = {
      MinAvailable: minAvailable,
      Selector: selector ?? null,
      MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: policy ?? null,
    }
    out.push(invalid('spec', value, 'minAvailable and maxUnavailable cannot be both set'))
  }
  for (const [name, value] of Object.entries({ minAvailable, maxUnavailable }))
    if (value !== undefined) out.push(...intOrPercent(value, `spec.${name}`), ...atMostWhole(value, `spec.${name}`))
  out.push(...validateLabelSelector(selector ?? undefined, 'spec.selector'))
  if (policy !== undefined && !POLICIES.includes(policy))
    out.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, POLICIES))
  return out
}
