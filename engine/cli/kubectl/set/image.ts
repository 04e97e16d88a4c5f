import { fail } from '../errors.ts'
import type { Obj } from '../values.ts'
import { pairOf, podSpec, setter } from './setter.ts'

export const image = setter({
  name: 'image',
  short: 'Update the image of a pod template',
  word: 'image updated',
  isValue: (arg) => arg.includes('='),
  refused: 'failed to patch image update to pod template: ',
  check: (_, values) => {
    if (values.length === 0) throw fail('at least one image update is required')
  },
  edit: (object, values) => {
    const spec = podSpec(object)
    for (const [name, value] of values.map(pairOf)) {
      const hits = [...(spec.initContainers ?? []), ...spec.containers].filter((c: Obj) => name === '*' || c.name === name)
      if (hits.length === 0) throw fail(`unable to find container named "${name}"`)
      for (const c of hits) c.image = value
    }
  },
})
