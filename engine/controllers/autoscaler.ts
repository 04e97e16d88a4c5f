import { kindNamed } from '../api/kinds/registry.ts'
import type { KubeObject } from '../api/object.ts'
import { StatusError } from '../api/status.ts'
import type { StoreEvent } from '../api/store.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue, splitKey, timeText } from './env.ts'

const SOURCE = { component: 'horizontal-pod-autoscaler' }
/** Every autoscaler is looked at this often, the first time too (HorizontalPodAutoscalerSyncPeriod), ms. */
const PERIOD = 15_000
const SCALABLE: readonly string[] = [R.deployments, R.replicasets, R.statefulsets, R.replicationcontrollers]

interface Condition {
  readonly type: string
  readonly status: string
  readonly lastTransitionTime: string
  readonly reason: string
  readonly message: string
}

interface Metric {
  readonly type: string
  readonly [source: string]: KubeObject[string]
}

const NO_RESOURCES = 'unable to fetch metrics from resource metrics API: the server could not find the requested resource'
const NO_CUSTOM = 'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'
const NO_EXTERNAL =
  'unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered'

/** Why a metric has no value where nothing serves the metrics APIs, as this cluster: reason, what failed, and its summary. */
function missing(metric: Metric): { readonly reason: string; readonly error: string; readonly first: string } {
  const source = metric[`${metric.type.slice(0, 1).toLowerCase()}${metric.type.slice(1)}`] ?? {}
  if (metric.type === 'Resource' || metric.type === 'ContainerResource') {
    const what = source.target?.averageUtilization === undefined ? 'usage' : 'utilization'
    const error = `failed to get ${source.name} ${what}: unable to get metrics for resource ${source.name}: ${NO_RESOURCES} (get pods.metrics.k8s.io)`
    const kind = metric.type === 'Resource' ? 'resource' : 'container'
    const first = `failed to get ${source.name} ${kind} metric value: ${error}`
    return { reason: `FailedGet${metric.type}Metric`, error, first }
  }
  const name = source.metric?.name
  if (metric.type === 'External') {
    const error = `unable to get external metric ${name}: ${NO_EXTERNAL}`
    return { reason: 'FailedGetExternalMetric', error, first: `failed to get ${name} external metric value: ${error}` }
  }
  const error = `unable to get metric ${name}: ${NO_CUSTOM}`
  const kind = metric.type.toLowerCase()
  return { reason: `FailedGet${metric.type}Metric`, error, first: `failed to get ${kind} metric value: ${error}` }
}

/**
 * Horizontal autoscaling on a cluster without a metrics API (pkg/controller/podautoscaler): sizes are kept between minReplicas and
 * maxReplicas, and what cannot be measured is told of.
 */
export class AutoscalerLoop implements ControlLoop {
  readonly name = 'horizontal-pod-autoscaler'
  later: (key: string, delay: number) => void = () => {}
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
  }

  keys({ type, resource, object }: StoreEvent): readonly string[] {
    return resource === R.autoscalers && type !== 'DELETED' ? [keyOf(object)] : []
  }

  patience(): number {
    return PERIOD
  }

  all(): readonly string[] {
    return this.env.store.list(R.autoscalers).map(keyOf)
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const hpa = this.env.store.get(R.autoscalers, namespace, name)
    if (hpa === undefined) return
    this.later(key, PERIOD)
    const target = this.target(hpa)
    if ('error' in target) {
      const why = `the HPA controller was unable to get the target's current scale: ${target.error}`
      this.tell(hpa, 'FailedGetScale', target.error, 'Warning')
      this.write(hpa, hpa.status ?? {}, [['AbleToScale', 'False', 'FailedGetScale', why]])
      return
    }
    const able = [
      'AbleToScale',
      'True',
      'SucceededGetScale',
      "the HPA controller was able to get the target's current scale",
    ] as const
    const current: number = target.object.spec?.replicas ?? 1
    const { minReplicas: min = 1, maxReplicas: max, metrics = [] } = hpa.spec
    if (current === 0 && min !== 0) {
      const words = 'scaling is disabled since the replica count of the target is zero'
      const status = { ...this.status(hpa, current), desiredReplicas: 0 }
      this.write(hpa, status, [able, ['ScalingActive', 'False', 'ScalingDisabled', words]])
    } else if (current > max) this.rescale(hpa, target, current, max, 'Current number of replicas above Spec.MaxReplicas', able)
    else if (current < min) this.rescale(hpa, target, current, min, 'Current number of replicas below Spec.MinReplicas', able)
    else this.unmeasured(hpa, current, metrics, able)
  }

  private target(hpa: KubeObject): { readonly resource: string; readonly object: KubeObject } | { readonly error: string } {
    const { apiVersion = 'v1', kind, name } = hpa.spec.scaleTargetRef
    const found = kindNamed(apiVersion, kind)
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : ''
    if (found === undefined) return { error: `no matches for kind "${kind}" in group "${group}"` }
    const object = this.env.store.get(found.key, hpa.metadata.namespace, name)
    if (object === undefined) return { error: `${found.key} "${name}" not found` }
    return SCALABLE.includes(found.key)
      ? { resource: found.key, object }
      : { error: 'the server could not find the requested resource' }
  }

  private rescale(
    hpa: KubeObject,
    { resource, object }: { readonly resource: string; readonly object: KubeObject },
    current: number,
    desired: number,
    why: string,
    able: Wanted,
  ): void {
    try {
      this.api.update(resource, { ...object, spec: { ...object.spec, replicas: desired } })
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      this.tell(hpa, 'FailedRescale', `New size: ${desired}; reason: ${why}; error: ${error.message}`, 'Warning')
      const words = `the HPA controller was unable to update the target scale: ${error.message}`
      this.write(hpa, this.status(hpa, current), [['AbleToScale', 'False', 'FailedUpdateScale', words]])
      return
    }
    this.tell(hpa, 'SuccessfulRescale', `New size: ${desired}; reason: ${why}`)
    const words = `the HPA controller was able to update the target scale to ${desired}`
    const status = { ...this.status(hpa, current), desiredReplicas: desired, lastScaleTime: timeText(this.env.clock.now) }
    this.write(hpa, status, [able, ['AbleToScale', 'True', 'SucceededRescale', words]])
  }

  /** computeReplicasForMetrics where none of the metrics can be had. */
  private unmeasured(hpa: KubeObject, current: number, metrics: readonly Metric[], able: Wanted): void {
    const failures = metrics.map(missing)
    for (const { reason, error } of failures) this.tell(hpa, reason, error, 'Warning')
    const [first] = failures
    if (first === undefined) return
    const words = `the HPA was unable to compute the replica count: ${first.error}`
    const status = { ...this.status(hpa, current), currentMetrics: metrics.map(() => ({ type: '' })) }
    this.write(hpa, status, [able, ['ScalingActive', 'False', first.reason, words]])
    const n = metrics.length
    this.tell(
      hpa,
      'FailedComputeMetricsReplicas',
      `invalid metrics (${n} invalid out of ${n}), first error is: ${first.first}`,
      'Warning',
    )
  }

  private status(hpa: KubeObject, currentReplicas: number): KubeObject[string] {
    const { lastScaleTime, desiredReplicas = 0, conditions } = hpa.status ?? {}
    return {
      ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
      currentReplicas,
      desiredReplicas,
      currentMetrics: null,
      ...(conditions === undefined ? {} : { conditions }),
    }
  }

  private write(hpa: KubeObject, status: KubeObject[string], wanted: readonly Wanted[]): void {
    const now = timeText(this.env.clock.now)
    let conditions: readonly Condition[] = status.conditions ?? []
    for (const [type, value, reason, message] of wanted) {
      const old = conditions.find((c) => c.type === type)
      const lastTransitionTime = old?.status === value ? old.lastTransitionTime : now
      const next = { type, status: value, lastTransitionTime, reason, message }
      conditions = old === undefined ? [...conditions, next] : conditions.map((c) => (c === old ? next : c))
    }
    const next = { ...status, conditions }
    if (!sameValue(next, hpa.status)) this.api.update(R.autoscalers, { ...hpa, status: next }, 'status')
  }

  private tell(hpa: KubeObject, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    this.env.events.record(SOURCE, hpa, reason, message, { type })
  }
}

type Wanted = readonly [type: string, status: string, reason: string, message: string]
