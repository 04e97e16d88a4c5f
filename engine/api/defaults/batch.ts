// biome-ignore-all lint/suspicious/noExplicitAny: specs are open structures whose shape the schema checks
import type { KubeObject } from '../object.ts'
import { podSpecDefaults } from './pod-spec.ts'

const INT32_MAX = 2_147_483_647

function template(given: any): any {
  return { metadata: {}, ...given, spec: podSpecDefaults(given?.spec ?? {}, true) }
}

/** A condition pattern of a pod failure policy asks for True where it says nothing. */
function podFailurePolicy(given: any): any {
  if (!Array.isArray(given?.rules)) return given
  const pattern = (p: any) => ({ ...p, status: p.status || 'True' })
  const rule = (r: any) => (Array.isArray(r.onPodConditions) ? { ...r, onPodConditions: r.onPodConditions.map(pattern) } : r)
  return { ...given, rules: given.rules.map(rule) }
}

/** batch/v1 SetDefaults_Job. */
export function jobDefaults(object: KubeObject): KubeObject {
  const given = object.spec
  if (given === undefined) return object
  const single = given.completions === undefined && given.parallelism === undefined
  const spec: any = {
    ...given,
    ...(single ? { completions: 1 } : {}),
    parallelism: given.parallelism ?? 1,
    backoffLimit: given.backoffLimit ?? (given.backoffLimitPerIndex === undefined ? 6 : INT32_MAX),
    completionMode: given.completionMode ?? 'NonIndexed',
    suspend: given.suspend ?? false,
    podReplacementPolicy: given.podReplacementPolicy ?? (given.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed'),
    manualSelector: given.manualSelector ?? false,
    template: template(given.template),
  }
  if (given.podFailurePolicy !== undefined) spec.podFailurePolicy = podFailurePolicy(given.podFailurePolicy)
  return { ...object, spec }
}

/** batch/v1 SetDefaults_CronJob: of its Jobs only the pods get defaults, the rest comes when one is made. */
export function cronJobDefaults(object: KubeObject): KubeObject {
  const given = object.spec
  if (given === undefined) return object
  const job = given.jobTemplate?.spec ?? {}
  const spec = {
    ...given,
    concurrencyPolicy: given.concurrencyPolicy || 'Allow',
    suspend: given.suspend ?? false,
    successfulJobsHistoryLimit: given.successfulJobsHistoryLimit ?? 3,
    failedJobsHistoryLimit: given.failedJobsHistoryLimit ?? 1,
    jobTemplate: {
      metadata: {},
      ...given.jobTemplate,
      spec: {
        ...job,
        ...(job.podFailurePolicy === undefined ? {} : { podFailurePolicy: podFailurePolicy(job.podFailurePolicy) }),
        template: template(job.template),
      },
    },
  }
  return { ...object, spec }
}
