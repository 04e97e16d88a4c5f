import { flag } from '../flags/spec.ts'
import type { Verb } from '../verb.ts'
import { CREATE_FLAGS, createTyped, meta, oneName } from './typed.ts'

export const createPriorityClass: Verb = {
  name: 'priorityclass',
  aliases: ['pc'],
  short: 'Create a priority class with the specified name',
  flags: [
    ...CREATE_FLAGS,
    flag('description', 'string'),
    flag('global-default', 'bool'),
    flag('preemption-policy', 'string', { fallback: 'PreemptLowerPriority' }),
    flag('value', 'int32'),
  ],
  run: (call) => {
    const { flags } = call
    const object = {
      kind: 'PriorityClass',
      apiVersion: 'scheduling.k8s.io/v1',
      metadata: meta(call, oneName(call), undefined),
      value: flags.int('value'),
      ...(flags.bool('global-default') ? { globalDefault: true } : {}),
      ...(flags.text('description') === '' ? {} : { description: flags.text('description') }),
      preemptionPolicy: flags.text('preemption-policy'),
    }
    return createTyped(call, 'priorityclasses', object, 'failed to create priorityclass')
  },
}
