// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import type { KubeObject } from '../object.ts'
import { qosClass } from '../quota/pod-resources.ts'
import { timestamp } from '../time.ts'
import type { WriteContext } from '../write-context.ts'

type Labels = Readonly<Record<string, string>>

/** Label keys become terms of the selector with the pod's own values (applyLabelKeysToLabelSelector). */
function withLabelKeys(term: any, labels: Labels): any {
  const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = term ?? {}
  const terms = (keys: readonly string[], operator: string) =>
    keys.filter((key) => labels[key] !== undefined).map((key) => ({ key, operator, values: [labels[key]] }))
  const added = [...terms(matchLabelKeys, 'In'), ...terms(mismatchLabelKeys, 'NotIn')]
  if (labelSelector === undefined || added.length === 0) return term
  const matchExpressions = [...(labelSelector.matchExpressions ?? []), ...added]
  return { ...term, labelSelector: { ...labelSelector, matchExpressions } }
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution'

/** mutatePodAffinity. */
function affinity(given: any, labels: Labels): any {
  const out = { ...given }
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    if (given[kind] === undefined) continue
    out[kind] = { ...given[kind] }
    if (given[kind][REQUIRED]) out[kind][REQUIRED] = given[kind][REQUIRED].map((t: any) => withLabelKeys(t, labels))
    if (given[kind][PREFERRED])
      out[kind][PREFERRED] = given[kind][PREFERRED].map((t: any) => ({
        ...t,
        podAffinityTerm: withLabelKeys(t.podAffinityTerm, labels),
      }))
  }
  return out
}

/** The first server version that merges the label keys of spread constraints too (MatchLabelKeysInPodTopologySpreadSelectorMerge). */
const SPREAD_SINCE = 34

/** podStrategy.PrepareForCreate: pending, with its quality of service class; a negative grace becomes one second. */
export function preparePod(pod: KubeObject, { clock, minor }: WriteContext): KubeObject {
  const spec = { ...pod.spec }
  const labels: Labels = pod.metadata.labels ?? {}
  if (spec.terminationGracePeriodSeconds < 0) spec.terminationGracePeriodSeconds = 1
  if (spec.affinity !== undefined) spec.affinity = affinity(spec.affinity, labels)
  if (spec.topologySpreadConstraints !== undefined && minor >= SPREAD_SINCE)
    spec.topologySpreadConstraints = spec.topologySpreadConstraints.map((c: any) => withLabelKeys(c, labels))
  const gated = {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: timestamp(clock.now),
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  }
  const conditions = (spec.schedulingGates ?? []).length > 0 ? { conditions: [gated] } : {}
  return { ...pod, spec, status: { phase: 'Pending', ...conditions, qosClass: qosClass(spec) } }
}
