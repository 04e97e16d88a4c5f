import { containerCells, created, formatLabels, type KindDescriptor } from './kind.ts'

export const replicationController: KindDescriptor = {
  resource: 'replicationcontrollers',
  suite: 'modelled',
  cells: (object, at) => [
    object.metadata.name,
    object.spec?.replicas ?? 0,
    object.status?.replicas ?? 0,
    object.status?.readyReplicas ?? 0,
    created(object, at),
    ...containerCells(object.spec?.template),
    formatLabels(object.spec?.selector),
  ],
}
