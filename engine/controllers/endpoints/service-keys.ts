import type { KubeObject } from '../../api/object.ts'
import type { StoreEvent } from '../../api/store.ts'
import { keyOf, R, sameValue } from '../env.ts'
import { isReady } from '../pods.ts'
import type { EndpointIndexes } from './indexes.ts'

/** What of a pod shows in endpoints; a change of anything else concerns no Service (endpoint util, podEndpointsChanged). */
const facts = (pod: KubeObject) => [
  pod.metadata.deletionTimestamp,
  pod.metadata.labels ?? {},
  pod.spec.nodeName,
  pod.spec.hostname,
  pod.spec.subdomain,
  pod.status?.podIPs,
  pod.status?.podIP,
  pod.status?.phase,
  isReady(pod),
]

/** "namespace/name" of every Service whose endpoints an event may change. */
export function serviceKeys(indexes: EndpointIndexes, { resource, type, object, old }: StoreEvent): readonly string[] {
  if (resource === R.services) return [keyOf(object)]
  if (resource !== R.pods) return []
  if (type === 'MODIFIED' && old !== undefined && sameValue(facts(old), facts(object))) return []
  const keys = [object, old].flatMap((pod) => (pod === undefined ? [] : indexes.servicesOf(pod).map(keyOf)))
  return [...new Set(keys)].sort()
}
