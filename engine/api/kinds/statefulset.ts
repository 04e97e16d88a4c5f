import { containerCells, created, type KindDescriptor } from './kind.ts'

export const statefulSet: KindDescriptor = {
  resource: 'statefulsets.apps',
  suite: 'kubectl',
  cells: (object, at) => [
    object.metadata.name,
    `${object.status?.readyReplicas ?? 0}/${object.spec?.replicas ?? 0}`,
    created(object, at),
    ...containerCells(object.spec?.template),
  ],
}
