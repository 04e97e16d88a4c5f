import { podDefaults } from '../defaults/pod.ts'
import type { KubeObject } from '../object.ts'
import { validatePod, validatePodUpdate } from '../validation/pod.ts'
import type { KindDescriptor } from './kind.ts'
import { podCells } from './pod-row.ts'

/** The grace a deletion gets (registry/core/pod/strategy.go CheckGracefulDelete): none for pods never bound or already ended. */
function grace(pod: KubeObject, requested: number | undefined): number | undefined {
  let seconds = requested ?? pod.spec?.terminationGracePeriodSeconds ?? 30
  if (!pod.spec?.nodeName) return 0
  if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') return 0
  if (seconds < 0) seconds = 1
  return seconds
}

/** PodStatus of a new pod: pending, with its quality of service class. */
function prepareCreate(pod: KubeObject): KubeObject {
  return { ...pod, status: { phase: 'Pending', qosClass: qosClass(pod) } }
}

interface Resources {
  readonly requests?: Readonly<Record<string, string>>
  readonly limits?: Readonly<Record<string, string>>
}

/** BestEffort without any cpu or memory; Guaranteed when every container's limits equal its requests; else Burstable. */
function qosClass(pod: KubeObject): string {
  const containers: readonly { resources?: Resources }[] = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
  let any = false
  let guaranteed = true
  for (const { resources = {} } of containers) {
    for (const name of ['cpu', 'memory']) {
      const limit = resources.limits?.[name]
      const request = resources.requests?.[name] ?? limit
      if (limit !== undefined || request !== undefined) any = true
      if (limit === undefined || request !== limit) guaranteed = false
    }
  }
  if (!any) return 'BestEffort'
  return guaranteed ? 'Guaranteed' : 'Burstable'
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
    prepareCreate,
    validate: validatePod,
    validateUpdate: validatePodUpdate,
    generation: [],
    generationSince: 33,
    status: true,
    grace,
  },
}
