import { fail } from '../errors.ts'
import { podSpec, setter } from './setter.ts'

export const serviceAccount = setter({
  name: 'serviceaccount',
  aliases: ['sa'],
  short: 'Update the service account of a resource',
  word: 'serviceaccount updated',
  always: true,
  isValue: (_, at, args) => at === args.length - 1,
  check: (_, values) => {
    if (values.length === 0) throw fail('serviceaccount is required')
  },
  edit: (object, values) => {
    const spec = podSpec(object)
    spec.serviceAccountName = values[0]
    if (spec.serviceAccount !== undefined) spec.serviceAccount = values[0]
  },
})
