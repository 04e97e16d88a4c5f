import { parseQuantity } from '../../../base/quantity.ts'
import { fail } from '../errors.ts'
import { flag } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'
import { labelSelectorOf } from './selector.ts'
import { CREATE_FLAGS, createTyped, meta, nullTime } from './typed.ts'

/** NAME before "--", the command behind it (or behind NAME). */
function nameAndCommand(call: Invocation): { name: string; command: readonly string[] } {
  const at = call.dash < 0 ? 1 : call.dash
  const names = call.args.slice(0, at)
  if (names.length !== 1 || call.args.length === 0) throw call.usage(`exactly one NAME is required, got ${names.length}`)
  return { name: names[0]!, command: call.args.slice(at) }
}

function podTemplate(call: Invocation, name: string, command: readonly string[], restart: string): Obj {
  const container = { name, image: call.flags.text('image'), ...(command.length > 0 ? { command } : {}), resources: {} }
  return { metadata: nullTime(call), spec: { containers: [container], restartPolicy: restart } }
}

export const createJob: Verb = {
  name: 'job',
  short: 'Create a job with the specified name',
  use: 'NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...] [options]',
  flags: [...CREATE_FLAGS, flag('from', 'string'), flag('image', 'string')],
  run: (call) => {
    const { name, command } = nameAndCommand(call)
    const from = call.flags.text('from')
    if (from === '' && call.flags.text('image') === '') throw fail('either --image or --from must be specified')
    if (from !== '' && call.flags.text('image') !== '') throw fail('either --image or --from must be specified')
    if (from !== '' && command.length > 0) throw fail('cannot specify --from and command')
    const head = { kind: 'Job', apiVersion: 'batch/v1' }
    if (from === '') {
      const object = {
        ...head,
        metadata: meta(call, name, undefined),
        spec: { template: podTemplate(call, name, command, 'Never') },
        status: {},
      }
      return createTyped(call, 'jobs', object, 'failed to create job')
    }
    const [type = '', source = ''] = from.split('/')
    if (call.mapper.resolve(type).resource !== 'cronjobs' || source === '') throw fail('from must be an existing cronjob')
    const cron = call.rest.get(`/apis/batch/v1/namespaces/${call.namespace}/cronjobs/${source}`)
    const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: cron.metadata.name, uid: cron.metadata.uid, controller: true }
    const annotations = { 'cronjob.kubernetes.io/instantiate': 'manual', ...cron.spec.jobTemplate.metadata?.annotations }
    const metadata = {
      ...meta(call, name, undefined, cron.spec.jobTemplate.metadata?.labels),
      annotations,
      ownerReferences: [owner],
    }
    return createTyped(call, 'jobs', { ...head, metadata, spec: cron.spec.jobTemplate.spec, status: {} }, 'failed to create job')
  },
}

export const createCronJob: Verb = {
  name: 'cronjob',
  aliases: ['cj'],
  short: 'Create a cron job with the specified name',
  use: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags] [options]",
  flags: [...CREATE_FLAGS, flag('image', 'string'), flag('restart', 'string'), flag('schedule', 'string')],
  run: (call) => {
    const { name, command } = nameAndCommand(call)
    for (const needed of ['image', 'schedule'])
      if (call.flags.text(needed) === '') throw fail(`required flag(s) "${needed}" not set`)
    const template = podTemplate(call, name, command, call.flags.text('restart') || 'OnFailure')
    const object = {
      kind: 'CronJob',
      apiVersion: 'batch/v1',
      metadata: meta(call, name, undefined),
      spec: { schedule: call.flags.text('schedule'), jobTemplate: { metadata: meta(call, name, undefined), spec: { template } } },
      status: {},
    }
    return createTyped(call, 'cronjobs', object, 'failed to create cronjob')
  },
}

export const createQuota: Verb = {
  name: 'quota',
  aliases: ['resourcequota'],
  short: 'Create a quota with the specified name',
  use: 'NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none] [options]',
  flags: [...CREATE_FLAGS, flag('hard', 'string'), flag('scopes', 'string')],
  run: (call) => {
    const { name } = nameAndCommand(call)
    const hard: Obj = {}
    for (const part of call.flags.list('hard')) {
      const [key = '', value] = part.split('=')
      if (value === undefined || key === '') throw fail(`Invalid argument syntax ${part}, expected <resource>=<value>`)
      if (parseQuantity(value) === undefined)
        throw fail("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
      hard[key] = value
    }
    const scopes = call.flags.list('scopes')
    const spec = { ...(Object.keys(hard).length > 0 ? { hard } : {}), ...(scopes.length > 0 ? { scopes } : {}) }
    return createTyped(
      call,
      'resourcequotas',
      { kind: 'ResourceQuota', apiVersion: 'v1', metadata: meta(call, name, undefined), spec, status: {} },
      'failed to create quota',
    )
  },
}

export const createPdb: Verb = {
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  short: 'Create a pod disruption budget with the specified name',
  use: 'NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none] [options]',
  flags: [...CREATE_FLAGS, flag('max-unavailable', 'string'), flag('min-available', 'string'), flag('selector', 'string')],
  run: (call) => {
    const { name } = nameAndCommand(call)
    const { flags } = call
    if (flags.text('selector') === '') throw fail('a selector must be specified')
    const both = [flags.text('max-unavailable'), flags.text('min-available')].filter((v) => v !== '').length
    if (both === 0) throw fail('one of min-available or max-unavailable must be specified')
    if (both === 2) throw fail('min-available and max-unavailable cannot be both specified')
    for (const name of ['min-available', 'max-unavailable'])
      if (flags.text(name) !== '' && !/^[0-9]+%?$/.test(flags.text(name))) throw fail(`invalid format specified for ${name}`)
    const selector = labelSelectorOf(flags.text('selector'))
    const number = (text: string) => (/^\d+$/.test(text) ? Number(text) : text)
    const spec = {
      ...(flags.text('min-available') === '' ? {} : { minAvailable: number(flags.text('min-available')) }),
      selector,
      ...(flags.text('max-unavailable') === '' ? {} : { maxUnavailable: number(flags.text('max-unavailable')) }),
    }
    const status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }
    return createTyped(
      call,
      'poddisruptionbudgets',
      { kind: 'PodDisruptionBudget', apiVersion: 'policy/v1', metadata: meta(call, name, undefined), spec, status },
      'failed to create poddisruptionbudgets',
    )
  },
}
