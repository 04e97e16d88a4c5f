import { volumeDefaults } from '../defaults/core.ts'
import type { KubeObject } from '../object.ts'
import { timestamp } from '../time.ts'
import { validateVolume, validateVolumeUpdate } from '../validation/core/storage.ts'
import { volumeWarnings } from '../warnings/storage.ts'
import { created, type KindDescriptor } from './kind.ts'

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

/** "RWO,RWX" in the order Kubernetes prints modes, each once. */
export function accessModes(modes: readonly string[] | undefined): string {
  return Object.keys(MODES)
    .filter((mode) => modes?.includes(mode))
    .map((mode) => MODES[mode])
    .join(',')
}

/** A status write that moves the phase is dated (persistentvolumeStatusStrategy). */
function prepareStatus(object: KubeObject, old: KubeObject): KubeObject {
  const { phase, lastPhaseTransitionTime: since } = object.status ?? {}
  if (phase === old.status?.phase && since === undefined && old.status?.lastPhaseTransitionTime !== undefined)
    return { ...object, status: { ...object.status, lastPhaseTransitionTime: old.status.lastPhaseTransitionTime } }
  return object
}

export const persistentVolume: KindDescriptor = {
  resource: 'persistentvolumes',
  suite: 'kubectl',
  cells: (object, at) => {
    const { spec = {}, status = {}, metadata } = object
    return [
      metadata.name,
      spec.capacity?.storage ?? '0',
      accessModes(spec.accessModes),
      spec.persistentVolumeReclaimPolicy ?? '',
      metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating',
      spec.claimRef === undefined ? '' : `${spec.claimRef.namespace}/${spec.claimRef.name}`,
      metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '',
      spec.volumeAttributesClassName ?? '<unset>',
      status.reason ?? '',
      created(object, at),
      spec.volumeMode ?? '<unset>',
    ]
  },
  strategy: {
    name: 'subdomain',
    returnsDeleted: true,
    defaults: volumeDefaults,
    prepareCreate: (object, { clock }) => ({
      ...object,
      status: { phase: 'Pending', lastPhaseTransitionTime: timestamp(clock.now) },
    }),
    prepareStatus,
    validate: validateVolume,
    validateUpdate: validateVolumeUpdate,
    warnings: (object) => volumeWarnings(object),
    status: true,
  },
}
