import { created, type KindDescriptor } from './kind.ts'

export const lease: KindDescriptor = {
  resource: 'leases.coordination.k8s.io',
  suite: 'kubectl',
  cells: (object, at) => [object.metadata.name, object.spec?.holderIdentity ?? '', created(object, at)],
  strategy: { name: 'subdomain', createOnUpdate: true },
}
