import type { OwnerReference } from '../object.ts'
import { validateControllerRevision, validateControllerRevisionUpdate } from '../validation/workload.ts'
import { created, type KindDescriptor } from './kind.ts'

/** "daemonset.apps/agent" (printers.go printControllerRevision). */
function controller(owners: readonly OwnerReference[] | undefined): string {
  const owner = owners?.find((o) => o.controller)
  if (owner === undefined) return '<none>'
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : ''
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`
}

export const controllerRevision: KindDescriptor = {
  resource: 'controllerrevisions.apps',
  suite: 'modelled',
  cells: (object, at) => [
    object.metadata.name,
    controller(object.metadata.ownerReferences),
    object.revision ?? 0,
    created(object, at),
  ],
  strategy: {
    name: 'subdomain',
    prepareCreate: (object) => ({ revision: 0, ...object }),
    validate: validateControllerRevision,
    validateUpdate: validateControllerRevisionUpdate,
  },
}
