import { listItems, targets } from './builder.ts'
import { selectorText } from './describe/writer.ts'
import { fail, isNotFound } from './errors.ts'
import type { Invocation } from './invocation.ts'
import { pathOf } from './mapper.ts'
import { query } from './rest.ts'
import type { Obj } from './values.ts'

/** How often a pod that is waited for is looked for. */
const STEP_MS = 100

/** Kinds whose pods are found by their selector, as kubectl's Go types are called. */
const SELECTING: ReadonlySet<string> = new Set([
  'apps/v1/ReplicaSet',
  'v1/ReplicationController',
  'apps/v1/StatefulSet',
  'apps/v1/DaemonSet',
  'apps/v1/Deployment',
  'batch/v1/Job',
  'v1/Service',
])

/** The object that POD, TYPE/NAME or TYPE NAME means. */
export function namedObject(call: Invocation, words: readonly string[]): Obj {
  const [first = '', ...more] = words
  const [target] = targets(call, more.length > 0 || first.includes('/') ? words : ['pods', first])
  if (target === undefined) throw fail('expected a resource')
  try {
    return call.rest.get(pathOf(target.mapping, target.namespace, target.name))
  } catch (error) {
    if (isNotFound(error) && target.namespace) missingNamespace(call, target.namespace)
    throw error
  }
}

/** What is not found in a namespace that is not there either: that is told (cli-runtime resource.Info.Get). */
function missingNamespace(call: Invocation, namespace: string): void {
  if (namespace === 'default') return
  try {
    call.rest.get(`/api/v1/namespaces/${namespace}`)
  } catch (error) {
    if (isNotFound(error)) throw error
  }
}

/** "*v1.Deployment". */
function goType(object: Obj): string {
  return `*${String(object.apiVersion).split('/').at(-1)}.${object.kind}`
}

/** The selector of a workload's or Service's pods (polymorphichelpers.SelectorsForObject); `doing` begins its errors. */
function selectorOf(object: Obj, doing: string): string {
  const words = (why: string) => fail(`${doing} ${goType(object)}: ${why}`)
  if (!SELECTING.has(`${object.apiVersion}/${object.kind}`)) throw words(`selector for ${goType(object)} not implemented`)
  const { selector } = object.spec
  const isMap = object.kind === 'Service' || object.kind === 'ReplicationController'
  if (object.kind === 'Service' && Object.keys(selector ?? {}).length === 0)
    throw words(`invalid service '${object.metadata.name}': Service is defined without a selector`)
  return selectorText(isMap ? { matchLabels: selector } : selector)
}

/** Whether a Pod is ready, and since when. */
function readySince(pod: Obj): number | undefined {
  const ready = (pod.status?.conditions ?? []).find((c: Obj) => c.type === 'Ready' && c.status === 'True')
  return ready === undefined ? undefined : Date.parse(ready.lastTransitionTime)
}

const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

function restartsOf(pod: Obj): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map((c: Obj) => c.restartCount ?? 0))
}

/**
 * Which pod comes first (podutils ByLogging; ActivePods from its end): assigned, running, ready, ready for longer, and older ones.
 * For logs a pod that restarted is of more interest, for a program one that did not.
 */
function order(x: Obj, y: Obj, purpose: 'logs' | 'program'): number {
  const rank = (pod: Obj) => [
    pod.spec.nodeName ? 0 : 1,
    -(PHASES[pod.status?.phase ?? ''] ?? 0),
    readySince(pod) === undefined ? 1 : 0,
    purpose === 'program' && pod.metadata.deletionTimestamp !== undefined ? 1 : 0,
    readySince(pod) ?? 0,
    purpose === 'logs' ? -restartsOf(pod) : restartsOf(pod),
    Date.parse(pod.metadata.creationTimestamp),
  ]
  const [a, b] = [rank(x), rank(y)]
  const at = a.findIndex((value, i) => value !== b[i])
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number)
}

/** Every pod of a workload, the most fitting first; waits until there is one. */
export async function podsOf(call: Invocation, object: Obj, purpose: 'logs' | 'program', doing: string): Promise<Obj[]> {
  const selector = selectorOf(object, doing)
  const path = pathOf(call.mapper.resolve('pods'), object.metadata.namespace) + query({ labelSelector: selector })
  const deadline = call.now + call.flags.duration('pod-running-timeout')
  for (;;) {
    const pods: Obj[] = listItems(call.rest.get(path))
    if (pods.length > 0) return pods.toSorted((x, y) => order(x, y, purpose))
    const left = deadline - call.now
    if (left <= 0 || call.context.signal.aborted) throw fail('timed out waiting for the condition')
    await call.context.sleep(Math.min(STEP_MS, left))
  }
}

/** The pod that a program is started in, or attached to. */
export async function attachablePod(call: Invocation, words: readonly string[]): Promise<Obj> {
  const object = namedObject(call, words)
  return object.kind === 'Pod' ? object : ((await podsOf(call, object, 'program', 'cannot attach to'))[0] as Obj)
}
