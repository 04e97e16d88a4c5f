// biome-ignore-all lint/suspicious/noExplicitAny: volumes are open structures whose shape the schema checks
import type { KubeObject } from '../object.ts'
import { nodeSelectorTermWarnings } from './pod.ts'

const SOURCES: readonly [source: string, shown: string, words: string][] = [
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]
const RECYCLE = 'The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.'
const CLASS = 'volume.beta.kubernetes.io/storage-class'
const MOUNT = 'volume.beta.kubernetes.io/mount-options'

/** GetWarningsForPersistentVolume. */
export function volumeWarnings(pv: KubeObject): string[] {
  const { spec = {}, metadata } = pv
  const out: string[] = []
  const annotated = (key: string, since: string, field: string) => {
    if (metadata.annotations?.[key] !== undefined)
      out.push(`metadata.annotations[${key}]: deprecated since ${since}; use "${field}" attribute instead`)
  }
  annotated(CLASS, 'v1.8', 'storageClassName')
  annotated(MOUNT, 'v1.31', 'mountOptions')
  if (spec.persistentVolumeReclaimPolicy === 'Recycle') out.push(`spec.persistentVolumeReclaimPolicy: ${RECYCLE}`)
  for (const [i, t] of (spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).entries())
    out.push(...nodeSelectorTermWarnings(t, `spec.nodeAffinity.required.nodeSelectorTerms[${i}]`, false))
  for (const [source, shown, words] of SOURCES) if (spec[source] !== undefined) out.push(`spec.${shown}: ${words}`)
  return out
}
