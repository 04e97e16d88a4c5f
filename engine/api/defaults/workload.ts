import type { KubeObject } from '../object.ts'
import { podSpecDefaults } from './pod-spec.ts'

function template(given: KubeObject['template']) {
  return given === undefined ? given : { ...given, spec: podSpecDefaults(given.spec, true) }
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
