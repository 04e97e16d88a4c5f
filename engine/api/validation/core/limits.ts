// biome-ignore-all lint/suspicious/noExplicitAny: limits are open structures whose shape the schema checks
import type { KubeObject } from '../../object.ts'
import { duplicate, type FieldError, forbiddenField, invalid, required } from '../../status.ts'
import { complaints } from '../fields.ts'
import { qualifiedName } from '../names.ts'
import { containerResourceName, overcommit, resourceName } from '../pod/resources.ts'
import { amountOf, compareQuantities } from '../quantity.ts'

const TYPES = ['Pod', 'Container', 'PersistentVolumeClaim']
const RULES = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const

function type(name: string, at: string): FieldError[] {
  const out = complaints(at, name, qualifiedName(name))
  if (out.length > 0 || name.includes('/') || TYPES.includes(name)) return out
  return [invalid(at, name, 'must be a standard limit type or fully qualified')]
}

/** How the bounds for one resource agree with each other. */
function agreement(limit: any, name: string, at: string): FieldError[] {
  const out: FieldError[] = []
  const [max, min, standard, request, ratio] = RULES.map((rule) => limit[rule]?.[name] as string | undefined)
  const above = (a: string | undefined, b: string | undefined) =>
    a !== undefined && b !== undefined && compareQuantities(a, b) > 0
  const say = (rule: string, value: unknown, words: string) => out.push(invalid(`${at}.${rule}[${name}]`, value, words))
  if (above(min, max)) say('min', min, `min value ${min} is greater than max value ${max}`)
  if (above(min, request)) say('defaultRequest', request, `min value ${min} is greater than default request value ${request}`)
  if (above(request, max)) say('defaultRequest', request, `default request value ${request} is greater than max value ${max}`)
  if (above(request, standard))
    say('defaultRequest', request, `default request value ${request} is greater than default limit value ${standard}`)
  if (above(min, standard)) say('default', min, `min value ${min} is greater than default value ${standard}`)
  if (above(standard, max)) say('default', max, `default value ${standard} is greater than max value ${max}`)
  if (above('1', ratio)) say('maxLimitRequestRatio', ratio, `ratio ${ratio} is less than 1`)
  if (ratio !== undefined && min !== undefined && max !== undefined) {
    const most = Number(amountOf(max).nanos) / Number(amountOf(min).nanos)
    if (Number(amountOf(ratio).nanos) / 1e9 > most)
      say('maxLimitRequestRatio', ratio, `ratio ${ratio} is greater than max/min = ${most.toFixed(6)}`)
  }
  const both = standard !== undefined && request !== undefined
  if (both && !overcommit(name) && compareQuantities(standard, request) !== 0)
    say('defaultRequest', request, `default value ${standard} must equal to defaultRequest value ${request} in ${name}`)
  return out
}

/** ValidateLimitRange. */
export function validateLimitRange(range: KubeObject): FieldError[] {
  const out: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, limit] of ((range.spec?.limits ?? []) as readonly any[]).entries()) {
    const at = `spec.limits[${i}]`
    const kind: string = limit.type ?? ''
    out.push(...type(kind, `${at}.type`))
    if (seen.has(kind)) out.push(duplicate(`${at}.type`, kind))
    seen.add(kind)
    const names = new Set<string>()
    for (const rule of RULES) {
      const given = Object.keys(limit[rule] ?? {})
      if (kind === 'Pod' && rule.startsWith('default')) {
        if (given.length > 0) out.push(forbiddenField(`${at}.${rule}`, "may not be specified when `type` is 'Pod'"))
        continue
      }
      if (rule === 'maxLimitRequestRatio' && kind === 'PersistentVolumeClaim' && !limit.min?.storage && !limit.max?.storage)
        out.push(required(`${at}.limits`, 'either minimum or maximum storage value is required, but neither was provided'))
      for (const name of given) {
        const field = `${at}.${rule}[${name}]`
        out.push(...(kind === 'Pod' || kind === 'Container' ? containerResourceName(name, field) : resourceName(name, field)))
        names.add(name)
      }
    }
    for (const name of names) out.push(...agreement(limit, name, at))
  }
  return out
}
