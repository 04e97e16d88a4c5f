import { validateServiceCIDR, validateServiceCIDRUpdate } from '../validation/servicecidr.ts'
import { created, type KindDescriptor } from './kind.ts'

/** A range of Service addresses; it counts once its controller has made it Ready (allocation.ts). */
export const serviceCIDR: KindDescriptor = {
  resource: 'servicecidrs.networking.k8s.io',
  suite: 'modelled',
  cells: (object, at) => [object.metadata.name, (object.spec?.cidrs ?? []).join(','), created(object, at)],
  strategy: {
    name: 'subdomain',
    validate: validateServiceCIDR,
    validateUpdate: validateServiceCIDRUpdate,
    validateStatus: () => [],
    status: true,
    initialStatus: {},
  },
}
