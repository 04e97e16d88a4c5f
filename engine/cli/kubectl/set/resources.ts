import { parseQuantity } from '../../../base/quantity.ts'
import { fail } from '../errors.ts'
import { flag } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import type { Obj } from '../values.ts'
import { pairOf, podSpec, setter } from './setter.ts'

const FORM = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

function listOf(call: Invocation, name: string): Record<string, string> | undefined {
  const text = call.flags.text(name)
  if (text === '') return undefined
  return Object.fromEntries(
    text.split(',').map((part) => {
      if (part.split('=').length !== 2) throw fail(`Invalid argument syntax ${part}, expected <resource>=<value>`)
      const [key, value] = pairOf(part)
      if (parseQuantity(value) === undefined) throw fail(FORM)
      return [key, value]
    }),
  )
}

export const resources = setter({
  name: 'resources',
  short: 'Update resource requests/limits on objects with pod templates',
  flags: [flag('containers', 'string', { short: 'c' }), flag('limits', 'string'), flag('requests', 'string')],
  word: 'resource requirements updated',
  refused: 'failed to patch resources update to pod template ',
  isValue: () => false,
  check: (call) => {
    if (call.flags.text('limits') === '' && call.flags.text('requests') === '')
      throw fail('you must specify an update to requests or limits (in the form of --requests/--limits)')
    listOf(call, 'limits')
    listOf(call, 'requests')
  },
  edit: (object, _values, call) => {
    const only = call.flags.text('containers')
    const spec = podSpec(object)
    const hits = [...spec.containers, ...(spec.initContainers ?? [])].filter((c: Obj) => matches(only, c.name))
    if (hits.length === 0) throw fail(`unable to find container named ${only}`)
    for (const c of hits) {
      for (const kind of ['limits', 'requests'] as const) {
        for (const [key, value] of Object.entries(listOf(call, kind) ?? {})) {
          c.resources ??= {}
          c.resources[kind] ??= {}
          // A zero takes the entry away.
          if (parseQuantity(value)?.value === 0) delete c.resources[kind][key]
          else c.resources[kind][key] = value
          if (Object.keys(c.resources[kind]).length === 0) delete c.resources[kind]
        }
      }
    }
  },
})

/** A container's name against a pattern with * (set/helper.go selectString). */
export function matches(pattern: string, name: string): boolean {
  if (pattern === '' || pattern === '*') return true
  const regex = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  return new RegExp(`^${regex}$`).test(name)
}
