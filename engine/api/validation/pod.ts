// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import type { KubeObject } from '../object.ts'
import { type FieldError, forbiddenField, invalid } from '../status.ts'
import { validateAnnotations, validateLabels } from './names.ts'
import { trimmedImage } from './pod/containers.ts'
import { validateSpec } from './pod/spec.ts'
import { validatePodChange } from './pod/update.ts'

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'
const MIRROR = 'kubernetes.io/config.mirror'

/** ValidatePodSpecificAnnotations. */
function annotations(given: Readonly<Record<string, string>> | undefined, spec: any, at: string): FieldError[] {
  const out: FieldError[] = []
  const mirror = given?.[MIRROR]
  if (mirror !== undefined && !spec?.nodeName)
    out.push(invalid(`${at}[${MIRROR}]`, mirror, 'must set spec.nodeName if mirror pod annotation is set'))
  const cost = given?.[DELETION_COST]
  if (cost !== undefined && !(/^([-+]?0|[-+]?[1-9]\d*)$/.test(cost) && Math.abs(Number(cost)) <= 2147483647) && cost !== '')
    out.push(invalid(`${at}[${DELETION_COST}]`, cost, 'must be a 32bit integer'))
  return out
}

/** ValidatePodTemplateSpec. */
export function validatePodTemplateSpec(template: any, at: string): FieldError[] {
  const { metadata = {}, spec } = template ?? {}
  return [
    ...validateLabels(metadata.labels, `${at}.labels`),
    ...validateAnnotations(metadata.annotations, `${at}.annotations`),
    ...annotations(metadata.annotations, spec, `${at}.annotations`),
    ...validateSpec(spec, `${at}.spec`),
    ...((spec?.ephemeralContainers ?? []).length > 0
      ? [forbiddenField(`${at}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]
      : []),
  ]
}

/** validatePodMetadataAndSpec, but for the metadata that every object has. */
export function validatePodWhole(object: KubeObject): FieldError[] {
  const spec = object.spec ?? {}
  const out = [
    ...annotations(object.metadata.annotations, spec, 'metadata.annotations'),
    ...validateSpec(spec, 'spec', object.metadata.name ?? ''),
  ]
  if (!spec.serviceAccountName) {
    for (const [i, v] of (spec.volumes ?? []).entries())
      for (const [j, s] of (v.projected?.sources ?? []).entries())
        if (s.serviceAccountToken !== undefined) {
          const field = `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`
          out.push(forbiddenField(field, 'must not be specified when serviceAccountName is not set'))
        }
  }
  for (const kind of ['containers', 'initContainers'])
    for (const [i, c] of (spec[kind] ?? []).entries()) out.push(...trimmedImage(c, `spec.${kind}[${i}]`))
  return out
}

/** ValidatePodCreate. */
export function validatePod(object: KubeObject): FieldError[] {
  const { spec = {} } = object
  const out = validatePodWhole(object)
  if ((spec.ephemeralContainers ?? []).length > 0) out.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'))
  if (spec.nodeName && (spec.schedulingGates ?? []).length > 0)
    out.push(forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'))
  return out
}

/** ValidatePodUpdate. */
export function validatePodUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  return [...validatePodWhole(object), ...validatePodChange(object, old)]
}
