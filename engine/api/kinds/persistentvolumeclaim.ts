import { claimDefaults } from '../defaults/core.ts'
import { validateClaim, validateClaimUpdate } from '../validation/core/storage.ts'
import { storageWarnings } from '../warnings/pod.ts'
import { created, type KindDescriptor } from './kind.ts'
import { accessModes } from './persistentvolume.ts'

export const persistentVolumeClaim: KindDescriptor = {
  resource: 'persistentvolumeclaims',
  suite: 'kubectl',
  cells: (object, at) => {
    const { spec = {}, status = {}, metadata } = object
    // capacity and modes are shown once a volume is bound
    const bound = Boolean(spec.volumeName)
    return [
      metadata.name,
      metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating',
      spec.volumeName ?? '',
      bound ? (status.capacity?.storage ?? '0') : '',
      bound ? accessModes(status.accessModes) : '',
      metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '',
      spec.volumeAttributesClassName ?? '<unset>',
      created(object, at),
      spec.volumeMode ?? '<unset>',
    ]
  },
  strategy: {
    name: 'subdomain',
    returnsDeleted: true,
    defaults: claimDefaults,
    validate: validateClaim,
    validateUpdate: validateClaimUpdate,
    warnings: (object) => storageWarnings(object.spec, 'spec'),
    initialStatus: { phase: 'Pending' },
    status: true,
  },
}
