import type { KubeObject, OwnerReference } from '../../api/object.ts'
import { StatusError } from '../../api/status.ts'
import { type ApiWriter, type ControllerEnv, R, sameValue } from '../env.ts'
import { controllerReference } from '../ownership.ts'
import { claimsOf, inRange, ordinalOf, withIdentity } from './identity.ts'

const SOURCE = { component: 'statefulset-controller' }

/** What a StatefulSet does to its pods and their claims, told in Events (stateful_pod_control.go). */
export class StatefulPodControl {
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv, api: ApiWriter) {
    this.env = env
    this.api = api
  }

  create(set: KubeObject, pod: KubeObject): KubeObject {
    return this.told('Create', set, pod, () => {
      this.createClaims(set, pod)
      const made = this.api.create(R.pods, pod)
      this.ownClaims(set, made)
      return made
    })
  }

  remove(set: KubeObject, pod: KubeObject): void {
    this.told('Delete', set, pod, () =>
      this.api.delete(R.pods, pod.metadata.namespace, pod.metadata.name, { uid: pod.metadata.uid ?? '' }),
    )
  }

  identify(set: KubeObject, pod: KubeObject): void {
    this.told('Update', set, pod, () => this.api.update(R.pods, withIdentity(set, pod)))
  }

  /** Makes the claims that are missing; a claim on its way out cannot be used (createPersistentVolumeClaims). */
  createClaims(set: KubeObject, pod: KubeObject): void {
    for (const { claim } of claimsOf(set, ordinalOf(pod))) {
      const { namespace, name } = claim.metadata
      const there = this.env.store.get(R.claims, namespace, name)
      if (there?.metadata.deletionTimestamp !== undefined) throw new Blocked(`pvc ${name} is being deleted`)
      if (there !== undefined) continue
      const about = `Claim ${name}`
      try {
        this.api.create(R.claims, claim)
        this.tell(set, 'SuccessfulCreate', `Create ${about} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} success`)
      } catch (error) {
        if (!(error instanceof StatusError)) throw error
        const message = `Create ${about} for Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} failed error: ${error.message}`
        this.tell(set, 'FailedCreate', message, 'Warning')
        throw new Blocked(`failed to create PVC ${name}: ${error.message}`)
      }
    }
  }

  /** Whose the claims are follows from the retention policy: the set's, the pod's, or nobody's (updateClaimOwnerRefForSetAndPod). */
  ownClaims(set: KubeObject, pod: KubeObject): void {
    for (const { claim } of claimsOf(set, ordinalOf(pod))) {
      const there = this.env.store.get(R.claims, claim.metadata.namespace, claim.metadata.name)
      if (there === undefined) continue
      const owners = claimOwners(there.metadata.ownerReferences ?? [], set, pod)
      if (owners === undefined || sameValue(owners, there.metadata.ownerReferences ?? [])) continue
      const { ownerReferences: _old, ...metadata } = there.metadata
      this.api.update(R.claims, {
        ...there,
        metadata: owners.length > 0 ? { ...metadata, ownerReferences: owners } : metadata,
      })
    }
  }

  private told<T>(verb: string, set: KubeObject, pod: KubeObject, act: () => T): T {
    const about = `${verb} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`
    try {
      const made = act()
      this.tell(set, `Successful${verb}`, `${about} successful`)
      return made
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof Blocked)) throw error
      const isTaken = error instanceof StatusError && error.reason === 'AlreadyExists'
      if (!isTaken) this.tell(set, `Failed${verb}`, `${about} failed error: ${error.message}`, 'Warning')
      throw error
    }
  }

  private tell(set: KubeObject, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    this.env.events.record(SOURCE, set, reason, message, { type })
  }
}

/** Work that cannot go on for a reason that is no answer of the API. */
export class Blocked extends Error {}

function claimOwners(
  references: readonly OwnerReference[],
  set: KubeObject,
  pod: KubeObject,
): readonly OwnerReference[] | undefined {
  const is = (ref: OwnerReference, of: KubeObject) => ref.kind === of.kind && ref.name === of.metadata.name
  // An owner of that name but another uid is of an earlier life: its claims are left to the garbage collector.
  if (references.some((r) => [set, pod].some((o) => is(r, o) && r.uid !== o.metadata.uid))) return undefined
  const others = references.filter((r) => !is(r, set) && !is(r, pod))
  if (others.some((r) => r.controller === true)) return others
  const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
  const isCondemned = !inRange(set, pod)
  if (whenScaled === 'Delete' && isCondemned) return [...others, controllerReference(pod)]
  return whenDeleted === 'Delete' ? [...others, controllerReference(set)] : others
}
