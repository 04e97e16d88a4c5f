// biome-ignore-all lint/suspicious/noExplicitAny: specs are open structures whose shape the schema checks
import type { KubeObject } from '../object.ts'

const PERCENT = { type: 'Percent', value: 100, periodSeconds: 15 }
const UP = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, PERCENT],
}
const DOWN = { selectPolicy: 'Max', policies: [PERCENT] }

const CPU = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }

/** autoscaling/v2 SetDefaults_HorizontalPodAutoscaler; a given behavior is filled up, an absent one stays absent. */
export function autoscalerDefaults(object: KubeObject): KubeObject {
  const given = object.spec
  if (given === undefined) return object
  const behavior: any = given.behavior && {
    ...given.behavior,
    scaleUp: { ...UP, ...given.behavior.scaleUp },
    scaleDown: { ...DOWN, ...given.behavior.scaleDown },
  }
  const spec = {
    ...given,
    minReplicas: given.minReplicas ?? 1,
    metrics: (given.metrics ?? []).length === 0 ? [CPU] : given.metrics,
    ...(behavior === undefined ? {} : { behavior }),
  }
  return { ...object, spec }
}
