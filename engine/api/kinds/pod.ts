import { podDefaults } from '../defaults/pod.ts'
import type { KubeObject } from '../object.ts'
import { qosClass } from '../quota/pod-resources.ts'
import { ephemeralContainers } from '../validation/pod/ephemeral.ts'
import { validatePodStatus } from '../validation/pod/status.ts'
import { validatePod, validatePodUpdate } from '../validation/pod.ts'
import { podWarnings } from '../warnings/pod.ts'
import type { KindDescriptor } from './kind.ts'
import { preparePod } from './pod-create.ts'
import { podCells } from './pod-row.ts'

/** The grace a deletion gets (registry/core/pod/strategy.go CheckGracefulDelete): none for pods never bound or already ended. */
function grace(pod: KubeObject, requested: number | undefined): number | undefined {
  let seconds = requested ?? pod.spec?.terminationGracePeriodSeconds ?? 30
  if (!pod.spec?.nodeName) return 0
  if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') return 0
  if (seconds < 0) seconds = 1
  return seconds
}

/** The first of the lists of addresses stands alone too, and is one with what is written there (conversion of PodStatus). */
function prepareStatus(pod: KubeObject, old: KubeObject): KubeObject {
  const status = { ...pod.status }
  if (!status.observedGeneration && old.status?.observedGeneration) status.observedGeneration = old.status.observedGeneration
  for (const [one, many] of [
    ['podIP', 'podIPs'],
    ['hostIP', 'hostIPs'],
  ] as const) {
    const list: readonly { readonly ip: string }[] = status[many] ?? []
    if (status[one] && list.length === 0 && many === 'podIPs') status[many] = [{ ip: status[one] }]
    else if (many === 'podIPs' && list.length > 0 && list[0]?.ip !== status[one]) status[one] = list[0]?.ip
  }
  return {
    ...pod,
    metadata: { ...pod.metadata, ownerReferences: old.metadata.ownerReferences },
    status: { ...status, ...(pod.status?.qosClass ? {} : { qosClass: old.status?.qosClass ?? qosClass(pod.spec) }) },
  }
}

export const pod: KindDescriptor = {
  resource: 'pods',
  suite: 'kubectl',
  cells: podCells,
  fields: {
    'spec.nodeName': (o) => o.spec?.nodeName ?? '',
    'spec.restartPolicy': (o) => o.spec?.restartPolicy ?? '',
    'spec.schedulerName': (o) => o.spec?.schedulerName ?? '',
    'spec.serviceAccountName': (o) => o.spec?.serviceAccountName ?? '',
    'spec.hostNetwork': (o) => String(o.spec?.hostNetwork ?? false),
    'status.phase': (o) => o.status?.phase ?? '',
    'status.podIP': (o) => o.status?.podIPs?.[0]?.ip ?? o.status?.podIP ?? '',
    'status.nominatedNodeName': (o) => o.status?.nominatedNodeName ?? '',
  },
  strategy: {
    returnsDeleted: true,
    name: 'subdomain',
    defaults: podDefaults,
    prepareCreate: preparePod,
    validate: validatePod,
    validateUpdate: validatePodUpdate,
    prepareStatus,
    validateStatus: validatePodStatus,
    warnings: (object, _minor, old) => (old === undefined ? podWarnings(object) : []),
    subresources: { ephemeralcontainers: ephemeralContainers },
    generation: [],
    generationSince: 33,
    status: true,
    grace,
  },
}
