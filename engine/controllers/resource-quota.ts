import { kindOf } from '../api/kinds/registry.ts'
import type { KubeObject } from '../api/object.ts'
import { inQuotaScopes, quotaResources, quotaUsage } from '../api/quota/usage.ts'
import type { StoreEvent } from '../api/store.ts'
import { addQuantities } from '../api/validation/quantity.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue, splitKey } from './env.ts'
import { isFinished } from './pods.ts'

/** Everything is counted anew this often (ResourceQuotaSyncPeriod), ms. */
const RESYNC = 300_000

/** Keeps what quotas say is used in step with what there is (pkg/controller/resourcequota); writes are counted by admission. */
export class ResourceQuotaLoop implements ControlLoop {
  readonly name = 'resourcequota'
  later: (key: string, delay: number) => void = () => {}
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
  }

  keys({ type, resource, object, old }: StoreEvent): readonly string[] {
    if (resource === R.quotas) {
      const isStale = object.status?.hard === undefined || !sameValue(object.spec?.hard ?? {}, object.status.hard)
      return type === 'ADDED' || isStale ? [keyOf(object)] : []
    }
    // What goes, or ends, gives its share back.
    const ended = resource === R.pods && old !== undefined && isFinished(object) && !isFinished(old)
    const changed = resource === R.services && type === 'MODIFIED' && !sameValue(object.spec, old?.spec)
    if (type !== 'DELETED' && !ended && !changed) return []
    const quotas = this.env.store.list(R.quotas, object.metadata.namespace)
    return quotas.filter((quota) => quotaResources(resource, Object.keys(quota.spec?.hard ?? {})).length > 0).map(keyOf)
  }

  all(): readonly string[] {
    return this.env.store.list(R.quotas).map(keyOf)
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const { store, clock } = this.env
    const quota = store.get(R.quotas, namespace, name)
    if (quota === undefined || quota.metadata.deletionTimestamp !== undefined) return
    const hard: Readonly<Record<string, string>> = quota.spec?.hard ?? {}
    const used: Record<string, string> = Object.fromEntries(Object.keys(hard).map((n) => [n, '0']))
    for (const resource of store.resources()) {
      if (kindOf(resource)?.namespaced !== true) continue
      const names = quotaResources(resource, Object.keys(hard))
      if (names.length === 0) continue
      for (const object of store.list(resource, namespace)) this.add(used, names, quota, resource, object, clock.now)
    }
    if (!sameValue(quota.status, { hard, used })) this.api.update(R.quotas, { ...quota, status: { hard, used } }, 'status')
    this.later(key, RESYNC)
  }

  private add(
    used: Record<string, string>,
    names: readonly string[],
    quota: KubeObject,
    resource: string,
    object: KubeObject,
    now: number,
  ): void {
    if (!inQuotaScopes(quota, resource, object)) return
    const usage = quotaUsage(resource, object, now)
    for (const name of names) {
      const amount = usage[name]
      if (amount !== undefined) used[name] = addQuantities(used[name] ?? '0', amount)
    }
  }
}
