import { validateDisruptionBudget } from '../validation/disruption.ts'
import { created, type KindDescriptor } from './kind.ts'

const shown = (value: unknown) => (value === undefined ? 'N/A' : String(value))

export const podDisruptionBudget: KindDescriptor = {
  resource: 'poddisruptionbudgets.policy',
  suite: 'kubectl',
  cells: (object, at) => [
    object.metadata.name,
    shown(object.spec?.minAvailable),
    shown(object.spec?.maxUnavailable),
    object.status?.disruptionsAllowed ?? 0,
    created(object, at),
  ],
  strategy: {
    name: 'any',
    validate: validateDisruptionBudget,
    generation: [],
    status: true,
    unconditionalUpdate: false,
    initialStatus: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  },
}
