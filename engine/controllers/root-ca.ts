import type { StoreEvent } from '../api/store.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue } from './env.ts'

const NAME = 'kube-root-ca.crt'
const DESCRIPTION = 'kubernetes.io/description'
const TEXT =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal ' +
  'service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

/** Puts the cluster's CA certificate into every namespace (pkg/controller/certificates/rootcacertpublisher). */
export class RootCaLoop implements ControlLoop {
  readonly name = 'root-ca'
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
  }

  keys({ resource, type, object }: StoreEvent): readonly string[] {
    if (resource === R.namespaces) return [object.metadata.name]
    const mine = resource === R.configmaps && object.metadata.name === NAME && type !== 'ADDED'
    return mine ? [object.metadata.namespace ?? ''] : []
  }

  all(): readonly string[] {
    return this.env.store.list(R.namespaces).map(keyOf)
  }

  sync(namespace: string): void {
    const { store } = this.env
    if (store.get(R.namespaces, undefined, namespace)?.status?.phase !== 'Active') return
    const current = store.get(R.configmaps, namespace, NAME)
    const data = { 'ca.crt': this.bundle() }
    if (current === undefined) {
      const metadata = { name: NAME, namespace, annotations: { [DESCRIPTION]: TEXT } }
      this.api.create(R.configmaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data })
    } else if (!sameValue(current.data, data)) this.api.update(R.configmaps, { ...current, data })
  }

  /** The cluster's bundle is what its oldest namespace holds; a cluster that has none yet publishes a placeholder. */
  private bundle(): string {
    const known = this.env.store.get(R.configmaps, 'kube-system', NAME) ?? this.env.store.get(R.configmaps, 'default', NAME)
    return known?.data?.['ca.crt'] ?? '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n'
  }
}
