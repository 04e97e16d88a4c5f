import type { Obj } from '../values.ts'
import type { Lines } from './writer.ts'

type Row = readonly [string, unknown]

/** What each kind of volume is called and which of its fields are told. */
const KINDS: Readonly<Record<string, { readonly text: string; rows(v: Obj): readonly Row[] }>> = {
  hostPath: {
    text: 'HostPath (bare host directory volume)',
    rows: (v) => [
      ['Path', v.path],
      ['HostPathType', v.type === undefined ? '<none>' : v.type],
    ],
  },
  emptyDir: {
    text: "EmptyDir (a temporary directory that shares a pod's lifetime)",
    rows: (v) => [
      ['Medium', v.medium ?? ''],
      ['SizeLimit', v.sizeLimit ?? '<unset>'],
    ],
  },
  configMap: {
    text: 'ConfigMap (a volume populated by a ConfigMap)',
    rows: (v) => [
      ['Name', v.name ?? ''],
      ['Optional', v.optional === true],
    ],
  },
  secret: {
    text: 'Secret (a volume populated by a Secret)',
    rows: (v) => [
      ['SecretName', v.secretName ?? ''],
      ['Optional', v.optional === true],
    ],
  },
  persistentVolumeClaim: {
    text: 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    rows: (v) => [
      ['ClaimName', v.claimName],
      ['ReadOnly', v.readOnly === true],
    ],
  },
  nfs: {
    text: 'NFS (an NFS mount that lasts the lifetime of a pod)',
    rows: (v) => [
      ['Server', v.server],
      ['Path', v.path],
      ['ReadOnly', v.readOnly === true],
    ],
  },
  local: {
    text: 'LocalVolume (a persistent volume backed by local storage on a node)',
    rows: (v) => [['Path', v.path]],
  },
  csi: {
    text: 'CSI (a Container Storage Interface (CSI) volume source)',
    rows: (v) => [
      ['Driver', v.driver],
      ['FSType', v.fsType ?? ''],
      ['ReadOnly', v.readOnly === true],
    ],
  },
}

/** The fields of one volume source, at a level. */
export function volumeSource(out: Lines, volume: Obj, level: number): void {
  if (volume.projected) {
    projected(out, volume.projected, level)
    return
  }
  if (volume.downwardAPI) {
    out.at(level, 'Type:\tDownwardAPI (a volume populated by information about the pod)\n').at(level, 'Items:\n')
    for (const item of volume.downwardAPI.items ?? []) {
      if (item.fieldRef) out.at(level + 1, `${item.fieldRef.fieldPath} -> ${item.path}\n`)
      if (item.resourceFieldRef) out.at(level + 1, `${item.resourceFieldRef.resource} -> ${item.path}\n`)
    }
    return
  }
  const name = Object.keys(volume).find((key) => KINDS[key] !== undefined)
  if (name === undefined) {
    out.at(1, '<unknown>\n')
    return
  }
  const kind = KINDS[name]!
  out.at(level, `Type:\t${kind.text}\n`)
  for (const [title, value] of kind.rows(volume[name])) out.at(level, `${title}:\t${value}\n`)
}

function projected(out: Lines, volume: Obj, level: number): void {
  out.at(level, 'Type:\tProjected (a volume that contains injected data from multiple sources)\n')
  for (const source of volume.sources ?? []) {
    if (source.secret)
      out.at(level, `SecretName:\t${source.secret.name}\n`).at(level, `Optional:\t${source.secret.optional === true}\n`)
    else if (source.downwardAPI) out.at(level, 'DownwardAPI:\ttrue\n')
    else if (source.configMap) {
      out.at(level, `ConfigMapName:\t${source.configMap.name}\n`).at(level, `Optional:\t${source.configMap.optional === true}\n`)
    } else if (source.serviceAccountToken) {
      out.at(level, `TokenExpirationSeconds:\t${source.serviceAccountToken.expirationSeconds ?? 3600}\n`)
    }
  }
}

/** "Volumes:" of a pod or a template. */
export function describeVolumes(out: Lines, volumes: readonly Obj[] | undefined, space: string): void {
  if (volumes === undefined || volumes.length === 0) {
    out.at(0, `${space}Volumes:\t<none>\n`)
    return
  }
  out.at(0, `${space}Volumes:\n`)
  for (const volume of volumes) {
    out.at(1, `${space === '' ? '' : ' '}${volume.name}:\n`)
    volumeSource(out, volume, 2)
  }
}
