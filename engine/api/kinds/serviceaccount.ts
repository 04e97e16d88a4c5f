import type { KubeObject } from '../object.ts'
import { created, type KindDescriptor } from './kind.ts'

/** Servers before v1.35 also count the secrets that the account refers to. */
const WITHOUT_SECRETS = 35

const ENFORCE = 'kubernetes.io/enforce-mountable-secrets'
const DEPRECATED = 'deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets'

/** References to secrets keep their names only (cleanSecretReferences). */
function namesOnly(object: KubeObject): KubeObject {
  if (object.secrets === undefined) return object
  return { ...object, secrets: object.secrets.map(({ name }: { name?: string }) => (name === undefined ? {} : { name })) }
}

export const serviceAccount: KindDescriptor = {
  resource: 'serviceaccounts',
  suite: 'kubectl',
  cells: (object, at) => [
    object.metadata.name,
    ...((at.minor ?? WITHOUT_SECRETS) < WITHOUT_SECRETS ? [object.secrets?.length ?? 0] : []),
    created(object, at),
  ],
  formerColumns: { before: WITHOUT_SECRETS, names: ['Name', 'Secrets', 'Age'] },
  strategy: {
    name: 'subdomain',
    returnsDeleted: true,
    prepareCreate: namesOnly,
    prepareUpdate: namesOnly,
    warnings: (object, _minor, old) =>
      object.metadata.annotations?.[ENFORCE] === undefined || old?.metadata.annotations?.[ENFORCE] !== undefined
        ? []
        : [`metadata.annotations[${ENFORCE}]: ${DEPRECATED}`],
  },
}
