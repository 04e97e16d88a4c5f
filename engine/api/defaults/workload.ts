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
