import { created, type KindDescriptor } from './kind.ts'

export const serviceAccount: KindDescriptor = {
  resource: 'serviceaccounts',
  cells: (object, at) => [object.metadata.name, object.secrets?.length ?? 0, created(object, at)],
  strategy: { name: 'subdomain' },
}
