// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { type FieldError, invalid, notSupported, required } from '../../status.ts'
import { claimTemplate } from '../claim.ts'
import { between, complaints, localPath, noBacksteps, subdomain } from '../fields.ts'
import { dns1123Subdomain } from '../names.ts'

type Source = (given: any, at: string) => FieldError[]

/** What must be set, in order. */
const needs =
  (...names: readonly string[]): Source =>
  (given, at) =>
    names.filter((n) => given[n] === undefined || given[n] === '' || given[n]?.length === 0).map((n) => required(`${at}.${n}`))

const partition: Source = (given, at) =>
  (given.partition ?? 0) < 0 || (given.partition ?? 0) > 255 ? [invalid(`${at}.partition`, given.partition, between(1, 255))] : []

const both =
  (...rules: readonly Source[]): Source =>
  (given, at) =>
    rules.flatMap((rule) => rule(given, at))

const HOST_PATHS = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket']

/** validateHostPathVolumeSource. */
export const hostPath: Source = (given, at) => {
  if (!given.path) return [required(`${at}.path`)]
  const type = given.type ?? ''
  return [
    ...noBacksteps(given.path, `${at}.path`),
    ...(HOST_PATHS.includes(type) ? [] : [notSupported(`${at}.type`, type, HOST_PATHS)]),
  ]
}

/** validateNFSVolumeSource. */
export const nfs: Source = (given, at) => [
  ...needs('server', 'path')(given, at),
  ...((given.path ?? '').startsWith('/') ? [] : [invalid(`${at}.path`, given.path ?? '', 'must be an absolute path')]),
]

const IQN = /^(iqn\.\d{4}-([0]\d|1[0-2])\.[a-zA-Z0-9:._-]+|eui\.[0-9a-fA-F]{16}|naa\.[0-9a-fA-F]{32})$/

/** validateISCSIVolumeSource; a PersistentVolume says "must be valid format" whatever is wrong. */
export const iscsi: Source = (given, at) => {
  const out = needs('targetPortal', 'iqn')(given, at)
  const iqn: string = given.iqn ?? ''
  if (iqn !== '' && !/^(iqn|eui|naa)/.test(iqn)) {
    out.push(invalid(`${at}.iqn`, iqn, 'must be valid format starting with iqn, eui, or naa'))
  } else if (iqn !== '' && !IQN.test(iqn)) out.push(invalid(`${at}.iqn`, iqn, 'must be valid format'))
  if ((given.lun ?? 0) < 0 || (given.lun ?? 0) > 255) out.push(invalid(`${at}.lun`, given.lun, between(0, 255)))
  if ((given.chapAuthDiscovery || given.chapAuthSession) && !given.secretRef) out.push(required(`${at}.secretRef`))
  return out
}

const fc: Source = (given, at) => {
  const [targets, ids] = [given.targetWWNs ?? [], given.wwids ?? []]
  const out: FieldError[] = []
  if (targets.length + ids.length === 0) {
    out.push(required(`${at}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both'))
  }
  if (targets.length > 0 && ids.length > 0) {
    out.push(invalid(`${at}.targetWWNs`, targets, 'targetWWNs and wwids can not be specified simultaneously'))
  }
  if (targets.length > 0 && given.lun === undefined) out.push(required(`${at}.lun`, 'lun is required if targetWWNs is specified'))
  else if (targets.length > 0 && (given.lun < 0 || given.lun > 255)) out.push(invalid(`${at}.lun`, given.lun, between(0, 255)))
  return out
}

/** ValidateCSIDriverName. */
export function driverName(name: string | undefined, at: string): FieldError[] {
  if (!name) return [required(at)]
  const long: FieldError[] =
    name.length > 63 ? [{ type: 'FieldValueTooLong', field: at, detail: 'may not be more than 63 bytes' }] : []
  return [...long, ...complaints(at, name, dns1123Subdomain(name.toLowerCase()))]
}

const csi: Source = (given, at) => {
  const out = driverName(given.driver, `${at}.driver`)
  const secret = given.nodePublishSecretRef
  if (secret === undefined) return out
  if (!secret.name) return [...out, required(`${at}.nodePublishSecretRef.name`)]
  return [...out, ...subdomain(secret.name, `${at}.name`)]
}

const flocker: Source = (given, at) => {
  const out: FieldError[] = []
  if (!given.datasetName && !given.datasetUUID) out.push(required(at, 'one of datasetName and datasetUUID is required'))
  if (given.datasetName && given.datasetUUID) {
    out.push(invalid(at, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'))
  }
  if (given.datasetName?.includes('/')) out.push(invalid(`${at}.datasetName`, given.datasetName, "must not contain '/'"))
  return out
}

const ephemeral: Source = (given, at) =>
  given.volumeClaimTemplate === undefined
    ? [required(`${at}.volumeClaimTemplate`)]
    : claimTemplate(given.volumeClaimTemplate, `${at}.volumeClaimTemplate`)

const PULL = ['Always', 'IfNotPresent', 'Never']
const image: Source = (given, at) => [
  ...needs('reference')(given, at),
  ...(PULL.includes(given.pullPolicy) ? [] : [notSupported(`${at}.pullPolicy`, given.pullPolicy, PULL)]),
]

/** Volume types whose rules are a few required fields and little more (pkg/apis/core/validation). */
export const SOURCES = {
  hostPath,
  gitRepo: (given, at) => [...needs('repository')(given, at), ...localPath(given.directory ?? '', `${at}.directory`)],
  gcePersistentDisk: both(needs('pdName'), partition),
  awsElasticBlockStore: both(needs('volumeID'), partition),
  nfs,
  iscsi,
  glusterfs: needs('endpoints', 'path'),
  flocker,
  rbd: needs('monitors', 'image'),
  cinder: needs('volumeID'),
  cephfs: needs('monitors'),
  quobyte: (given, at) => [
    ...(given.registry ? [] : [required(`${at}.registry`, 'must be a host:port pair or multiple pairs separated by commas')]),
    ...needs('volume')(given, at),
  ],
  fc,
  flexVolume: needs('driver'),
  azureFile: needs('secretName', 'shareName'),
  vsphereVolume: needs('volumePath'),
  photonPersistentDisk: needs('pdID'),
  portworxVolume: needs('volumeID'),
  azureDisk: needs('diskName', 'diskURI'),
  storageos: needs('volumeName'),
  scaleIO: needs('gateway', 'system', 'volumeName'),
  csi,
  ephemeral,
  image,
} satisfies Record<string, Source>
