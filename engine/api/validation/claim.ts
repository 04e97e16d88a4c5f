// biome-ignore-all lint/suspicious/noExplicitAny: claims are open structures whose shape the schema checks
import { type FieldError, forbiddenField, invalid, notSupported, required } from '../status.ts'
import { label, subdomain } from './fields.ts'
import { validateAnnotations, validateLabelSelector, validateLabels } from './names.ts'
import { amountOf } from './quantity.ts'

const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
export const VOLUME_MODES = ['Block', 'Filesystem']

/** Access modes of a claim or a volume: known ones, and ReadWriteOncePod alone. */
export function accessModes(modes: readonly string[], at: string): FieldError[] {
  const out = modes.filter((m) => !MODES.includes(m)).map((m) => notSupported(at, m, MODES))
  const single = modes.includes('ReadWriteOncePod')
  if (single && modes.some((m) => m !== 'ReadWriteOncePod' && MODES.includes(m))) {
    out.push(forbiddenField(at, 'may not use ReadWriteOncePod with other access modes'))
  }
  return out
}

/** ValidatePositiveQuantityValue. */
export function positiveQuantity(value: string, at: string): FieldError[] {
  return amountOf(value).nanos > 0n ? [] : [invalid(at, value, 'must be greater than zero')]
}

function dataSource(given: any, at: string): FieldError[] {
  const out: FieldError[] = []
  if (!given.name) out.push(required(`${at}.name`))
  if (!given.kind) out.push(required(`${at}.kind`))
  if (!given.apiGroup && given.kind !== 'PersistentVolumeClaim')
    out.push(invalid(at, given.kind ?? '', "must be 'PersistentVolumeClaim' when referencing the default apiGroup"))
  if (given.apiGroup) out.push(...subdomain(given.apiGroup, `${at}.apiGroup`))
  if (given.namespace) out.push(...label(given.namespace, `${at}.namespace`))
  return out
}

/** ValidatePersistentVolumeClaimSpec. */
export function validateClaimSpec(spec: any, at: string): FieldError[] {
  const out: FieldError[] = []
  const modes: readonly string[] = spec?.accessModes ?? []
  if (modes.length === 0) out.push(required(`${at}.accessModes`, 'at least 1 access mode is required'))
  out.push(...validateLabelSelector(spec?.selector, `${at}.selector`), ...accessModes(modes, `${at}.accessModes`))
  const storage = spec?.resources?.requests?.storage
  if (storage === undefined) out.push(required(`${at}.resources[storage]`))
  else out.push(...positiveQuantity(storage, `${at}.resources[storage]`))
  if (spec?.storageClassName) out.push(...subdomain(spec.storageClassName, `${at}.storageClassName`))
  if (spec?.volumeMode !== undefined && !VOLUME_MODES.includes(spec.volumeMode))
    out.push(notSupported(`${at}.volumeMode`, spec.volumeMode, VOLUME_MODES))
  if (spec?.dataSource) out.push(...dataSource(spec.dataSource, `${at}.dataSource`))
  if (spec?.dataSourceRef) out.push(...dataSource(spec.dataSourceRef, `${at}.dataSourceRef`))
  if (spec?.volumeAttributesClassName) out.push(...subdomain(spec.volumeAttributesClassName, `${at}.volumeAttributesClassName`))
  return out
}

/** ValidatePersistentVolumeClaimTemplate: of the metadata only labels and annotations. */
export function claimTemplate(given: any, at: string): FieldError[] {
  const meta = given.metadata ?? {}
  const out = [
    ...validateAnnotations(meta.annotations, `${at}.metadata.annotations`),
    ...validateLabels(meta.labels, `${at}.metadata.labels`),
  ]
  for (const name of Object.keys(meta))
    if (name !== 'labels' && name !== 'annotations' && name !== 'creationTimestamp')
      out.push(forbiddenField(`${at}.metadata.${name}`, 'cannot be set'))
  return [...out, ...validateClaimSpec(given.spec, `${at}.spec`)]
}
