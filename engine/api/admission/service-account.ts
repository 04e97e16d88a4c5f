import type { KubeObject } from '../object.ts'
import { forbidden } from '../status.ts'
import type { WriteRequest } from '../write-context.ts'

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
const VOLUME = 'kube-api-access-'

interface Mount {
  readonly mountPath: string
}

/** A kubelet's static pod as the API shows it: it may not use a service account. */
const MIRROR = 'kubernetes.io/config.mirror'

const TOKEN_SOURCES = [
  { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
]

/** ServiceAccount: every pod runs as one, and mounts its token unless that is turned off. */
export function serviceAccount({ context, kind, operation, object: pod, options }: WriteRequest): KubeObject {
  if (kind.key !== 'pods' || operation !== 'CREATE' || options.subresource !== undefined) return pod
  if (pod.metadata.annotations?.[MIRROR] !== undefined) return pod
  const name = pod.spec?.serviceAccountName || 'default'
  const namespace = pod.metadata.namespace as string
  const account = context.store.get('serviceaccounts', namespace, name)
  if (account === undefined) {
    const words = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`
    throw forbidden(kind, pod.metadata.name ?? '', words)
  }
  const spec = { ...pod.spec, serviceAccountName: name, serviceAccount: name }
  if ((spec.imagePullSecrets ?? []).length === 0 && (account.imagePullSecrets ?? []).length > 0)
    spec.imagePullSecrets = account.imagePullSecrets
  if ((pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) === false) return { ...pod, spec }
  const given: string | undefined = (spec.volumes ?? []).find((v: { name: string }) => v.name?.startsWith(VOLUME))?.name
  const volume = given ?? `${VOLUME}${context.dice.suffix(5)}`
  let mounted = false
  const mount = (container: { volumeMounts?: readonly Mount[] }) => {
    if (container.volumeMounts?.some((m) => m.mountPath === TOKEN_PATH)) return container
    mounted = true
    const own = { name: volume, readOnly: true, mountPath: TOKEN_PATH }
    return { ...container, volumeMounts: [...(container.volumeMounts ?? []), own] }
  }
  spec.containers = (spec.containers ?? []).map(mount)
  if (spec.initContainers) spec.initContainers = spec.initContainers.map(mount)
  if (mounted && given === undefined)
    spec.volumes = [...(spec.volumes ?? []), { name: volume, projected: { sources: TOKEN_SOURCES, defaultMode: 420 } }]
  return { ...pod, spec }
}
