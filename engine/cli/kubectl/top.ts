import { fail } from './errors.ts'
import { ALL_NAMESPACES, FIELD_SELECTOR, SELECTOR } from './flags/groups.ts'
import { flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import type { Verb } from './verb.ts'

/** Both need the metrics API, which no metrics server here provides; discovery decides, as in the real tool. */
function run(call: Invocation): undefined {
  if (!call.mapper.all().some((m) => m.group === 'metrics.k8s.io')) throw fail('Metrics API not available')
  throw call.notEmulated('metrics')
}

const FLAGS = [
  SELECTOR,
  flag('no-headers', 'bool'),
  flag('sort-by', 'string'),
  flag('use-protocol-buffers', 'bool', { fallback: 'true' }),
  flag('show-swap', 'bool'),
]

export const top: Verb = {
  helpToStderr: true,
  name: 'top',
  short: 'Display resource (CPU/memory) usage',
  flags: [],
  verbs: [
    {
      name: 'node',
      aliases: ['nodes', 'no'],
      short: 'Display resource (CPU/memory) usage of nodes',
      flags: [...FLAGS, flag('show-capacity', 'bool')],
      run,
    },
    {
      name: 'pod',
      aliases: ['pods', 'po'],
      short: 'Display resource (CPU/memory) usage of pods',
      flags: [...FLAGS, ALL_NAMESPACES, FIELD_SELECTOR, flag('containers', 'bool'), flag('sum', 'bool')],
      run,
    },
  ],
}
