import { type Obj, sortedKeys } from '../values.ts'
import { annotations, Lines, labels } from './writer.ts'

type Row = readonly [string, unknown]
type Rows = (v: Obj, inPod: boolean) => readonly Row[]

/** Go's %v of a list of strings and of a map. */
const list = (values: readonly string[] | undefined) => `[${(values ?? []).join(' ')}]`
const map = (values: Obj) =>
  `map[${sortedKeys(values)
    .map((k) => `${k}:${values[k]}`)
    .join(' ')}]`

/** A reference to a Secret as its String method writes it: a pod's has a name only. */
function secretRef(given: Obj, inPod: boolean): string {
  if (given === undefined) return 'nil'
  const name = `Name:${given.name ?? ''},`
  return inPod ? `&LocalObjectReference{${name}}` : `&SecretReference{${name}Namespace:${given.namespace ?? ''},}`
}

const readOnly = (v: Obj): Row => ['ReadOnly', v.readOnly === true]
const fsType = (v: Obj): Row => ['FSType', v.fsType ?? '']
const text = (title: string, value: unknown): Row => [title, value ?? '']

const ISCSI = "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)"
const FLEX = 'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)'

/** What each kind of volume is called and which of its fields are told (describe.go print…VolumeSource), in the order they are looked for. */
const KINDS: Readonly<Record<string, { readonly text: string; readonly rows: Rows }>> = {
  hostPath: {
    text: 'HostPath (bare host directory volume)',
    rows: (v) => [
      ['Path', v.path],
      ['HostPathType', v.type === undefined ? '<none>' : v.type],
    ],
  },
  emptyDir: {
    text: "EmptyDir (a temporary directory that shares a pod's lifetime)",
    rows: (v) => [text('Medium', v.medium), ['SizeLimit', v.sizeLimit === '0' ? '<unset>' : (v.sizeLimit ?? '<unset>')]],
  },
  gcePersistentDisk: {
    text: 'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
    rows: (v) => [['PDName', v.pdName], fsType(v), ['Partition', v.partition ?? 0], readOnly(v)],
  },
  awsElasticBlockStore: {
    text: 'AWSElasticBlockStore (a Persistent Disk resource in AWS)',
    rows: (v) => [['VolumeID', v.volumeID], fsType(v), ['Partition', v.partition ?? 0], readOnly(v)],
  },
  gitRepo: {
    text: 'GitRepo (a volume that is pulled from git when the pod is created)',
    rows: (v) => [['Repository', v.repository], text('Revision', v.revision)],
  },
  secret: {
    text: 'Secret (a volume populated by a Secret)',
    rows: (v) => [text('SecretName', v.secretName), ['Optional', v.optional === true]],
  },
  configMap: {
    text: 'ConfigMap (a volume populated by a ConfigMap)',
    rows: (v) => [text('Name', v.name), ['Optional', v.optional === true]],
  },
  nfs: {
    text: 'NFS (an NFS mount that lasts the lifetime of a pod)',
    rows: (v) => [['Server', v.server], ['Path', v.path], readOnly(v)],
  },
  iscsi: {
    text: ISCSI,
    rows: (v, inPod) => [
      ['TargetPortal', v.targetPortal],
      ['IQN', v.iqn],
      ['Lun', v.lun ?? 0],
      ['ISCSIInterface', v.iscsiInterface ?? ''],
      fsType(v),
      readOnly(v),
      ['Portals', list(v.portals)],
      ['DiscoveryCHAPAuth', v.chapAuthDiscovery === true],
      ['SessionCHAPAuth', v.chapAuthSession === true],
      ['SecretRef', secretRef(v.secretRef, inPod)],
      ['InitiatorName', v.initiatorName ?? '<none>'],
    ],
  },
  glusterfs: {
    text: "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    rows: (v, inPod) => [
      ['EndpointsName', v.endpoints],
      ...(inPod ? [] : [['EndpointsNamespace', v.endpointsNamespace ?? '<unset>'] as const]),
      ['Path', v.path],
      readOnly(v),
    ],
  },
  persistentVolumeClaim: {
    text: 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    rows: (v) => [['ClaimName', v.claimName], readOnly(v)],
  },
  rbd: {
    text: "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
    rows: (v, inPod) => [
      ['CephMonitors', list(v.monitors)],
      ['RBDImage', v.image],
      fsType(v),
      text('RBDPool', v.pool),
      text('RadosUser', v.user),
      text('Keyring', v.keyring),
      ['SecretRef', secretRef(v.secretRef, inPod)],
      readOnly(v),
    ],
  },
  quobyte: {
    text: "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
    rows: (v) => [['Registry', v.registry], ['Volume', v.volume], readOnly(v)],
  },
  azureDisk: {
    text: 'AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)',
    rows: (v) => [
      ['DiskName', v.diskName],
      ['DiskURI', v.diskURI],
      ['Kind: ', v.kind],
      fsType(v),
      text('CachingMode', v.cachingMode),
      readOnly(v),
    ],
  },
  vsphereVolume: {
    text: 'vSphereVolume (a Persistent Disk resource in vSphere)',
    rows: (v) => [['VolumePath', v.volumePath], fsType(v), text('StoragePolicyName', v.storagePolicyName)],
  },
  cinder: {
    text: 'Cinder (a Persistent Disk resource in OpenStack)',
    rows: (v, inPod) => [['VolumeID', v.volumeID], fsType(v), readOnly(v), ['SecretRef', secretRef(v.secretRef, inPod)]],
  },
  photonPersistentDisk: {
    text: 'PhotonPersistentDisk (a Persistent Disk resource in photon platform)',
    rows: (v) => [['PdID', v.pdID], fsType(v)],
  },
  portworxVolume: { text: 'PortworxVolume (a Portworx Volume resource)', rows: (v) => [['VolumeID', v.volumeID]] },
  scaleIO: {
    text: 'ScaleIO (a persistent volume backed by a block device in ScaleIO)',
    rows: (v, inPod) => [
      ['Gateway', v.gateway],
      ['System', v.system],
      text('Protection Domain', v.protectionDomain),
      text('Storage Pool', v.storagePool),
      text('Storage Mode', v.storageMode),
      text('VolumeName', v.volumeName),
      ...(inPod ? [] : [text('SecretName', v.secretRef?.name), text('SecretNamespace', v.secretRef?.namespace)]),
      fsType(v),
      readOnly(v),
    ],
  },
  local: {
    text: 'LocalVolume (a persistent volume backed by local storage on a node)',
    rows: (v) => [['Path', v.path]],
  },
  cephfs: {
    text: "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
    rows: (v, inPod) => [
      ['Monitors', list(v.monitors)],
      text('Path', v.path),
      text('User', v.user),
      text('SecretFile', v.secretFile),
      ['SecretRef', secretRef(v.secretRef, inPod)],
      readOnly(v),
    ],
  },
  storageos: {
    text: 'StorageOS (a StorageOS Persistent Disk resource)',
    rows: (v) => [text('VolumeName', v.volumeName), text('VolumeNamespace', v.volumeNamespace), fsType(v), readOnly(v)],
  },
  fc: {
    text: 'FC (a Fibre Channel disk)',
    rows: (v) => [['TargetWWNs', (v.targetWWNs ?? []).join(', ')], ['LUN', v.lun ?? '<none>'], fsType(v), readOnly(v)],
  },
  azureFile: {
    text: 'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
    rows: (v, inPod) => [
      ['SecretName', v.secretName],
      ...(inPod ? [] : [text('SecretNamespace', v.secretNamespace)]),
      ['ShareName', v.shareName],
      readOnly(v),
    ],
  },
  flexVolume: {
    text: FLEX,
    rows: (v, inPod) => [
      ['Driver', v.driver],
      fsType(v),
      ['SecretRef', secretRef(v.secretRef, inPod)],
      readOnly(v),
      ['Options', map(v.options)],
    ],
  },
  flocker: {
    text: 'Flocker (a Flocker volume mounted by the Flocker agent)',
    rows: (v) => [text('DatasetName', v.datasetName), text('DatasetUUID', v.datasetUUID)],
  },
  csi: {
    text: 'CSI (a Container Storage Interface (CSI) volume source)',
    rows: (v, inPod) => [
      ['Driver', v.driver],
      fsType(v),
      ...(inPod ? [] : [['VolumeHandle', v.volumeHandle] as const]),
      readOnly(v),
    ],
  },
  image: {
    text: 'Image (a container image or OCI artifact)',
    rows: (v) => [text('Reference', v.reference), text('PullPolicy', v.pullPolicy)],
  },
}

/** The fields of one volume source, at a level; a pod's and a PersistentVolume's differ a little. */
export function volumeSource(out: Lines, volume: Obj, level: number, inPod = true): void {
  if (volume.projected) {
    projected(out, volume.projected, level)
    return
  }
  if (volume.ephemeral) {
    ephemeral(out, volume.ephemeral.volumeClaimTemplate, level)
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
  const name = Object.keys(KINDS).find((key) => volume[key] !== undefined)
  const kind = name === undefined ? undefined : KINDS[name]
  if (name === undefined || kind === undefined) {
    out.at(1, '<unknown>\n')
    return
  }
  out.at(level, `Type:\t${kind.text}\n`)
  for (const [title, value] of kind.rows(volume[name], inPod))
    out.at(level, `${title}${title === 'ISCSIInterface' || title.endsWith(' ') ? '' : ':'}\t${value}\n`)
  if (name === 'csi') attributes(out, volume.csi.volumeAttributes, level)
}

/** VolumeAttributes, one a line. */
function attributes(out: Lines, given: Obj, level: number): void {
  const keys = sortedKeys(given)
  if (keys.length === 0) out.at(level, 'VolumeAttributes:\t<none>\n')
  for (const [i, key] of keys.entries()) {
    const line = `${key}=${given[key]}`
    const cut = line.length > WIDEST ? `${line.slice(0, WIDEST)}...` : line
    // each part of a line is indented anew, as PrefixWriter does
    if (i === 0) out.at(level, 'VolumeAttributes:\t').at(level, `${cut}\n`)
    else out.at(level, '').at(level, '\t').at(level, `${cut}\n`)
  }
}

const WIDEST = 140

/** The claim that a pod's own volume is made from (printPersistentVolumeClaim of a template). */
function ephemeral(out: Lines, template: Obj, level: number): void {
  out.at(level, 'Type:\tEphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)\n')
  if (template === undefined) return
  const { metadata = {}, spec = {} } = template
  const nested = new Lines()
  nested.field('StorageClass', spec.storageClassName ?? '').field('Volume', spec.volumeName ?? '')
  labels(nested, 'Labels', metadata.labels)
  annotations(nested, 'Annotations', metadata.annotations)
  nested.field('Capacity', '').field('Access Modes', '')
  if (spec.volumeMode) nested.field('VolumeMode', spec.volumeMode)
  if (spec.dataSource) describeDataSource(nested, spec.dataSource)
  out.nest(level, nested)
}

/** "DataSource:" of a claim. */
export function describeDataSource(out: Lines, data: Obj): void {
  out.line('DataSource:')
  if (data.apiGroup !== undefined && data.apiGroup !== null) out.at(1, `APIGroup:\t${data.apiGroup}\n`)
  out.at(1, `Kind:\t${data.kind}\n`).at(1, `Name:\t${data.name}\n`)
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
