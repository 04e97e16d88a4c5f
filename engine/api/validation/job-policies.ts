// biome-ignore-all lint/suspicious/noExplicitAny: specs are open structures whose shape the schema checks
import { parseIndexes } from '../job-indexes.ts'
import { duplicate, type FieldError, invalid, notSupported, required } from '../status.ts'
import { qualifiedName } from './names.ts'
import { nonNegative, withoutValue } from './template.ts'

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const OPERATORS = ['In', 'NotIn']
const STATUSES = ['False', 'True', 'Unknown']
const quoted = (values: readonly string[]) => `valid values: [${values.map((v) => `"${v}"`).join(' ')}]`

function exitCodes(given: any, at: string, containers: ReadonlySet<string>): FieldError[] {
  const out: FieldError[] = []
  const { operator, containerName, values = [] } = given
  if (!operator) out.push(required(`${at}.operator`, quoted(OPERATORS)))
  else if (!OPERATORS.includes(operator)) out.push(notSupported(`${at}.operator`, operator, OPERATORS))
  if (containerName !== undefined && !containers.has(containerName)) {
    const words = 'must be one of the container or initContainer names in the pod template'
    out.push(invalid(`${at}.containerName`, containerName, words))
  }
  if (values.length === 0) out.push(invalid(`${at}.values`, given.values ?? null, 'at least one value is required'))
  const seen = new Set<number>()
  let isOrdered = true
  for (const [i, value] of (values as number[]).entries()) {
    if (operator === 'In' && value === 0) out.push(invalid(`${at}.values[${i}]`, 0, 'must not be 0 for the In operator'))
    if (seen.has(value)) out.push(duplicate(`${at}.values[${i}]`, value))
    seen.add(value)
    if (i > 0 && values[i - 1] > value) isOrdered = false
  }
  if (!isOrdered) out.push(invalid(`${at}.values`, values, 'must be ordered'))
  return out
}

function conditions(patterns: readonly any[], at: string): FieldError[] {
  return patterns.flatMap(({ type = '', status }, i) => {
    const out = qualifiedName(type).map((m) => invalid(`${at}[${i}].type`, type, m))
    if (!status) out.push(required(`${at}[${i}].status`, quoted(STATUSES)))
    else if (!STATUSES.includes(status)) out.push(notSupported(`${at}[${i}].status`, status, STATUSES))
    return out
  })
}

/** validatePodFailurePolicy (pkg/apis/batch/validation). */
export function podFailurePolicy(spec: any, at: string): FieldError[] {
  const { containers = [], initContainers = [] } = spec.template?.spec ?? {}
  const names = new Set<string>([...containers, ...initContainers].map((c: any) => c.name))
  return ((spec.podFailurePolicy.rules ?? []) as any[]).flatMap((rule, i) => {
    const field = `${at}.rules[${i}]`
    const out: FieldError[] = []
    if (!rule.action) out.push(required(`${field}.action`, quoted(ACTIONS)))
    else if (rule.action === 'FailIndex') {
      if (spec.backoffLimitPerIndex === undefined)
        out.push(invalid(`${field}.action`, rule.action, 'requires the backoffLimitPerIndex to be set'))
    } else if (!ACTIONS.includes(rule.action)) out.push(notSupported(`${field}.action`, rule.action, ACTIONS))
    const patterns: readonly any[] = rule.onPodConditions ?? []
    if (rule.onExitCodes) out.push(...exitCodes(rule.onExitCodes, `${field}.onExitCodes`, names))
    out.push(...conditions(patterns, `${field}.onPodConditions`))
    if (rule.onExitCodes && patterns.length > 0)
      out.push(withoutValue(field, 'specifying both OnExitCodes and OnPodConditions is not supported'))
    if (!rule.onExitCodes && patterns.length === 0)
      out.push(withoutValue(field, 'specifying one of OnExitCodes and OnPodConditions is required'))
    return out
  })
}

/** The policies as the server's own structs print them. */
export function internalPolicy(name: string, policy: any): unknown {
  const rules = (policy?.rules ?? null) as any[] | null
  if (policy === undefined || policy === null || (name !== 'podFailurePolicy' && name !== 'successPolicy')) return policy ?? null
  if (name === 'successPolicy') {
    const rule = ({ succeededIndexes = null, succeededCount = null }: any) => ({
      SucceededIndexes: succeededIndexes,
      SucceededCount: succeededCount,
    })
    return { Rules: rules?.map(rule) ?? null }
  }
  const exit = ({ containerName = null, operator = '', values = null }: any) => ({
    ContainerName: containerName,
    Operator: operator,
    Values: values,
  })
  const pattern = ({ type = '', status = '' }: any) => ({ Type: type, Status: status })
  const rule = ({ action = '', onExitCodes, onPodConditions }: any) => ({
    Action: action,
    OnExitCodes: onExitCodes ? exit(onExitCodes) : null,
    OnPodConditions: onPodConditions?.map(pattern) ?? null,
  })
  return { Rules: rules?.map(rule) ?? null }
}

/** validateSuccessPolicy; only Indexed Jobs have one. */
export function successPolicy(spec: any, at: string): FieldError[] {
  const rules: readonly any[] = spec.successPolicy.rules ?? []
  if (rules.length === 0)
    return [required(`${at}.rules`, 'at least one rules must be specified when the successPolicy is specified')]
  const completions: number = spec.completions ?? 0
  return rules.flatMap(({ succeededCount: count, succeededIndexes: indexes }, i) => {
    const field = `${at}.rules[${i}]`
    const out: FieldError[] = []
    if (count === undefined && indexes === undefined)
      out.push(required(field, 'at least one of succeededCount or succeededIndexes must be specified'))
    let total = 0
    if (indexes !== undefined) {
      const parsed = parseIndexes(indexes, completions)
      if ('error' in parsed)
        out.push(invalid(`${field}.succeededIndexes`, indexes, `error parsing succeededIndexes: ${parsed.error}`))
      else total = parsed.indexes.length
    }
    if (count === undefined) return out
    out.push(...nonNegative(count, `${field}.succeededCount`))
    const most = (n: number, what: string) =>
      invalid(`${field}.succeededCount`, count, `must be less than or equal to ${n} (the number of ${what})`)
    if (count > completions) out.push(most(completions, 'specified completions'))
    if (indexes !== undefined && count > total) out.push(most(total, 'indexes in the specified succeededIndexes field'))
    return out
  })
}
