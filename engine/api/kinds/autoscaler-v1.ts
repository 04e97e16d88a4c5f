// biome-ignore-all lint/suspicious/noExplicitAny: metrics are a union of open structures
import type { KubeObject } from '../object.ts'

const PREFIX = 'autoscaling.alpha.kubernetes.io/'
const NAMES = ['metrics', 'current-metrics', 'conditions', 'behavior']

const some = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

const isCpu = (metric: any) =>
  metric.type === 'Resource' && metric.resource?.name === 'cpu' && metric.resource.target?.averageUtilization !== undefined

/** A metric as autoscaling/v1 writes it into an annotation. */
function flat(metric: any): any {
  const { type, resource, containerResource, pods, external, object } = metric
  const amounts = (target: any) =>
    some({ targetAverageUtilization: target?.averageUtilization, targetAverageValue: target?.averageValue })
  return some({
    type,
    object: object && {
      target: some({
        kind: object.describedObject?.kind,
        name: object.describedObject?.name,
        apiVersion: object.describedObject?.apiVersion,
      }),
      metricName: object.metric?.name,
      targetValue: object.target?.value ?? '0',
      ...some({ selector: object.metric?.selector, averageValue: object.target?.averageValue }),
    },
    pods: pods && {
      metricName: pods.metric?.name,
      targetAverageValue: pods.target?.averageValue,
      ...some({ selector: pods.metric?.selector }),
    },
    resource: resource && { name: resource.name, ...amounts(resource.target) },
    containerResource: containerResource && {
      name: containerResource.name,
      ...amounts(containerResource.target),
      container: containerResource.container,
    },
    external: external && {
      metricName: external.metric?.name,
      ...some({
        metricSelector: external.metric?.selector,
        targetValue: external.target?.value,
        targetAverageValue: external.target?.averageValue,
      }),
    },
  })
}

function target({
  targetAverageUtilization: averageUtilization,
  targetAverageValue: averageValue,
  targetValue: value,
}: any): any {
  const type = averageUtilization !== undefined ? 'Utilization' : averageValue !== undefined ? 'AverageValue' : 'Value'
  return some({ type, value, averageValue, averageUtilization })
}

/** {@link flat} undone. */
function unflat({ type, resource, containerResource, pods, external, object }: any): any {
  const metric = (name: string, selector: unknown) => some({ name, selector })
  return some({
    type,
    object: object && {
      describedObject: object.target,
      target: target({
        targetAverageValue: object.averageValue,
        ...(object.averageValue ? {} : { targetValue: object.targetValue }),
      }),
      metric: metric(object.metricName, object.selector),
    },
    pods: pods && { metric: metric(pods.metricName, pods.selector), target: target(pods) },
    resource: resource && { name: resource.name, target: target(resource) },
    containerResource: containerResource && {
      name: containerResource.name,
      target: target(containerResource),
      container: containerResource.container,
    },
    external: external && { metric: metric(external.metricName, external.metricSelector), target: target(external) },
  })
}

/** Field names of the server's own structs, in which behavior is kept. */
function goNames(value: any): any {
  if (Array.isArray(value)) return value.map(goNames)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k[0]?.toUpperCase() + k.slice(1), goNames(v)]))
}

function jsonNames(value: any): any {
  if (Array.isArray(value)) return value.map(jsonNames)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, v]) => v !== null)
  return Object.fromEntries(entries.map(([k, v]) => [k[0]?.toLowerCase() + k.slice(1), jsonNames(v)]))
}

function rules(given: any): any {
  if (given === undefined) return null
  const { stabilizationWindowSeconds = null, selectPolicy = null, policies = null, tolerance = null } = given
  return goNames({ stabilizationWindowSeconds, selectPolicy, policies, tolerance })
}

/** An autoscaler as autoscaling/v1 has it: processor use is a field, everything else is in annotations. */
export function toV1(hpa: KubeObject): KubeObject {
  const { metrics = [], behavior, ...spec } = hpa.spec ?? {}
  const { currentMetrics, conditions, ...status } = hpa.status ?? {}
  const annotations: Record<string, string> = { ...hpa.metadata.annotations }
  for (const name of NAMES) delete annotations[PREFIX + name]
  const others = metrics.filter((m: any) => !isCpu(m))
  if (others.length > 0) annotations[`${PREFIX}metrics`] = JSON.stringify(others.map(flat))
  if ((currentMetrics ?? []).length > 0)
    annotations[`${PREFIX}current-metrics`] = JSON.stringify(currentMetrics.map(({ type }: any) => ({ type })))
  if (behavior !== undefined) {
    const kept = { ScaleUp: rules(behavior.scaleUp), ScaleDown: rules(behavior.scaleDown) }
    annotations[`${PREFIX}behavior`] = JSON.stringify(kept)
  }
  if ((conditions ?? []).length > 0) annotations[`${PREFIX}conditions`] = JSON.stringify(conditions)
  const { annotations: _old, ...metadata } = hpa.metadata
  const cpu = metrics.find(isCpu)?.resource.target.averageUtilization
  const { scaleTargetRef, minReplicas, maxReplicas } = spec
  return {
    ...hpa,
    apiVersion: 'autoscaling/v1',
    metadata: Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata,
    spec: { scaleTargetRef, ...some({ minReplicas }), maxReplicas, ...some({ targetCPUUtilizationPercentage: cpu }) },
    status: { ...some({ lastScaleTime: status.lastScaleTime }), currentReplicas: 0, desiredReplicas: 0, ...status },
  }
}

/** {@link toV1} undone. */
export function fromV1(given: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage: cpu, ...spec } = given.spec ?? {}
  const annotations: Record<string, string> = { ...given.metadata.annotations }
  const read = (name: string): any => {
    const text = annotations[PREFIX + name]
    delete annotations[PREFIX + name]
    try {
      return text === undefined ? undefined : JSON.parse(text)
    } catch {
      return undefined
    }
  }
  const [others, currentMetrics, conditions, behavior] = NAMES.map(read)
  const resource = { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu } }
  const metrics = [...(others ?? []).map(unflat), ...(cpu === undefined ? [] : [{ type: 'Resource', resource }])]
  const { annotations: _old, ...metadata } = given.metadata
  return {
    ...given,
    apiVersion: 'autoscaling/v2',
    metadata: Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata,
    spec: {
      ...spec,
      ...(metrics.length > 0 ? { metrics } : {}),
      ...(behavior === undefined ? {} : { behavior: jsonNames(behavior) }),
    },
    ...(given.status === undefined ? {} : { status: { ...given.status, ...some({ currentMetrics, conditions }) } }),
  }
}
