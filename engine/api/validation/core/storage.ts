// biome-ignore-all lint/suspicious/noExplicitAny: volumes are open structures whose shape the schema checks
import { deepEqual } from '../../deep-equal.ts'
import type { KubeObject } from '../../object.ts'
import { type FieldError, forbiddenField, invalid, notSupported, required } from '../../status.ts'
import { accessModes, positiveQuantity, VOLUME_MODES, validateClaimSpec } from '../claim.ts'
import { complaints, IMMUTABLE, label, noBacksteps, subdomain } from '../fields.ts'
import { goDiff } from '../go-diff.ts'
import { qualifiedName } from '../names.ts'
import { nodeSelector } from '../pod/affinity.ts'
import { driverName, SOURCES } from '../pod/volume-sources.ts'
import { amountOf, compareQuantities } from '../quantity.ts'

function secretReference(given: any, at: string): FieldError[] {
  if (given === undefined) return []
  return [
    ...(given.name ? subdomain(given.name, `${at}.name`) : [required(`${at}.name`)]),
    ...(given.namespace ? label(given.namespace, `${at}.namespace`) : [required(`${at}.namespace`)]),
  ]
}

const CSI_SECRETS = ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef']

function csi(given: any, at: string): FieldError[] {
  return [
    ...driverName(given.driver, `${at}.driver`),
    ...(given.volumeHandle ? [] : [required(`${at}.volumeHandle`)]),
    ...CSI_SECRETS.flatMap((s) => secretReference(given[s], `${at}.${s}`)),
  ]
}

function local(given: any, at: string, spec: any): FieldError[] {
  const out = given.path ? [] : [required(`${at}.path`)]
  out.push(...noBacksteps(given.path ?? '', `${at}.path`))
  if (spec.nodeAffinity === undefined) out.push(required('spec.nodeAffinity', 'Local volume requires node affinity'))
  return out
}

/** The order in which ValidatePersistentVolumeSpec looks for a source. */
const ORDER = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const

function source(spec: any): FieldError[] {
  const set = ORDER.filter((s) => spec[s] !== undefined)
  const [first, ...more] = set
  if (first === undefined) return [required('spec', 'must specify a volume type')]
  const at = `spec.${first === 'gcePersistentDisk' ? 'persistentDisk' : first}`
  let out: FieldError[]
  if (first === 'csi') out = csi(spec.csi, at)
  else if (first === 'local') out = local(spec.local, at, spec)
  else out = SOURCES[first](spec[first], at)
  for (const name of more)
    out.push(forbiddenField(`spec.${name === 'cephfs' ? 'cephFS' : name}`, 'may not specify more than 1 volume type'))
  return out
}

const sorted = (list: Record<string, string>) => Object.fromEntries(Object.entries(list).sort(([a], [b]) => (a < b ? -1 : 1)))

const RECLAIM = ['Delete', 'Recycle', 'Retain']

/** ValidatePersistentVolumeSpec. */
export function validateVolume(pv: KubeObject): FieldError[] {
  const spec = pv.spec ?? {}
  const out: FieldError[] = []
  if ((spec.accessModes ?? []).length === 0) out.push(required('spec.accessModes'))
  out.push(...accessModes(spec.accessModes ?? [], 'spec.accessModes'))
  const capacity: Record<string, string> = spec.capacity ?? {}
  if (Object.keys(capacity).length === 0) out.push(required('spec.capacity'))
  if (capacity.storage === undefined || Object.keys(capacity).length > 1)
    out.push(notSupported('spec.capacity', spec.capacity === undefined ? null : sorted(capacity), ['storage']))
  for (const [name, value] of Object.entries(capacity)) {
    const field = `spec.capacity[${name}]`
    if (compareQuantities(value, '0') < 0)
      out.push(invalid(field, Number(amountOf(value).nanos / 1_000_000_000n), 'must be a valid resource quantity'))
    out.push(...positiveQuantity(value, field))
  }
  const policy = spec.persistentVolumeReclaimPolicy
  if (policy && !RECLAIM.includes(policy)) out.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, RECLAIM))
  if (spec.nodeAffinity !== undefined) {
    const field = 'spec.nodeAffinity.required'
    if (spec.nodeAffinity.required === undefined) out.push(required(field, 'must specify required node constraints'))
    else out.push(...nodeSelector(spec.nodeAffinity.required, field))
  }
  out.push(...source(spec))
  if (/^\/+$/.test(spec.hostPath?.path ?? '') && policy === 'Recycle')
    out.push(forbiddenField('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'"))
  if (spec.storageClassName) out.push(...subdomain(spec.storageClassName, 'spec.storageClassName'))
  if (spec.volumeMode !== undefined && !VOLUME_MODES.includes(spec.volumeMode))
    out.push(notSupported('spec.volumeMode', spec.volumeMode, VOLUME_MODES))
  if (spec.volumeAttributesClassName !== undefined) {
    const field = 'spec.volumeAttributesClassName'
    if (spec.volumeAttributesClassName === '') out.push(required(field, 'an empty string is disallowed'))
    else out.push(...subdomain(spec.volumeAttributesClassName, field))
    if (spec.csi === undefined) out.push(required('spec.csi', 'has to be specified when using volumeAttributesClassName'))
  }
  return out
}

const only = (spec: any) => Object.fromEntries(ORDER.filter((s) => spec?.[s] !== undefined).map((s) => [s, spec[s]]))

/** ValidatePersistentVolumeUpdate: where the data is never changes. */
export function validateVolumeUpdate(pv: KubeObject, old: KubeObject): FieldError[] {
  const out = validateVolume(pv)
  const [now, before] = [only(pv.spec), only(old.spec)]
  if (!deepEqual(now, before)) {
    const diff = goDiff('PersistentVolumeSource', before, now)
    out.push(forbiddenField('spec.persistentvolumesource', `spec.persistentvolumesource is immutable after creation\n${diff}`))
  }
  if (pv.spec?.volumeMode !== old.spec?.volumeMode) out.push(invalid('volumeMode', pv.spec?.volumeMode ?? null, IMMUTABLE))
  if (old.spec?.nodeAffinity !== undefined && !deepEqual(pv.spec?.nodeAffinity, old.spec.nodeAffinity)) {
    const words = `${IMMUTABLE}, except for updating from beta label to GA`
    out.push(invalid('nodeAffinity', affinityShown(pv.spec?.nodeAffinity), words))
  }
  return out
}

/** A volume's node affinity as Go prints the internal struct. */
function affinityShown(given: any): unknown {
  if (given === undefined) return null
  const requirement = (r: any) => ({ Key: r.key ?? '', Operator: r.operator ?? '', Values: r.values ?? null })
  const terms = (given.required?.nodeSelectorTerms ?? []).map((t: any) => ({
    MatchExpressions: t.matchExpressions?.map(requirement) ?? null,
    MatchFields: t.matchFields?.map(requirement) ?? null,
  }))
  return { Required: given.required === undefined ? null : { NodeSelectorTerms: terms } }
}

export function validateClaim(claim: KubeObject): FieldError[] {
  return validateClaimSpec(claim.spec, 'spec')
}

const CHANGE = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'

/** ValidatePersistentVolumeClaimUpdate: a claim may be bound, and once it is, grow. */
export function validateClaimUpdate(claim: KubeObject, old: KubeObject): FieldError[] {
  const out = validateClaim(claim)
  const [now, before]: any[] = [{ ...claim.spec }, { ...old.spec }]
  if (!before.volumeName && now.volumeName) before.volumeName = now.volumeName
  if (before.storageClassName === undefined && now.storageClassName !== undefined) now.storageClassName = undefined
  const size = (spec: any): string | undefined => spec?.resources?.requests?.storage
  if (claim.status?.phase === 'Bound') {
    if (now.resources?.requests !== undefined)
      now.resources = { ...now.resources, requests: { ...now.resources.requests, storage: size(before) } }
    now.volumeAttributesClassName = before.volumeAttributesClassName
  }
  const plain = (value: any) => JSON.parse(JSON.stringify(value))
  if (!deepEqual(plain(now), plain(before)))
    out.push(forbiddenField('spec', `${CHANGE}\n${goDiff('PersistentVolumeClaimSpec', plain(before), plain(now))}`))
  const [wanted, had] = [size(claim.spec) ?? '0', size(old.spec) ?? '0']
  if (compareQuantities(wanted, had) < 0 && compareQuantities(wanted, old.status?.capacity?.storage ?? '0') <= 0)
    out.push(forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity'))
  if (claim.spec?.volumeMode !== old.spec?.volumeMode) out.push(invalid('volumeMode', claim.spec?.volumeMode ?? null, IMMUTABLE))
  return out
}

const BINDING = ['Immediate', 'WaitForFirstConsumer']
const CLASS_RECLAIM = ['Delete', 'Retain']

function topologies(list: readonly any[]): FieldError[] {
  return list.flatMap((t, i) =>
    (t.matchLabelExpressions ?? []).flatMap((e: any, j: number) => {
      const at = `allowedTopologies[${i}].matchLabelExpressions[${j}]`
      return [
        ...((e.values ?? []).length === 0 ? [required(`${at}.values`)] : []),
        ...complaints(`${at}.key`, e.key ?? '', qualifiedName(e.key ?? '')),
      ]
    }),
  )
}

/** ValidateStorageClass. */
export function validateStorageClass(object: KubeObject): FieldError[] {
  const out: FieldError[] = []
  if (!object.provisioner) out.push(required('provisioner'))
  else out.push(...complaints('provisioner', object.provisioner.toLowerCase(), qualifiedName(object.provisioner.toLowerCase())))
  for (const key of Object.keys(object.parameters ?? {}))
    if (key === '') out.push(invalid('parameters', key, 'field can not be empty.'))
  if (object.reclaimPolicy && !CLASS_RECLAIM.includes(object.reclaimPolicy))
    out.push(notSupported('reclaimPolicy', object.reclaimPolicy, CLASS_RECLAIM))
  if (!BINDING.includes(object.volumeBindingMode)) out.push(notSupported('volumeBindingMode', object.volumeBindingMode, BINDING))
  return [...out, ...topologies(object.allowedTopologies ?? [])]
}

/** ValidateStorageClassUpdate. */
export function validateStorageClassUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const out = validateStorageClass(object)
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy'])
    if (!deepEqual(object[field], old[field])) out.push(forbiddenField(field, `updates to ${field} are forbidden.`))
  if (object.volumeBindingMode !== old.volumeBindingMode)
    out.push(invalid('volumeBindingMode', object.volumeBindingMode, IMMUTABLE))
  return out
}
