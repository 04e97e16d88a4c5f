import type { KubeObject } from '../../api/object.ts'
import type { StoreEvent } from '../../api/store.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, keyOf, R, sameValue, splitKey } from '../env.ts'
import { bestVolume, classOf, isFor, satisfies } from './match.ts'

const SOURCE = { component: 'persistentvolume-controller' }
/** Claims without a volume are looked at this often (pvClaimBinderSyncPeriod), ms. */
const AGAIN = 15_000
const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'
const BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'
const PROVISIONERS = ['volume.beta.kubernetes.io/storage-provisioner', 'volume.kubernetes.io/storage-provisioner']
const SELECTED_NODE = 'volume.kubernetes.io/selected-node'

/**
 * Binds claims to the volumes there are (pkg/controller/volume/persistentvolume). Nothing here makes volumes: a claim of a class waits
 * for its provisioner, as on a cluster where none runs. Keys are "claim NAMESPACE/NAME" and "volume NAME".
 */
export class VolumeBinderLoop implements ControlLoop {
  readonly name = 'persistentvolume-binder'
  later: (key: string, delay: number) => void = () => {}
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('kube-controller-manager')
  }

  keys({ resource, object }: StoreEvent): readonly string[] {
    if (resource === R.claims) return [claimKey(object), ...this.volumesOf(object)]
    if (resource === R.volumes) {
      const { claimRef } = object.spec ?? {}
      const claims = claimRef ? [`claim ${claimRef.namespace}/${claimRef.name}`] : this.pending()
      return [`volume ${object.metadata.name}`, ...claims]
    }
    return resource === R.storageclasses ? this.pending() : []
  }

  all(): readonly string[] {
    const { store } = this.env
    return [...store.list(R.volumes).map((v) => `volume ${v.metadata.name}`), ...store.list(R.claims).map(claimKey)]
  }

  sync(key: string): void {
    const [kind, rest = ''] = key.split(' ')
    const { store } = this.env
    if (kind === 'volume') {
      const volume = store.get(R.volumes, undefined, rest)
      if (volume !== undefined) this.syncVolume(volume)
      return
    }
    const { namespace, name } = splitKey(rest)
    const claim = store.get(R.claims, namespace, name)
    if (claim === undefined) return
    if (claim.metadata.annotations?.[BIND_COMPLETED] === undefined) this.syncUnbound(key, claim)
    else this.syncBound(claim)
  }

  private syncUnbound(key: string, claim: KubeObject): void {
    const { store } = this.env
    const wanted: string | undefined = claim.spec?.volumeName
    if (wanted) {
      const volume = store.get(R.volumes, undefined, wanted)
      const isFree = volume !== undefined && (volume.spec?.claimRef === undefined || isFor(volume, claim))
      if (volume !== undefined && isFree && satisfies(volume, claim)) this.bind(volume, claim)
      else this.phase(claim, 'Pending')
      return
    }
    const volume = bestVolume(store.list(R.volumes), claim)
    const isLate = this.bindsLate(claim)
    if (volume !== undefined && (!isLate || volume.spec?.claimRef !== undefined || this.consumer(claim) !== undefined)) {
      this.bind(volume, claim)
      return
    }
    this.phase(claim, 'Pending')
    this.explain(claim, isLate)
    this.later(key, AGAIN)
  }

  /** Why a claim has no volume, in the words of syncUnboundClaim. */
  private explain(claim: KubeObject, isLate: boolean): void {
    const name = classOf(claim)
    const pod = this.consumer(claim)
    if (isLate && claim.metadata.annotations?.[SELECTED_NODE] === undefined) {
      if (pod === undefined) this.tell(claim, 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding')
      else this.tell(claim, 'WaitForPodScheduled', `waiting for pod ${pod.metadata.name} to be scheduled`)
      return
    }
    if (name === '') {
      this.tell(claim, 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set')
      return
    }
    const storageClass = this.env.store.get(R.storageclasses, undefined, name)
    if (storageClass === undefined) {
      this.tell(claim, 'ProvisioningFailed', `storageclass.storage.k8s.io "${name}" not found`, 'Warning')
      return
    }
    const { provisioner } = storageClass
    if (provisioner === 'kubernetes.io/no-provisioner') return
    const annotations = { ...claim.metadata.annotations, ...Object.fromEntries(PROVISIONERS.map((p) => [p, provisioner])) }
    if (!sameValue(annotations, claim.metadata.annotations ?? {}))
      this.api.update(R.claims, { ...this.fresh(claim), metadata: { ...this.fresh(claim).metadata, annotations } })
    const message =
      `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system ` +
      'administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.'
    this.tell(claim, 'ExternalProvisioning', message)
  }

  private bind(volume: KubeObject, claim: KubeObject): void {
    const { namespace, name, uid, resourceVersion } = claim.metadata
    let bound = volume
    if (volume.spec?.claimRef?.uid !== uid) {
      const claimRef = { kind: 'PersistentVolumeClaim', namespace, name, uid, apiVersion: 'v1', resourceVersion }
      const isOurs = volume.spec?.claimRef === undefined
      const annotations = isOurs ? { ...volume.metadata.annotations, [BY_CONTROLLER]: 'yes' } : volume.metadata.annotations
      const metadata = annotations === undefined ? volume.metadata : { ...volume.metadata, annotations }
      bound = this.api.update(R.volumes, { ...volume, metadata, spec: { ...volume.spec, claimRef } })
    }
    this.volumePhase(bound, 'Bound')
    const isOurs = claim.spec?.volumeName === undefined
    const annotations = {
      ...claim.metadata.annotations,
      [BIND_COMPLETED]: 'yes',
      ...(isOurs ? { [BY_CONTROLLER]: 'yes' } : {}),
    }
    const current = this.fresh(claim)
    const spec = { ...current.spec, volumeName: volume.metadata.name }
    this.api.update(R.claims, { ...current, metadata: { ...current.metadata, annotations }, spec })
    const { accessModes, capacity } = bound.spec ?? {}
    this.phase(claim, 'Bound', { accessModes, capacity })
  }

  private syncBound(claim: KubeObject): void {
    const volume = this.env.store.get(R.volumes, undefined, claim.spec?.volumeName ?? '')
    if (volume !== undefined && isFor(volume, claim)) {
      if (volume.spec?.claimRef?.uid !== claim.metadata.uid || claim.status?.phase !== 'Bound') this.bind(volume, claim)
      return
    }
    if (claim.status?.phase === 'Lost') return
    const [reason, message] =
      volume === undefined
        ? ['ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!']
        : ['ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly']
    this.phase(claim, 'Lost')
    this.tell(claim, reason as string, message as string, 'Warning')
  }

  private syncVolume(volume: KubeObject): void {
    const { claimRef } = volume.spec ?? {}
    if (claimRef === undefined || !claimRef.uid) {
      this.volumePhase(volume, 'Available')
      return
    }
    const claim = this.env.store.get(R.claims, claimRef.namespace, claimRef.name)
    if (claim !== undefined && claim.metadata.uid === claimRef.uid) return
    const phase = volume.status?.phase
    if (phase !== 'Released' && phase !== 'Failed') this.volumePhase(volume, 'Released')
    if (volume.spec?.persistentVolumeReclaimPolicy !== 'Delete' || phase === 'Failed') return
    // Nothing that could delete the storage itself runs here, as on a cluster whose volume was made by hand.
    if (volume.spec?.csi !== undefined) return
    const message = `error getting deleter volume plugin for volume "${volume.metadata.name}": no deletable volume plugin matched`
    const current = this.env.store.get(R.volumes, undefined, volume.metadata.name) ?? volume
    this.api.update(R.volumes, { ...current, status: { ...current.status, phase: 'Failed', message } }, 'status')
    this.env.events.record(SOURCE, volume, 'VolumeFailedDelete', message, { type: 'Warning' })
  }

  private phase(claim: KubeObject, phase: string, more: object = {}): void {
    const current = this.fresh(claim)
    const status = phase === 'Pending' ? { phase } : { ...current.status, ...more, phase }
    if (!sameValue(status, current.status)) this.api.update(R.claims, { ...current, status }, 'status')
  }

  private volumePhase(volume: KubeObject, phase: string): void {
    const current = this.env.store.get(R.volumes, undefined, volume.metadata.name) ?? volume
    if (current.status?.phase === phase) return
    this.api.update(R.volumes, { ...current, status: { ...current.status, phase } }, 'status')
  }

  private fresh(claim: KubeObject): KubeObject {
    return this.env.store.get(R.claims, claim.metadata.namespace, claim.metadata.name) ?? claim
  }

  private bindsLate(claim: KubeObject): boolean {
    const name = classOf(claim)
    return name !== '' && this.env.store.get(R.storageclasses, undefined, name)?.volumeBindingMode === 'WaitForFirstConsumer'
  }

  /** A pod that wants the claim and has no node yet. */
  private consumer(claim: KubeObject): KubeObject | undefined {
    const uses = (pod: KubeObject) =>
      ((pod.spec?.volumes ?? []) as { persistentVolumeClaim?: { claimName: string } }[]).some(
        (volume) => volume.persistentVolumeClaim?.claimName === claim.metadata.name,
      )
    return this.env.store
      .list(R.pods, claim.metadata.namespace)
      .find((pod) => pod.metadata.deletionTimestamp === undefined && uses(pod))
  }

  private tell(claim: KubeObject, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    this.env.events.record(SOURCE, claim, reason, message, { type })
  }

  private pending(): readonly string[] {
    const claims = this.env.store.list(R.claims)
    return claims.filter((claim) => claim.metadata.annotations?.[BIND_COMPLETED] === undefined).map(claimKey)
  }

  private volumesOf({ metadata: { namespace, name } }: KubeObject): readonly string[] {
    const volumes = this.env.store.list(R.volumes)
    const mine = volumes.filter(({ spec }) => spec?.claimRef?.namespace === namespace && spec.claimRef.name === name)
    return mine.map((volume) => `volume ${volume.metadata.name}`)
  }
}

function claimKey(claim: KubeObject): string {
  return `claim ${keyOf(claim)}`
}
