// biome-ignore-all lint/suspicious/noExplicitAny: specs are open structures whose shape the schema checks
import { deepEqual } from '../deep-equal.ts'
import type { KubeObject } from '../object.ts'
import { matchesSelector } from '../selectors.ts'
import { type FieldError, invalid, notSupported, required, tooLong } from '../status.ts'
import { unsupported } from './fields.ts'
import { internalStruct } from './go-diff.ts'
import { internalPolicy, podFailurePolicy, successPolicy } from './job-policies.ts'
import { dns1123Label, dns1123Subdomain, validateLabelSelector } from './names.ts'
import { validatePodTemplateSpec } from './pod.ts'
import { immutable, isReadable, labelsMatch, nonNegative } from './template.ts'

const MOST_PARALLEL = 100_000
const MANY_COMPLETIONS = 100_000
const MANY_PARALLEL = 10_000
const COUNTS = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished']

function managedBy(value: string, at: string): FieldError[] {
  const out: FieldError[] = []
  const slash = value.indexOf('/')
  if (value === '') out.push(required(at))
  else if (slash < 0 || slash === value.length - 1)
    out.push(invalid(at, value, 'must be a domain-prefixed path (such as "acme.io/foo")'))
  else for (const m of dns1123Subdomain(value.slice(0, slash))) out.push(invalid(at, value.slice(0, slash), m))
  if (value.length > 63) out.push(tooLong(at, 63))
  return out
}

function indexed(spec: any, at: string): FieldError[] {
  const { completions, parallelism, maxFailedIndexes: failed, backoffLimitPerIndex } = spec
  const out: FieldError[] = []
  if (completions === undefined) out.push(required(`${at}.completions`, 'when completion mode is Indexed'))
  const most = (name: string, value: number, n: number, when = '') =>
    invalid(`${at}.${name}`, value, `must be less than or equal to ${n}${when}`)
  if (parallelism > MOST_PARALLEL) out.push(most('parallelism', parallelism, MOST_PARALLEL, ' when completion mode is Indexed'))
  if (completions !== undefined && failed > completions)
    out.push(invalid(`${at}.maxFailedIndexes`, failed, 'must be less than or equal to completions'))
  if (failed > MOST_PARALLEL) out.push(most('maxFailedIndexes', failed, MOST_PARALLEL))
  if (!(completions > MANY_COMPLETIONS) || backoffLimitPerIndex === undefined) return out
  const when = ` when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`
  if (failed === undefined)
    out.push(required(`${at}.maxFailedIndexes`, `must be specified when completions is above ${MANY_COMPLETIONS}`))
  if (parallelism > MANY_PARALLEL) out.push(most('parallelism', parallelism, MANY_PARALLEL, when))
  if (failed > MANY_PARALLEL) out.push(most('maxFailedIndexes', failed, MANY_PARALLEL, when))
  return out
}

const MODES = ['NonIndexed', 'Indexed']
const REPLACEMENT = ['Failed', 'TerminatingOrFailed']

function restartPolicy(spec: any, at: string): FieldError[] {
  const policy: string = spec.template?.spec?.restartPolicy ?? ''
  const field = `${at}.template.spec.restartPolicy`
  if (policy === 'Always' || policy === '') return [required(field, 'valid values: "OnFailure", "Never"')]
  if (policy !== 'OnFailure' && policy !== 'Never') return [unsupported(field, policy, ['OnFailure', 'Never'])]
  if (spec.podFailurePolicy !== undefined && policy !== 'Never')
    return [invalid(field, policy, 'only "Never" is supported when podFailurePolicy is specified')]
  return []
}

/** validateJobSpec: what holds for a Job and for a CronJob's template alike. */
export function validateJobSpec(spec: any, at: string): FieldError[] {
  const out = COUNTS.flatMap((name) => nonNegative(spec[name], `${at}.${name}`))
  const { backoffLimitPerIndex, maxFailedIndexes, completionMode: mode, podReplacementPolicy: replacement } = spec
  out.push(
    ...nonNegative(backoffLimitPerIndex, `${at}.backoffLimitPerIndex`),
    ...nonNegative(maxFailedIndexes, `${at}.maxFailedIndexes`),
  )
  if (maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined)
    out.push(required(`${at}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'))
  if (spec.managedBy !== undefined) out.push(...managedBy(spec.managedBy, `${at}.managedBy`))
  if (mode !== undefined && !MODES.includes(mode)) out.push(unsupported(`${at}.completionMode`, mode, MODES))
  if (mode === 'Indexed') out.push(...indexed(spec, at))
  if (mode === undefined || mode === 'NonIndexed')
    for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes'])
      if (spec[name] !== undefined) out.push(invalid(`${at}.${name}`, spec[name], 'requires indexed completion mode'))
  if (spec.podFailurePolicy !== undefined) out.push(...podFailurePolicy(spec, `${at}.podFailurePolicy`))
  if (spec.successPolicy !== undefined) {
    if (mode === 'Indexed') out.push(...successPolicy(spec, `${at}.successPolicy`))
    else
      out.push(
        invalid(`${at}.successPolicy`, internalPolicy('successPolicy', spec.successPolicy), 'requires indexed completion mode'),
      )
  }
  if (replacement !== undefined) {
    const allowed = spec.podFailurePolicy === undefined ? REPLACEMENT : ['Failed']
    if (!allowed.includes(replacement)) out.push(notSupported(`${at}.podReplacementPolicy`, replacement, allowed))
  }
  return [...out, ...validatePodTemplateSpec(spec.template, `${at}.template`), ...restartPolicy(spec, at)]
}

const LABELS = (job: KubeObject): readonly (readonly [string, string])[] => [
  ['controller-uid', job.metadata.uid ?? ''],
  ['job-name', job.metadata.name],
  ['batch.kubernetes.io/controller-uid', job.metadata.uid ?? ''],
  ['batch.kubernetes.io/job-name', job.metadata.name],
]

/** validateGeneratedSelector: labels and selector are the server's, unless manualSelector says otherwise. */
function generatedSelector(job: KubeObject): FieldError[] {
  const { manualSelector, selector, template } = job.spec
  if (manualSelector === true || selector === undefined) return []
  const out: FieldError[] = []
  const labels: Record<string, string> = template?.metadata?.labels ?? {}
  for (const [key, value] of LABELS(job)) {
    const field = 'spec.template.metadata.labels'
    if (labels[key] === undefined) out.push(required(field, `must be '${value}'`))
    else if (labels[key] !== value) out.push(invalid(field, labels, `must be '${value}'`))
  }
  if (isReadable(selector) && !matchesSelector(selector, Object.fromEntries(LABELS(job))))
    out.push(invalid('spec.selector', selector, '`selector` not auto-generated'))
  return out
}

function validateSpec(spec: any): FieldError[] {
  const out = validateJobSpec(spec, 'spec')
  if (spec.selector === undefined) out.push(required('spec.selector'))
  else out.push(...validateLabelSelector(spec.selector, 'spec.selector'))
  if (isReadable(spec.selector)) out.push(...labelsMatch(spec.selector, spec.template))
  return out
}

export function validateJob(job: KubeObject): FieldError[] {
  const spec = job.spec ?? {}
  const out = [...generatedSelector(job), ...validateSpec(spec)]
  if (spec.completionMode === 'Indexed' && spec.completions > 0) {
    const host = `${job.metadata.name}-${spec.completions - 1}`
    if (dns1123Label(host).length > 0) {
      const words = `will not able to create pod with invalid DNS label: ${host}`
      out.push(invalid('metadata.name', job.metadata.name, words))
    }
  }
  return out
}

/** Where a suspended Job has not started, what says where its pods may go can still change. */
function templateUpdate(spec: any, job: KubeObject, old: KubeObject): FieldError[] {
  const isFree = old.spec.suspend === true && old.status?.startTime === undefined
  const fixed = (template: any) => {
    if (!isFree) return template
    const { affinity, nodeSelector: _n, tolerations: _t, schedulingGates: _g, ...pod } = template?.spec ?? {}
    const { nodeAffinity: _a, ...others } = affinity ?? {}
    const { labels: _l, annotations: _an, ...metadata } = template?.metadata ?? {}
    return { metadata, spec: { ...pod, ...(Object.keys(others).length > 0 ? { affinity: others } : {}) } }
  }
  if (deepEqual(fixed(job.spec.template), fixed(old.spec.template))) return []
  const { metadata = {}, spec: pod = {} } = spec.template ?? {}
  return [invalid('spec.template', { ...metadata, Spec: internalStruct('PodSpec', pod) }, 'field is immutable')]
}

export function validateJobUpdate(job: KubeObject, old: KubeObject): FieldError[] {
  const [spec, before] = [job.spec ?? {}, old.spec ?? {}]
  const out = validateJob(job)
  if (spec.completionMode !== 'Indexed') out.push(...immutable(spec.completions, before.completions, 'spec.completions'))
  else if (spec.completions !== undefined && spec.completions !== before.completions && spec.completions !== spec.parallelism)
    out.push(invalid('spec.completions', spec.completions, 'can only be modified in tandem with spec.parallelism'))
  out.push(...immutable(spec.selector, before.selector, 'spec.selector'), ...templateUpdate(spec, job, old))
  for (const name of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'])
    if (!deepEqual(spec[name], before[name]))
      out.push(invalid(`spec.${name}`, internalPolicy(name, spec[name]), 'field is immutable'))
  return out
}
