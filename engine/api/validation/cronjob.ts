// biome-ignore-all lint/suspicious/noExplicitAny: specs are open structures whose shape the schema checks
import { isTimeZone, parseCron } from '../../base/cron.ts'
import type { KubeObject } from '../object.ts'
import { type FieldError, invalid, notSupported, required } from '../status.ts'
import { unsupported } from './fields.ts'
import { validateJobSpec } from './job.ts'
import { nonNegative } from './template.ts'

const CONCURRENCY = ['Allow', 'Forbid', 'Replace']

function schedule(spec: any, old: any): FieldError[] {
  const at = 'spec.schedule'
  const text: string = spec.schedule ?? ''
  if (text === '') return [required(at)]
  const parsed = parseCron(text)
  const out = 'error' in parsed ? [invalid(at, text, parsed.error)] : []
  if (!text.includes('TZ')) return out
  if (!old?.schedule?.includes('TZ'))
    out.push(invalid(at, text, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'))
  else if (spec.timeZone !== undefined)
    out.push(invalid(at, text, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'))
  return out
}

function timeZone(name: string | undefined): FieldError[] {
  const at = 'spec.timeZone'
  if (name === undefined) return []
  if (name === '') return [invalid(at, name, 'timeZone must be nil or non-empty string')]
  const isBad = (part: string) => part === '.' || part === '..' || part.startsWith('-') || !/^[A-Za-z._0-9+-]{1,14}$/.test(part)
  if (name.split('/').some(isBad)) return [invalid(at, name, `unknown time zone ${name}`)]
  const explicit = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'
  if (name.toLowerCase() === 'local') {
    const out = [invalid(at, name, explicit)]
    return name === 'Local' ? out : [...out, invalid(at, name, `unknown time zone ${name}`)]
  }
  return isTimeZone(name) ? [] : [invalid(at, name, `unknown time zone ${name}`)]
}

function validateSpec(spec: any, old: any): FieldError[] {
  const out = [...schedule(spec, old), ...nonNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds')]
  if (old === undefined || old.timeZone !== spec.timeZone) out.push(...timeZone(spec.timeZone))
  const policy: string = spec.concurrencyPolicy ?? ''
  if (policy === '') out.push(required('spec.concurrencyPolicy'))
  else if (!CONCURRENCY.includes(policy)) out.push(notSupported('spec.concurrencyPolicy', policy, CONCURRENCY))
  const job = spec.jobTemplate?.spec ?? {}
  const at = 'spec.jobTemplate.spec'
  out.push(...validateJobSpec(job, at))
  if (job.selector !== undefined) out.push(invalid(`${at}.selector`, job.selector, '`selector` will be auto-generated'))
  if (job.manualSelector === true) out.push(unsupported(`${at}.manualSelector`, true, ['nil', 'false']))
  return [
    ...out,
    ...nonNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit'),
    ...nonNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit'),
  ]
}

/** ValidateCronJobCreate: the name leaves room for the eleven characters of a Job's suffix. */
export function validateCronJob(object: KubeObject): FieldError[] {
  const out = validateSpec(object.spec ?? {}, undefined)
  if ((object.metadata.name ?? '').length > 52)
    out.push(invalid('metadata.name', object.metadata.name, 'must be no more than 52 characters'))
  return out
}

export function validateCronJobUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  return validateSpec(object.spec ?? {}, old.spec ?? {})
}
