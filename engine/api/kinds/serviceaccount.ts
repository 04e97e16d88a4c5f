import { created, type KindDescriptor } from './kind.ts'

/** Servers before v1.35 also count the secrets that the account refers to. */
const WITHOUT_SECRETS = 35

export const serviceAccount: KindDescriptor = {
  resource: 'serviceaccounts',
  suite: 'kubectl',
  cells: (object, at) => [
    object.metadata.name,
    ...((at.minor ?? WITHOUT_SECRETS) < WITHOUT_SECRETS ? [object.secrets?.length ?? 0] : []),
    created(object, at),
  ],
  formerColumns: { before: WITHOUT_SECRETS, names: ['Name', 'Secrets', 'Age'] },
  strategy: { returnsDeleted: true, name: 'subdomain' },
}
