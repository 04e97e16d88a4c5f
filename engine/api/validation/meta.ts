import type { NameRule } from '../kinds/kind.ts'
import type { KubeObject, OwnerReference } from '../object.ts'
import { type FieldError, forbiddenField, invalid, required } from '../status.ts'
import {
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  pathSegment,
  qualifiedName,
  validateAnnotations,
  validateLabels,
} from './names.ts'

const RULES: Record<NameRule, (name: string) => string[]> = {
  subdomain: dns1123Subdomain,
  dns1035: dns1035Label,
  dns1123: dns1123Label,
  path: pathSegment,
  any: () => [],
}

/** An owner reference as errors print it: its fields in the order of the struct. */
function shown({ apiVersion, kind, name, uid, controller, blockOwnerDeletion }: OwnerReference): object {
  return { apiVersion, kind, name, uid, controller, blockOwnerDeletion }
}

/** Groups whose finalizers need no domain: their kinds use the plain rules of apimachinery (and so do custom resources). */
const PLAIN = ['coordination.k8s.io', 'node.k8s.io', 'admissionregistration.k8s.io', 'apiextensions.k8s.io']
const STANDARD = ['kubernetes', 'orphan', 'foregroundDeletion']

/** validateKubeFinalizerName of pkg/apis/core/validation. */
function kubeFinalizers(apiVersion: string, finalizers: readonly string[]): FieldError[] {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : ''
  const own = group === '' || !group.includes('.') || group.endsWith('.k8s.io')
  if (!own || PLAIN.includes(group) || group === 'gateway.networking.k8s.io') return []
  const words = 'name is neither a standard finalizer name nor is it fully qualified'
  return finalizers.flatMap((f, i) =>
    f.includes('/') || STANDARD.includes(f) ? [] : [invalid(`metadata.finalizers[${i}]`, f, words)],
  )
}

function owners(references: readonly OwnerReference[]): FieldError[] {
  const out: FieldError[] = []
  const at = 'metadata.ownerReferences'
  for (const r of references) {
    // what is no group and version at all is no version either
    if (!r.apiVersion || r.apiVersion.split('/').length > 2)
      out.push(invalid(`${at}.apiVersion`, r.apiVersion ?? '', 'version must not be empty'))
    if (!r.kind) out.push(invalid(`${at}.kind`, '', 'must not be empty'))
    if (!r.name) out.push(invalid(`${at}.name`, '', 'must not be empty'))
    if (!r.uid) out.push(invalid(`${at}.uid`, '', 'must not be empty'))
    if (r.kind === 'Event' && r.apiVersion === 'v1')
      out.push(invalid(at, shown(r), '/v1, Kind=Event is disallowed from being an owner'))
  }
  const controllers = references.filter((r) => r.controller === true)
  for (const [i, second] of controllers.slice(1).entries()) {
    const first = controllers[i] as OwnerReference
    const found = `Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`
    out.push(invalid(at, references.map(shown), `Only one reference can have Controller set to true. ${found}`))
  }
  return out
}

/** ValidateObjectMeta (apimachinery pkg/api/validation/objectmeta.go). */
export function validateMeta(object: KubeObject, namespaced: boolean, rule: NameRule): FieldError[] {
  const {
    name,
    generateName,
    namespace,
    generation = 0,
    labels,
    annotations,
    ownerReferences = [],
    finalizers = [],
  } = object.metadata
  const out: FieldError[] = []
  if (generateName)
    for (const m of RULES[rule](generateName.replace(/.-$/, 'a'))) out.push(invalid('metadata.generateName', generateName, m))
  if (!name) out.push(required('metadata.name', 'name or generateName is required'))
  else for (const m of RULES[rule](name)) out.push(invalid('metadata.name', name, m))
  if (namespaced) {
    if (!namespace) out.push(required('metadata.namespace'))
    else for (const m of dns1123Label(namespace)) out.push(invalid('metadata.namespace', namespace, m))
  } else if (namespace) out.push(forbiddenField('metadata.namespace', 'not allowed on this type'))
  if (generation < 0) out.push(invalid('metadata.generation', generation, 'must be greater than or equal to 0'))
  out.push(
    ...validateLabels(labels, 'metadata.labels'),
    ...validateAnnotations(annotations, 'metadata.annotations'),
    ...owners(ownerReferences),
  )
  for (const f of finalizers) for (const m of qualifiedName(f)) out.push(invalid('metadata.finalizers', f, m))
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion'))
    out.push(invalid('metadata.finalizers', finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'))
  if (rule !== 'any') out.push(...kubeFinalizers(object.apiVersion, finalizers))
  return out
}

const IMMUTABLE = 'field is immutable'

/** ValidateObjectMetaUpdate: what may never change. */
export function validateMetaUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const out: FieldError[] = []
  const meta = object.metadata
  if (meta.uid !== old.metadata.uid) out.push(invalid('metadata.uid', meta.uid ?? '', IMMUTABLE))
  if (meta.creationTimestamp !== old.metadata.creationTimestamp) {
    out.push(invalid('metadata.creationTimestamp', meta.creationTimestamp ?? null, IMMUTABLE))
  }
  const added = (meta.finalizers ?? []).filter((f) => !(old.metadata.finalizers ?? []).includes(f))
  if (old.metadata.deletionTimestamp !== undefined && added.length > 0) {
    const words = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((f) => `"${f}"`).join(', ')}}`
    out.push(forbiddenField('metadata.finalizers', words))
  }
  return out
}
