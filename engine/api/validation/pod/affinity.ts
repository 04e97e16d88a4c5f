// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { type FieldError, forbiddenField, invalid, required } from '../../status.ts'
import { complaints, label } from '../fields.ts'
import { dns1123Subdomain, labelValue, qualifiedName, validateLabelSelector } from '../names.ts'

const NO_OPERATOR = 'not a valid selector operator'

/** ValidateNodeSelectorRequirement. */
function requirement(r: any, at: string, values: boolean): FieldError[] {
  const out: FieldError[] = []
  const given: readonly string[] = r.values ?? []
  if (r.operator === 'In' || r.operator === 'NotIn') {
    if (given.length === 0) out.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
  } else if (r.operator === 'Exists' || r.operator === 'DoesNotExist') {
    if (given.length > 0)
      out.push(forbiddenField(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
  } else if (r.operator === 'Gt' || r.operator === 'Lt') {
    if (given.length !== 1) out.push(required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"))
  } else out.push(invalid(`${at}.operator`, r.operator ?? '', NO_OPERATOR))
  out.push(...complaints(`${at}.key`, r.key ?? '', qualifiedName(r.key ?? '')))
  if (values) for (const [i, v] of given.entries()) out.push(...complaints(`${at}.values[${i}]`, v, labelValue(v)))
  return out
}

/** ValidateNodeFieldSelectorRequirement: only a node's name can be asked for. */
function fieldRequirement(r: any, at: string): FieldError[] {
  const out: FieldError[] = []
  const given: readonly string[] = r.values ?? []
  if (r.operator !== 'In' && r.operator !== 'NotIn') out.push(invalid(`${at}.operator`, r.operator ?? '', NO_OPERATOR))
  else if (given.length !== 1)
    out.push(required(`${at}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"))
  if (r.key !== 'metadata.name') return [...out, invalid(`${at}.key`, r.key ?? '', 'not a valid field selector key')]
  return [...out, ...given.flatMap((v, i) => complaints(`${at}.values[${i}]`, v, dns1123Subdomain(v)))]
}

function term(t: any, at: string, values: boolean): FieldError[] {
  return [
    ...(t.matchExpressions ?? []).flatMap((r: any, i: number) => requirement(r, `${at}.matchExpressions[${i}]`, values)),
    ...(t.matchFields ?? []).flatMap((r: any, i: number) => fieldRequirement(r, `${at}.matchFields[${i}]`)),
  ]
}

/** ValidateNodeSelector. */
export function nodeSelector(given: any, at: string): FieldError[] {
  const field = `${at}.nodeSelectorTerms`
  const terms: readonly any[] = given.nodeSelectorTerms ?? []
  if (terms.length === 0) return [required(field, 'must have at least one node selector term')]
  return terms.flatMap((t, i) => term(t, `${field}[${i}]`, true))
}

function labelKeys(keys: readonly string[], at: string, selector: unknown): FieldError[] {
  if (keys.length === 0) return []
  if (selector === undefined) return [forbiddenField(at, 'must not be specified when labelSelector is not set')]
  return keys.flatMap((key, i) => complaints(`${at}[${i}]`, key, qualifiedName(key)))
}

/** ValidateMatchLabelKeysAndMismatchLabelKeys. */
export function matchLabelKeys(given: any, at: string): FieldError[] {
  const match: readonly string[] = given.matchLabelKeys ?? []
  const mismatch: readonly string[] = given.mismatchLabelKeys ?? []
  const out = [
    ...labelKeys(match, `${at}.matchLabelKeys`, given.labelSelector),
    ...labelKeys(mismatch, `${at}.mismatchLabelKeys`, given.labelSelector),
  ]
  const seen = new Set(Object.keys(given.labelSelector?.matchLabels ?? {}))
  for (const { key } of given.labelSelector?.matchExpressions ?? []) {
    const i = match.indexOf(key)
    if (i >= 0 && seen.has(key)) out.push(invalid(`${at}[${i}]`, key, 'exists in both matchLabelKeys and labelSelector'))
    seen.add(key)
  }
  for (const [i, key] of match.entries())
    if (mismatch.includes(key))
      out.push(invalid(`${at}.matchLabelKeys[${i}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys'))
  return out
}

/** validatePodAffinityTerm. */
function podTerm(t: any, at: string): FieldError[] {
  const out = [
    ...validateLabelSelector(t.labelSelector, `${at}.labelSelector`),
    ...validateLabelSelector(t.namespaceSelector, `${at}.namespaceSelector`),
    ...(t.namespaces ?? []).flatMap((n: string) => label(n, `${at}.namespace`)),
    ...matchLabelKeys(t, at),
  ]
  const key = t.topologyKey ?? ''
  if (key === '') out.push(required(`${at}.topologyKey`, 'can not be empty'))
  return [...out, ...complaints(`${at}.topologyKey`, key, qualifiedName(key))]
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution'

function weight(t: any, at: string): FieldError[] {
  return (t.weight ?? 0) <= 0 || t.weight > 100 ? [invalid(`${at}.weight`, t.weight ?? 0, 'must be in the range 1-100')] : []
}

/** validateAffinity. */
export function validateAffinity(given: any, at: string): FieldError[] {
  if (given === undefined) return []
  const out: FieldError[] = []
  const node = given.nodeAffinity
  if (node?.[REQUIRED]) out.push(...nodeSelector(node[REQUIRED], `${at}.nodeAffinity.${REQUIRED}`))
  for (const [i, t] of (node?.[PREFERRED] ?? []).entries()) {
    const field = `${at}.nodeAffinity.${PREFERRED}[${i}]`
    out.push(...weight(t, field), ...term(t.preference ?? {}, `${field}.preference`, false))
  }
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    for (const [i, t] of (given[kind]?.[REQUIRED] ?? []).entries()) out.push(...podTerm(t, `${at}.${kind}.${REQUIRED}[${i}]`))
    for (const [i, t] of (given[kind]?.[PREFERRED] ?? []).entries()) {
      const field = `${at}.${kind}.${PREFERRED}[${i}]`
      out.push(...weight(t, field), ...podTerm(t.podAffinityTerm ?? {}, `${field}.podAffinityTerm`))
    }
  }
  return out
}
