import type { StoreEvent } from '../api/store.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R } from './env.ts'

const NAME = 'default'

/** Sees to it that every namespace has a ServiceAccount "default" (pkg/controller/serviceaccount). */
export class ServiceAccountLoop implements ControlLoop {
  readonly name = 'serviceaccount'
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
  }

  keys({ resource, type, object }: StoreEvent): readonly string[] {
    if (resource === R.namespaces) return [object.metadata.name]
    return resource === R.serviceaccounts && type === 'DELETED' ? [object.metadata.namespace ?? ''] : []
  }

  all(): readonly string[] {
    return this.env.store.list(R.namespaces).map(keyOf)
  }

  sync(namespace: string): void {
    const { store } = this.env
    if (store.get(R.namespaces, undefined, namespace)?.status?.phase !== 'Active') return
    if (store.get(R.serviceaccounts, namespace, NAME) !== undefined) return
    this.api.create(R.serviceaccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace } })
  }
}
