import { quotaDefaults } from '../defaults/core.ts'
import type { KubeObject } from '../object.ts'
import { quotaWarnings, validateQuota, validateQuotaStatus, validateQuotaUpdate } from '../validation/core/quota.ts'
import { created, type KindDescriptor } from './kind.ts'

/** "pods: 1/10" for every resource; limits apart from requests (printers.go printResourceQuota). */
function usage(quota: KubeObject, limits: boolean): string {
  const { hard = {}, used = {} } = quota.status ?? {}
  return Object.keys(hard)
    .sort()
    .filter((name) => name.startsWith('limits') === limits)
    .map((name) => `${name}: ${used[name] ?? '0'}/${hard[name]}`)
    .join(', ')
}

export const resourceQuota: KindDescriptor = {
  resource: 'resourcequotas',
  suite: 'kubectl',
  cells: (object, at) => [object.metadata.name, usage(object, false), usage(object, true), created(object, at)],
  strategy: {
    name: 'subdomain',
    returnsDeleted: true,
    defaults: quotaDefaults,
    validate: validateQuota,
    validateUpdate: validateQuotaUpdate,
    validateStatus: validateQuotaStatus,
    warnings: (object, _minor, old) => (old === undefined ? quotaWarnings(object) : []),
    initialStatus: {},
    status: true,
  },
}
