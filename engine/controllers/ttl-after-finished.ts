import type { KubeObject } from '../api/object.ts'
import type { StoreEvent } from '../api/store.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, splitKey } from './env.ts'

/** Deletes Jobs that ended long enough ago (pkg/controller/ttlafterfinished). */
export class TtlAfterFinishedLoop implements ControlLoop {
  readonly name = 'ttl-after-finished'
  later: (key: string, delay: number) => void = () => {}
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
  }

  keys({ type, resource, object }: StoreEvent): readonly string[] {
    return resource === R.jobs && type !== 'DELETED' && object.spec.ttlSecondsAfterFinished !== undefined ? [keyOf(object)] : []
  }

  all(): readonly string[] {
    const { store } = this.env
    return store
      .list(R.jobs)
      .filter((job) => job.spec.ttlSecondsAfterFinished !== undefined)
      .map(keyOf)
  }

  sync(key: string): void {
    const { namespace, name } = splitKey(key)
    const job = this.env.store.get(R.jobs, namespace, name)
    const ttl: number | undefined = job?.spec.ttlSecondsAfterFinished
    if (job === undefined || ttl === undefined || job.metadata.deletionTimestamp !== undefined) return
    const end = endOf(job)
    if (end === undefined) return
    const left = end + ttl * 1000 - this.env.clock.now
    if (left > 0) this.later(key, left)
    else this.api.delete(R.jobs, namespace, name, { uid: job.metadata.uid ?? '', propagationPolicy: 'Foreground' })
  }
}

function endOf(job: KubeObject): number | undefined {
  const conditions: readonly KubeObject[string][] = job.status?.conditions ?? []
  const end = conditions.find((c) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True')
  return end === undefined ? undefined : Date.parse(end.lastTransitionTime)
}
