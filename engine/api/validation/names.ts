import { type FieldError, forbiddenField, invalid, required, tooLong as tooLongField } from '../status.ts'

const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const DNS1035 =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
const QUALIFIED =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
const LABEL_VALUE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
const CONFIG_KEY =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"

/** The older half of apimachinery counts "characters", the newer (api/validate/content: label keys and values) "bytes"; both mean bytes. */
const tooLong = (max: number, unit: 'characters' | 'bytes' = 'characters') => `must be no more than ${max} ${unit}`

/** apimachinery util/validation: each returns the complaints about `value`, none if it is fine. */
export function dns1123Label(value: string): string[] {
  const out = value.length > 63 ? [tooLong(63)] : []
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(value)) {
    if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(value)) out.push('must not contain dots')
    else out.push(LABEL)
  }
  return out
}

export function dns1123Subdomain(value: string, unit: 'characters' | 'bytes' = 'characters'): string[] {
  const out = value.length > 253 ? [tooLong(253, unit)] : []
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(value)) out.push(SUBDOMAIN)
  return out
}

export function dns1035Label(value: string): string[] {
  const out = value.length > 63 ? [tooLong(63)] : []
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(value)) out.push(DNS1035)
  return out
}

const WILDCARD =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

/** IsWildcardDNS1123Subdomain: "*.example.com". */
export function wildcardSubdomain(value: string): string[] {
  const out = value.length > 253 ? [tooLong(253)] : []
  if (!/^\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(value)) out.push(WILDCARD)
  return out
}

/** ValidatePathSegmentName, for RBAC objects. */
export function pathSegment(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`]
  const out: string[] = []
  for (const part of ['/', '%']) if (value.includes(part)) out.push(`may not contain '${part}'`)
  return out
}

export function qualifiedName(value: string): string[] {
  const parts = value.split('/')
  const out: string[] = []
  let name = parts[0] as string
  if (parts.length === 2) {
    const prefix = parts[0] as string
    name = parts[1] as string
    if (prefix === '') out.push('prefix part must be non-empty')
    else out.push(...dns1123Subdomain(prefix, 'bytes').map((m) => `prefix part ${m}`))
  } else if (parts.length > 2) {
    return [
      "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
    ]
  }
  if (name === '') out.push('name part must be non-empty')
  else if (name.length > 63) out.push(`name part ${tooLong(63, 'bytes')}`)
  if (!/^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(name)) out.push(QUALIFIED)
  return out
}

export function labelValue(value: string): string[] {
  const out = value.length > 63 ? [tooLong(63, 'bytes')] : []
  if (!/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(value)) out.push(LABEL_VALUE)
  return out
}

export function configKey(value: string): string[] {
  const out = value.length > 253 ? [tooLong(253)] : []
  if (!/^[-._a-zA-Z0-9]+$/.test(value)) out.push(CONFIG_KEY)
  if (value === '.') out.push("must not be '.'")
  else if (value === '..') out.push("must not be '..'")
  else if (value.startsWith('..')) out.push("must not start with '..'")
  return out
}

/** A port's name (IsValidPortName): IANA_SVC_NAME. */
export function portName(value: string): string[] {
  const out: string[] = []
  if (value.length > 15) out.push('must be no more than 15 characters')
  if (!/^[a-z0-9-]+$/.test(value)) out.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(value)) out.push('must contain at least one letter (a-z)')
  if (value.includes('--')) out.push('must not contain consecutive hyphens')
  if (value.length > 0 && (value.startsWith('-') || value.endsWith('-'))) out.push('must not begin or end with a hyphen')
  return out
}

export function portNumber(value: unknown): string[] {
  return typeof value === 'number' && value >= 1 && value <= 65535 ? [] : ['must be between 1 and 65535, inclusive']
}

export function validateLabels(labels: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  const out: FieldError[] = []
  for (const [key, value] of Object.entries(labels ?? {})) {
    for (const m of qualifiedName(key)) out.push(invalid(field, key, m))
    for (const m of labelValue(value)) out.push(invalid(field, value, m))
  }
  return out
}

/** ValidateAnnotations: keys are lower-cased first; all together at most 256 KiB. */
export function validateAnnotations(annotations: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  const out: FieldError[] = []
  let size = 0
  for (const [key, value] of Object.entries(annotations ?? {})) {
    for (const m of qualifiedName(key.toLowerCase())) out.push(invalid(field, key, m))
    size += key.length + value.length
  }
  if (size > 262144) out.push(tooLongField(field, 262144))
  return out
}

interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[]
}

/** metav1 validation.ValidateLabelSelector. */
export function validateLabelSelector(selector: LabelSelector | undefined, field: string): FieldError[] {
  if (selector === undefined) return []
  const out = validateLabels(selector.matchLabels, `${field}.matchLabels`)
  for (const [i, e] of (selector.matchExpressions ?? []).entries()) {
    const at = `${field}.matchExpressions[${i}]`
    const values = e.values ?? []
    if ((e.operator === 'In' || e.operator === 'NotIn') && values.length === 0) {
      out.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
    } else if ((e.operator === 'Exists' || e.operator === 'DoesNotExist') && values.length > 0) {
      out.push(forbiddenField(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
    } else if (!['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(e.operator)) {
      out.push(invalid(`${at}.operator`, e.operator, 'not a valid selector operator'))
    }
    for (const m of qualifiedName(e.key)) out.push(invalid(`${at}.key`, e.key, m))
    for (const [j, v] of values.entries()) for (const m of labelValue(v)) out.push(invalid(`${at}.values[${j}]`, v, m))
  }
  return out
}
