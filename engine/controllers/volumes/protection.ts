import type { KubeObject } from '../../api/object.ts'
import type { StoreEvent } from '../../api/store.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, splitKey } from '../env.ts'
import { isFinished } from '../pods.ts'

const CLAIM = 'kubernetes.io/pvc-protection'
const VOLUME = 'kubernetes.io/pv-protection'

/** Lets deleted claims go once no pod uses them, and deleted volumes once nothing is bound to them (pvc- and pv-protection). */
export class VolumeProtectionLoop implements ControlLoop {
  readonly name = 'volume-protection'
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
  }

  keys({ type, resource, object }: StoreEvent): readonly string[] {
    if (resource === R.claims || resource === R.volumes) {
      const isGoing = type !== 'DELETED' && object.metadata.deletionTimestamp !== undefined
      return isGoing ? [`${resource} ${keyOf(object)}`] : []
    }
    if (resource !== R.pods || !(type === 'DELETED' || isFinished(object))) return []
    return claimsOf(object).map((name) => `${R.claims} ${object.metadata.namespace}/${name}`)
  }

  all(): readonly string[] {
    const { store } = this.env
    return [R.claims, R.volumes].flatMap((resource) =>
      store
        .list(resource)
        .filter((object) => object.metadata.deletionTimestamp !== undefined)
        .map((object) => `${resource} ${keyOf(object)}`),
    )
  }

  sync(key: string): void {
    const [resource = '', rest = ''] = key.split(' ')
    const { namespace, name } = splitKey(rest)
    const object = this.env.store.get(resource, namespace, name)
    if (object?.metadata.deletionTimestamp === undefined) return
    const isHeld = resource === R.claims ? this.isUsed(object) : object.status?.phase === 'Bound'
    if (!isHeld) this.release(resource, object, resource === R.claims ? CLAIM : VOLUME)
  }

  private isUsed(claim: KubeObject): boolean {
    const { namespace, name } = claim.metadata
    return this.env.store.list(R.pods, namespace).some((pod) => !isFinished(pod) && claimsOf(pod).includes(name))
  }

  private release(resource: string, object: KubeObject, finalizer: string): void {
    const { finalizers = [], ...metadata } = object.metadata
    if (!finalizers.includes(finalizer)) return
    const left = finalizers.filter((f) => f !== finalizer)
    this.api.update(resource, { ...object, metadata: left.length > 0 ? { ...metadata, finalizers: left } : metadata })
  }
}

/** The claims that a pod mounts, its ephemeral ones included. */
function claimsOf(pod: KubeObject): readonly string[] {
  const volumes: readonly { name: string; persistentVolumeClaim?: { claimName: string }; ephemeral?: object }[] =
    pod.spec?.volumes ?? []
  return volumes.flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim !== undefined) return [persistentVolumeClaim.claimName]
    return ephemeral === undefined ? [] : [`${pod.metadata.name}-${name}`]
  })
}
