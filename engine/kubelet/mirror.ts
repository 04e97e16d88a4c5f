import type { KubeObject } from '../api/object.ts'

const MIRROR = 'kubernetes.io/config.mirror'

/** Whether the object only mirrors a static pod, which lives in a file on its node. */
export function isMirror(pod: KubeObject): boolean {
  return pod.metadata.annotations?.[MIRROR] !== undefined
}

/** The object that a kubelet posts anew for a static pod whose mirror was deleted. */
export function mirrorOf(pod: KubeObject): KubeObject {
  const { name, namespace, labels, annotations, ownerReferences } = pod.metadata
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
    },
    spec: pod.spec,
  }
}
