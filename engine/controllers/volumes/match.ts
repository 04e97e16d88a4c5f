import type { KubeObject } from '../../api/object.ts'
import { matchesSelector } from '../../api/selectors.ts'
import { compareQuantities } from '../../api/validation/quantity.ts'

const CLASS = 'volume.beta.kubernetes.io/storage-class'

/** The class a claim or volume is of: the old annotation weighs more than the field. */
export function classOf(object: KubeObject): string {
  return object.metadata.annotations?.[CLASS] ?? object.spec?.storageClassName ?? ''
}

export function isFor(volume: KubeObject, claim: KubeObject): boolean {
  const { name, namespace, uid } = volume.spec?.claimRef ?? {}
  const { metadata } = claim
  return name === metadata.name && namespace === metadata.namespace && (!uid || uid === metadata.uid)
}

/** Whether the volume offers what the claim asks for (checkVolumeSatisfyClaim). */
export function satisfies(volume: KubeObject, claim: KubeObject): boolean {
  const wanted = claim.spec?.resources?.requests?.storage ?? '0'
  const modes: readonly string[] = volume.spec?.accessModes ?? []
  return (
    compareQuantities(volume.spec?.capacity?.storage ?? '0', wanted) >= 0 &&
    classOf(volume) === classOf(claim) &&
    (volume.spec?.volumeMode ?? 'Filesystem') === (claim.spec?.volumeMode ?? 'Filesystem') &&
    ((claim.spec?.accessModes ?? []) as string[]).every((mode) => modes.includes(mode))
  )
}

/** The volume to bind: one kept for this claim, or else the smallest that will do (FindMatchingVolume). */
export function bestVolume(volumes: readonly KubeObject[], claim: KubeObject): KubeObject | undefined {
  const free = volumes.filter((volume) => volume.metadata.deletionTimestamp === undefined && satisfies(volume, claim))
  const kept = free.find((volume) => volume.spec?.claimRef !== undefined && isFor(volume, claim))
  if (kept !== undefined) return kept
  const { selector } = claim.spec ?? {}
  const size = (volume: KubeObject) => volume.spec?.capacity?.storage ?? '0'
  return free
    .filter((volume) => volume.spec?.claimRef === undefined && (volume.status?.phase ?? 'Available') === 'Available')
    .filter((volume) => !selector || matchesSelector(selector, volume.metadata.labels))
    .sort((a, b) => compareQuantities(size(a), size(b)) || (a.metadata.name < b.metadata.name ? -1 : 1))[0]
}
