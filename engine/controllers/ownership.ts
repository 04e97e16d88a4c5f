import type { KubeObject, OwnerReference } from '../api/object.ts'
import { type LabelSelector, matchesSelector } from '../api/selectors.ts'

/** The owner that controls an object, if any (metav1.GetControllerOf). */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true)
}

export function controllerReference(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  }
}

export interface Claim {
  readonly mine: readonly KubeObject[]
  /** Without a controller, and their labels say they should be mine. */
  readonly adopt: readonly KubeObject[]
  /** Mine, but their labels say otherwise. */
  readonly release: readonly KubeObject[]
}

/** What an owner holds, may take and must let go (pkg/controller, PodControllerRefManager). */
export function claim(objects: readonly KubeObject[], owner: KubeObject, selector: LabelSelector): Claim {
  const mine: KubeObject[] = []
  const adopt: KubeObject[] = []
  const release: KubeObject[] = []
  for (const object of objects) {
    const controller = controllerOf(object)
    const fits = matchesSelector(selector, object.metadata.labels)
    if (controller !== undefined) {
      if (controller.uid !== owner.metadata.uid) continue
      if (fits) mine.push(object)
      else if (object.metadata.deletionTimestamp === undefined) release.push(object)
    } else if (fits && object.metadata.deletionTimestamp === undefined) adopt.push(object)
  }
  return { mine, adopt, release }
}

export function withOwner(object: KubeObject, owner: KubeObject): KubeObject {
  const ownerReferences = [...(object.metadata.ownerReferences ?? []), controllerReference(owner)]
  return { ...object, metadata: { ...object.metadata, ownerReferences } }
}

export function withoutOwner(object: KubeObject, uid: string | undefined): KubeObject {
  const { ownerReferences = [], ...metadata } = object.metadata
  const left = ownerReferences.filter((owner) => owner.uid !== uid)
  return { ...object, metadata: left.length > 0 ? { ...metadata, ownerReferences: left } : metadata }
}
