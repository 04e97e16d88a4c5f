import { storageClassDefaults } from '../defaults/core.ts'
import { validateStorageClass, validateStorageClassUpdate } from '../validation/core/storage.ts'
import { created, type KindDescriptor } from './kind.ts'

const DEFAULTS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']

export const storageClass: KindDescriptor = {
  resource: 'storageclasses.storage.k8s.io',
  suite: 'kubectl',
  cells: (object, at) => {
    const isDefault = DEFAULTS.some((key) => object.metadata.annotations?.[key] === 'true')
    return [
      isDefault ? `${object.metadata.name} (default)` : object.metadata.name,
      object.provisioner ?? '',
      object.reclaimPolicy ?? 'Delete',
      object.volumeBindingMode ?? 'Immediate',
      object.allowVolumeExpansion ?? false,
      created(object, at),
    ]
  },
  strategy: {
    name: 'subdomain',
    returnsDeleted: true,
    defaults: storageClassDefaults,
    validate: validateStorageClass,
    validateUpdate: validateStorageClassUpdate,
  },
}
