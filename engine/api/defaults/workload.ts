import type { KubeObject } from '../object.ts'
import { podSpecDefaults } from './pod-spec.ts'

function template(given: KubeObject['template']) {
  return { metadata: {}, ...given, spec: podSpecDefaults(given?.spec ?? {}, true) }
}

/** apps/v1 SetDefaults_Deployment. */
export function deploymentDefaults(object: KubeObject): KubeObject {
  const given = object.spec
  if (given === undefined) return object
  const strategy = { ...given.strategy, type: given.strategy?.type || 'RollingUpdate' }
  if (strategy.type === 'RollingUpdate') {
    strategy.rollingUpdate = {
      maxUnavailable: given.strategy?.rollingUpdate?.maxUnavailable ?? '25%',
      maxSurge: given.strategy?.rollingUpdate?.maxSurge ?? '25%',
    }
  }
  const spec = {
    ...given,
    replicas: given.replicas ?? 1,
    template: template(given.template),
    strategy,
    revisionHistoryLimit: given.revisionHistoryLimit ?? 10,
    progressDeadlineSeconds: given.progressDeadlineSeconds ?? 600,
  }
  return { ...object, spec }
}

/** apps/v1 SetDefaults_ReplicaSet. */
export function replicaSetDefaults(object: KubeObject): KubeObject {
  const given = object.spec
  if (given === undefined) return object
  return { ...object, spec: { ...given, replicas: given.replicas ?? 1, template: template(given.template) } }
}

/** apps/v1 SetDefaults_DaemonSet. */
export function daemonSetDefaults(object: KubeObject): KubeObject {
  const given = object.spec
  if (given === undefined) return object
  const updateStrategy = { ...given.updateStrategy, type: given.updateStrategy?.type || 'RollingUpdate' }
  if (updateStrategy.rollingUpdate)
    updateStrategy.rollingUpdate = { maxUnavailable: 0, maxSurge: 0, ...updateStrategy.rollingUpdate }
  if (updateStrategy.type === 'RollingUpdate') {
    updateStrategy.rollingUpdate = {
      maxUnavailable: given.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1,
      maxSurge: given.updateStrategy?.rollingUpdate?.maxSurge ?? 0,
    }
  }
  const spec = {
    ...given,
    template: template(given.template),
    updateStrategy,
    revisionHistoryLimit: given.revisionHistoryLimit ?? 10,
  }
  return { ...object, spec }
}

/**
 * apps/v1 SetDefaults_StatefulSet; claim templates are claims, whose volume mode has a default. maxUnavailable is behind a feature gate
 * that is off, so it is dropped.
 */
export function statefulSetDefaults(object: KubeObject): KubeObject {
  const given = object.spec
  if (given === undefined) return object
  const type = given.updateStrategy?.type || 'RollingUpdate'
  const rolling = given.updateStrategy?.type ? given.updateStrategy.rollingUpdate : (given.updateStrategy?.rollingUpdate ?? {})
  const updateStrategy = {
    ...given.updateStrategy,
    type,
    ...(type === 'RollingUpdate' && rolling ? { rollingUpdate: { partition: rolling.partition ?? 0 } } : {}),
  }
  const retention = given.persistentVolumeClaimRetentionPolicy
  const spec = {
    ...given,
    replicas: given.replicas ?? 1,
    template: template(given.template),
    ...(given.volumeClaimTemplates === undefined ? {} : { volumeClaimTemplates: given.volumeClaimTemplates.map(claimTemplate) }),
    serviceName: given.serviceName ?? '',
    podManagementPolicy: given.podManagementPolicy || 'OrderedReady',
    updateStrategy,
    revisionHistoryLimit: given.revisionHistoryLimit ?? 10,
    persistentVolumeClaimRetentionPolicy: {
      whenDeleted: retention?.whenDeleted || 'Retain',
      whenScaled: retention?.whenScaled || 'Retain',
    },
  }
  return { ...object, spec }
}

function claimTemplate(given: KubeObject): KubeObject {
  return {
    ...given,
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    spec: { ...given.spec, volumeMode: given.spec?.volumeMode ?? 'Filesystem' },
    status: { phase: 'Pending', ...given.status },
  }
}

/** core/v1 SetDefaults_ReplicationController: selector and labels follow from the template's labels. */
export function replicationControllerDefaults(object: KubeObject): KubeObject {
  const given = object.spec
  if (given === undefined) return object
  const labels = given.template?.metadata?.labels
  const isEmpty = (map: object | undefined) => Object.keys(map ?? {}).length === 0
  const spec = {
    ...given,
    replicas: given.replicas ?? 1,
    ...(labels !== undefined && isEmpty(given.selector) ? { selector: labels } : {}),
    ...(given.template === undefined ? {} : { template: template(given.template) }),
  }
  const metadata = labels !== undefined && isEmpty(object.metadata.labels) ? { ...object.metadata, labels } : object.metadata
  return { ...object, metadata, spec }
}
