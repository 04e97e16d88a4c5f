import { created, formatSelector, type KindDescriptor } from './kind.ts'

/** Read-only: nothing enforces policies here yet. */
export const networkPolicy: KindDescriptor = {
  resource: 'networkpolicies.networking.k8s.io',
  suite: 'kubectl',
  cells: (object, at) => [object.metadata.name, formatSelector(object.spec?.podSelector), created(object, at)],
}
