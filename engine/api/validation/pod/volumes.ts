// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { duplicate, type FieldError, forbiddenField, invalid, required } from '../../status.ts'
import { complaints, label } from '../fields.ts'
import { dns1123Subdomain } from '../names.ts'
import { projected } from './projected.ts'
import { downwardAPI, keyedFiles } from './volume-files.ts'
import { SOURCES as OTHERS } from './volume-sources.ts'

type Source = (given: any, at: string) => FieldError[]

/** The types of volume in the order validateVolumeSource looks for them. */
const SOURCES: Readonly<Record<string, Source>> = {
  emptyDir: (given, at) =>
    String(given.sizeLimit ?? '').startsWith('-')
      ? [forbiddenField(`${at}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
      : [],
  hostPath: OTHERS.hostPath,
  gitRepo: OTHERS.gitRepo,
  gcePersistentDisk: OTHERS.gcePersistentDisk,
  awsElasticBlockStore: OTHERS.awsElasticBlockStore,
  secret: (given, at) => keyedFiles(given, at, 'secretName'),
  nfs: OTHERS.nfs,
  iscsi: OTHERS.iscsi,
  glusterfs: OTHERS.glusterfs,
  flocker: OTHERS.flocker,
  persistentVolumeClaim: (given, at) => (given.claimName ? [] : [required(`${at}.claimName`)]),
  rbd: OTHERS.rbd,
  cinder: OTHERS.cinder,
  cephfs: OTHERS.cephfs,
  quobyte: OTHERS.quobyte,
  downwardAPI,
  fc: OTHERS.fc,
  flexVolume: OTHERS.flexVolume,
  configMap: (given, at) => keyedFiles(given, at, 'name'),
  azureFile: OTHERS.azureFile,
  vsphereVolume: OTHERS.vsphereVolume,
  photonPersistentDisk: OTHERS.photonPersistentDisk,
  portworxVolume: OTHERS.portworxVolume,
  azureDisk: OTHERS.azureDisk,
  storageos: OTHERS.storageos,
  projected,
  scaleIO: OTHERS.scaleIO,
  csi: OTHERS.csi,
  ephemeral: OTHERS.ephemeral,
  image: OTHERS.image,
}

/** Where a second type of volume is complained of under another name than its own (validateVolumeSource). */
const MISSPELT: Readonly<Record<string, string>> = { downwardAPI: 'downwarAPI', cephfs: 'cephFS' }
const MANY = 'may not specify more than 1 volume type'

function volumeSource(volume: any, at: string, podName: string): FieldError[] {
  const set = Object.keys(SOURCES).filter((s) => volume[s] !== undefined)
  const [first, ...more] = set
  if (first === undefined) return [required(at, 'must specify a volume type')]
  const out = SOURCES[first]?.(volume[first], `${at}.${first === 'gcePersistentDisk' ? 'persistentDisk' : first}`) ?? []
  for (const name of more) out.push(forbiddenField(`${at}.${MISSPELT[name] ?? name}`, MANY))
  if (first === 'ephemeral' && podName !== '' && volume.name) {
    const claim = `${podName}-${volume.name}`
    for (const m of dns1123Subdomain(claim))
      out.push(invalid(`${at}.name`, volume.name, `PVC name ${JSON.stringify(claim)}: ${m}`))
  }
  return out
}

/** ValidateVolumes: also the volumes that mounts can refer to, which are those without fault. */
export function validateVolumes(
  list: readonly any[],
  at: string,
  podName: string,
): { errors: FieldError[]; volumes: Map<string, any> } {
  const errors: FieldError[] = []
  const volumes = new Map<string, any>()
  const claims = new Set(list.filter((v) => v.ephemeral !== undefined && podName !== '').map((v) => `${podName}-${v.name}`))
  for (const [i, v] of list.entries()) {
    const field = `${at}[${i}]`
    const found = volumeSource(v, field, podName)
    if (!v.name) found.push(required(`${field}.name`))
    else found.push(...label(v.name, `${field}.name`))
    if (volumes.has(v.name)) found.push(duplicate(`${field}.name`, v.name))
    if (found.length === 0) volumes.set(v.name, v)
    errors.push(...found)
    const claim = v.persistentVolumeClaim?.claimName
    if (claims.has(claim)) {
      const why = ['must not reference a PVC that gets created for an ephemeral volume']
      errors.push(...complaints(`${field}.persistentVolumeClaim.claimName`, claim, why))
    }
  }
  return { errors, volumes }
}
