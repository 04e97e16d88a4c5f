import { labelSelectorOf } from '../create/selector.ts'
import { fail } from '../errors.ts'
import { flag } from '../flags/spec.ts'
import { setter } from './setter.ts'

export const selector = setter({
  name: 'selector',
  short: 'Set the selector on a resource',
  flags: [flag('resource-version', 'string')],
  word: 'selector updated',
  always: true,
  // The last argument is the selector, unless everything is resources.
  isValue: (arg, at, args) => at === args.length - 1 && (arg.includes('=') || / (in|notin) /.test(arg)),
  check: (_, values, named) => {
    if (values.length === 0 && named.length === 0)
      throw fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
    if (values.length === 0) throw fail('selector is required')
  },
  edit: (object, values) => {
    const { matchLabels, matchExpressions } = labelSelectorOf(values[0]!)
    const { kind } = object
    if (kind === 'Service') {
      if (matchExpressions !== undefined)
        throw fail(
          `match expression [${matchExpressions.map((e: { key: string; operator: string; values?: string[] }) => `{${e.key} ${e.operator} [${(e.values ?? []).join(' ')}]}`).join(' ')}] not supported on this object`,
        )
      object.spec.selector = matchLabels ?? {}
      return
    }
    throw fail('setting a selector is only supported for Services')
  },
})
