import type { KubeObject } from '../object.ts'
import { validateLease } from '../validation/core/classes.ts'
import { created, type KindDescriptor } from './kind.ts'

/** Coordinated leader election is off by default: its fields are dropped. */
function plain(object: KubeObject): KubeObject {
  const { strategy: _strategy, preferredHolder: _holder, ...spec } = object.spec ?? {}
  return { ...object, spec }
}

export const lease: KindDescriptor = {
  resource: 'leases.coordination.k8s.io',
  suite: 'kubectl',
  cells: (object, at) => [object.metadata.name, object.spec?.holderIdentity ?? '', created(object, at)],
  strategy: {
    name: 'subdomain',
    prepareCreate: plain,
    prepareUpdate: plain,
    validate: validateLease,
    createOnUpdate: true,
    unconditionalUpdate: false,
  },
}
