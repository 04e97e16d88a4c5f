import type { Kind } from './kinds/registry.ts'
import type { KubeObject } from './object.ts'
import { forbidden, notFound } from './status.ts'
import type { WriteContext, WriteRequest } from './write-context.ts'

/** NamespaceLifecycle: nothing new in a namespace that is absent or going. */
export function admitNamespace(context: WriteContext, kind: Kind, object: KubeObject): void {
  if (!kind.namespaced) return
  const name = object.metadata.namespace ?? ''
  const namespace = context.store.get('namespaces', undefined, name)
  if (namespace === undefined) throw notFound({ group: '', resource: 'namespaces' }, name)
  if (namespace.metadata.deletionTimestamp === undefined && namespace.status?.phase !== 'Terminating') return
  throw forbidden(
    kind,
    object.metadata.name ?? '',
    `unable to create new content in namespace ${name} because it is being terminated`,
    [{ reason: 'NamespaceTerminating', message: `namespace ${name} is being terminated`, field: 'metadata.namespace' }],
  )
}

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'

interface Mount {
  readonly mountPath: string
}

/** A kubelet's static pod as the API shows it: it may not use a service account. */
const MIRROR = 'kubernetes.io/config.mirror'

/** ServiceAccount: every pod runs as one, and mounts its token unless that is turned off. */
function serviceAccount(context: WriteContext, pod: KubeObject): KubeObject {
  if (pod.metadata.annotations?.[MIRROR] !== undefined) return pod
  const name = pod.spec.serviceAccountName || 'default'
  const namespace = pod.metadata.namespace as string
  const account = context.store.get('serviceaccounts', namespace, name)
  if (account === undefined) {
    const words = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`
    throw forbidden({ group: '', resource: 'pods' }, pod.metadata.name ?? '', words)
  }
  const spec = { ...pod.spec, serviceAccountName: name, serviceAccount: name }
  if ((spec.imagePullSecrets ?? []).length === 0 && (account.imagePullSecrets ?? []).length > 0)
    spec.imagePullSecrets = account.imagePullSecrets
  if ((pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) === false) return { ...pod, spec }
  const volume = `kube-api-access-${context.dice.suffix(5)}`
  let mounted = false
  const mount = (container: { volumeMounts?: readonly Mount[] }) => {
    if (container.volumeMounts?.some((m) => m.mountPath === TOKEN_PATH)) return container
    mounted = true
    return {
      ...container,
      volumeMounts: [...(container.volumeMounts ?? []), { name: volume, readOnly: true, mountPath: TOKEN_PATH }],
    }
  }
  spec.containers = (spec.containers ?? []).map(mount)
  if (spec.initContainers) spec.initContainers = spec.initContainers.map(mount)
  if (mounted) spec.volumes = [...(spec.volumes ?? []), { name: volume, projected: { sources: TOKEN_SOURCES, defaultMode: 420 } }]
  return { ...pod, spec }
}

const TOKEN_SOURCES = [
  { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
]

interface Toleration {
  readonly key?: string
  readonly operator?: string
  readonly effect?: string
}

/** DefaultTolerationSeconds: five minutes on a node that is not ready or unreachable. */
function tolerations(pod: KubeObject): KubeObject {
  const given: readonly Toleration[] = pod.spec.tolerations ?? []
  const covers = (key: string) => given.some((t) => (t.key === key || !t.key) && (t.effect === 'NoExecute' || !t.effect))
  const added = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
    .filter((key) => !covers(key))
    .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }))
  return added.length === 0 ? pod : { ...pod, spec: { ...pod.spec, tolerations: [...given, ...added] } }
}

/** Priority: a class's value, or the global default's, or 0. */
function priority(context: WriteContext, pod: KubeObject): KubeObject {
  const name = pod.spec.priorityClassName
  const classes = context.store.list('priorityclasses.scheduling.k8s.io')
  const found = name ? classes.find((c) => c.metadata.name === name) : classes.find((c) => c.globalDefault === true)
  if (name && found === undefined) {
    throw forbidden({ group: '', resource: 'pods' }, pod.metadata.name ?? '', `no PriorityClass with name ${name} was found`)
  }
  const spec = { ...pod.spec, priority: found?.value ?? 0, preemptionPolicy: found?.preemptionPolicy ?? 'PreemptLowerPriority' }
  if (found !== undefined) spec.priorityClassName = found.metadata.name
  return { ...pod, spec }
}

/** The mutating admission plugins that a default API server runs on a new pod, in its order. */
export function admitPod(context: WriteContext, pod: KubeObject): KubeObject {
  if (pod.spec === undefined) return pod
  return tolerations(priority(context, serviceAccount(context, pod)))
}

/** The plugins that may change an object on its way in. */
export function mutatingAdmission({ context, kind, operation, object }: WriteRequest): KubeObject {
  if (operation === 'UPDATE') return object
  admitNamespace(context, kind, object)
  return kind.key === 'pods' ? admitPod(context, object) : object
}

/** The plugins that have the last word before the store. */
export function validatingAdmission(_request: WriteRequest): void {}
