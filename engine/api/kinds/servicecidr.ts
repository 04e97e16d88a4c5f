import { created, type KindDescriptor } from './kind.ts'

/** Read-only: changing the ranges of a running cluster is not emulated. */
export const serviceCIDR: KindDescriptor = {
  resource: 'servicecidrs.networking.k8s.io',
  suite: 'modelled',
  cells: (object, at) => [object.metadata.name, (object.spec?.cidrs ?? []).join(','), created(object, at)],
}
