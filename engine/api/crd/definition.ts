// biome-ignore-all lint/suspicious/noExplicitAny: a CustomResourceDefinition as it was sent
import type { KubeObject } from '../object.ts'
import { type FieldError, invalid, notSupported, required } from '../status.ts'
import { dns1035Label, dns1123Subdomain } from '../validation/names.ts'
import { versionErrors } from './definition-version.ts'

/** v1 defaults (apiextensions v1/defaults.go). */
export function definitionDefaults(object: KubeObject): KubeObject {
  // false is what it says without it (omitempty)
  const { preserveUnknownFields, ...spec } = object.spec
  const names = spec.names ?? {}
  const kind: string = names.kind ?? ''
  return {
    ...object,
    spec: {
      conversion: { strategy: 'None' },
      ...spec,
      ...(preserveUnknownFields ? { preserveUnknownFields } : {}),
      names: {
        ...names,
        ...(names.singular || kind === '' ? {} : { singular: kind.toLowerCase() }),
        ...(names.listKind || kind === '' ? {} : { listKind: `${kind}List` }),
      },
      ...(spec.versions === undefined
        ? {}
        : { versions: spec.versions.map((v: any) => ({ ...v, served: v.served ?? false, storage: v.storage ?? false })) }),
    },
  }
}

function label(value: string | undefined, path: string, lead = ''): FieldError[] {
  if (!value) return [required(path)]
  return dns1035Label(lead === '' ? value : value.toLowerCase()).map((words) => invalid(path, value, lead + words))
}

const MIXED = 'may have mixed case, but should otherwise match: '

function nameErrors(names: any, path: string): FieldError[] {
  const out = [
    ...label(names.plural, `${path}.plural`),
    ...label(names.singular, `${path}.singular`),
    ...label(names.kind, `${path}.kind`, MIXED),
    ...label(names.listKind, `${path}.listKind`, MIXED),
  ]
  for (const [i, name] of (names.shortNames ?? []).entries()) out.push(...label(name, `${path}.shortNames[${i}]`))
  if (names.kind && names.kind === names.listKind)
    out.push(invalid(`${path}.listKind`, names.listKind, 'kind and listKind may not be the same'))
  for (const [i, name] of (names.categories ?? []).entries()) out.push(...label(name, `${path}.categories[${i}]`))
  return out
}

function groupErrors(group: string | undefined): FieldError[] {
  if (!group) return [required('spec.group')]
  const words = dns1123Subdomain(group)
  if (words.length > 0) return words.map((w) => invalid('spec.group', group, w))
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')]
}

/** How the server's own form of a version prints: what all versions share is kept elsewhere. */
function internal(version: any): object {
  return {
    Name: version.name ?? '',
    Served: version.served === true,
    Storage: version.storage === true,
    Deprecated: version.deprecated === true,
    DeprecationWarning: version.deprecationWarning ?? null,
    Schema: null,
    Subresources: null,
    AdditionalPrinterColumns: null,
    SelectableFields: null,
  }
}

function versionListErrors(versions: readonly any[] | undefined): FieldError[] {
  const list = versions ?? []
  const out: FieldError[] = []
  const value = versions === undefined ? null : list.map(internal)
  for (const [i, v] of list.entries()) {
    out.push(...label(v.name, `spec.versions[${i}].name`))
    if (v.deprecationWarning !== undefined && v.deprecated !== true)
      out.push(invalid(`spec.versions[${i}].deprecationWarning`, v.deprecationWarning, 'can only be set for deprecated versions'))
  }
  if (list.length > 0 && dns1035Label(list[0].name ?? '').length > 0) out.push(...label(list[0].name, 'spec.version'))
  if (new Set(list.map((v) => v.name)).size !== list.length)
    out.push(invalid('spec.versions', value, 'must contain unique version names'))
  if (list.filter((v) => v.storage === true).length !== 1)
    out.push(invalid('spec.versions', value, 'must have exactly one version marked as storage version'))
  return out
}

function conversionErrors(conversion: any): FieldError[] {
  if (!conversion?.strategy) return [required('spec.conversion.strategy')]
  if (conversion.strategy === 'None') return []
  if (conversion.strategy !== 'Webhook')
    return [notSupported('spec.conversion.strategy', conversion.strategy, ['None', 'Webhook'])]
  const out: FieldError[] = []
  if (conversion.webhook?.clientConfig === undefined)
    out.push(required('spec.conversion.webhookClientConfig', 'required when strategy is set to Webhook'))
  if ((conversion.webhook?.conversionReviewVersions ?? []).length === 0)
    out.push(required('spec.conversion.conversionReviewVersions'))
  return out
}

const APPROVAL = 'api-approved.kubernetes.io'

/** Groups of the project need somebody's approval (apihelpers.IsProtectedCommunityGroup). */
export function protectedGroup(group: string): boolean {
  return group === 'k8s.io' || group === 'kubernetes.io' || group.endsWith('.k8s.io') || group.endsWith('.kubernetes.io')
}

function approvalErrors(object: KubeObject): FieldError[] {
  if (!protectedGroup(object.spec.group ?? '')) return []
  const field = `metadata.annotations[${APPROVAL}]`
  const value = object.metadata.annotations?.[APPROVAL]
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111'
  if (!value) return [required(field, `protected groups must have approval annotation "${APPROVAL}", ${see}`)]
  if (value.startsWith('unapproved') || /^https?:\/\/[^/]+/.test(value)) return []
  const words = `protected groups must have approval annotation "${APPROVAL}" with either a URL or a reason starting with "unapproved", ${see}`
  return [invalid(field, value, words)]
}

/** What is wrong with a definition, in the server's words and order (apiextensions validation.go). */
export function definitionErrors(object: KubeObject): FieldError[] {
  const { spec, metadata } = object
  const wanted = `${spec.names?.plural ?? ''}.${spec.group ?? ''}`
  const name =
    metadata.name === wanted ? [] : [invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')]
  return [...name, ...specErrors(object), ...storedErrors(object), ...approvalErrors(object)]
}

/** What is wrong with a changed one: what is served may not become something else. */
export function definitionUpdateErrors(object: KubeObject, old: KubeObject): FieldError[] {
  const out = specErrors(object)
  const fixed = (field: string, value: unknown, before: unknown) => {
    if (value !== before) out.push(invalid(field, value ?? '', 'field is immutable'))
  }
  const established = (old.status?.conditions ?? []).some((c: any) => c.type === 'Established' && c.status === 'True')
  if (established) {
    fixed('spec.group', object.spec.group, old.spec.group)
    fixed('spec.scope', object.spec.scope, old.spec.scope)
    fixed('spec.names.kind', object.spec.names?.kind, old.spec.names.kind)
    fixed('spec.names.plural', object.spec.names?.plural, old.spec.names.plural)
  }
  return [...out, ...keptErrors(object), ...approvalErrors(object)]
}

/** Versions that objects may still be stored in. */
export function keptErrors({ spec, status }: KubeObject): FieldError[] {
  const stored: readonly string[] = status?.storedVersions ?? []
  return stored.flatMap((name, i) => {
    if ((spec.versions ?? []).some((v: any) => v.name === name)) return []
    const words = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`
    return [invalid(`status.storedVersions[${i}]`, name, words)]
  })
}

function specErrors({ spec }: KubeObject): FieldError[] {
  const out: FieldError[] = []
  out.push(...groupErrors(spec.group))
  if (!spec.scope) out.push(required('spec.scope'))
  else if (!['Cluster', 'Namespaced'].includes(spec.scope))
    out.push(notSupported('spec.scope', spec.scope, ['Cluster', 'Namespaced']))
  out.push(...versionListErrors(spec.versions))
  for (const [i, v] of (spec.versions ?? []).entries()) {
    if (v.schema?.openAPIV3Schema === undefined && v.storage !== false)
      out.push(required(`spec.versions[${i}].schema.openAPIV3Schema`))
  }
  if (spec.preserveUnknownFields === true) {
    const words = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'
    out.push(invalid('spec.preserveUnknownFields', true, words))
  }
  out.push(
    ...nameErrors(spec.names ?? {}, 'spec.names'),
    ...conversionErrors(spec.conversion),
    ...versionErrors(spec.versions ?? []),
  )
  return out
}

function storedErrors({ spec, status }: KubeObject): FieldError[] {
  const stored: readonly string[] = status?.storedVersions ?? []
  if (stored.length === 0) return [invalid('status.storedVersions', null, 'must have at least one stored version')]
  const storage = (spec.versions ?? []).filter((v: any) => v.storage === true)
  if (storage.length === 1) return stored.includes(storage[0].name) ? [] : [missing(stored, storage[0].name)]
  return storage.length > 1 ? [missing(stored, storage[0].name)] : []
}

function missing(stored: readonly string[], name: string): FieldError {
  return invalid('status.storedVersions', stored, `must have the storage version ${name}`)
}
