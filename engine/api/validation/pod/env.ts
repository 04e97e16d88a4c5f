// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { type FieldError, invalid, notSupported, required } from '../../status.ts'
import { complaints, label, noBacksteps } from '../fields.ts'
import { configKey, dns1123Subdomain, qualifiedName } from '../names.ts'

const RELAXED = "a valid environment variable name must consist only of printable ASCII characters other than '='"

/** IsRelaxedEnvVarName: since v1.32 nearly any text will do. */
function envName(value: string): string[] {
  if (value === '') return ['must be non-empty']
  return /^[\x20-\x3c\x3e-\x7e]+$/.test(value) ? [] : [RELAXED]
}

const FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
/** What a downward API volume can show. */
export const VOLUME_FIELDS = ['metadata.name', 'metadata.namespace', 'metadata.labels', 'metadata.annotations', 'metadata.uid']
const KNOWN_FIELDS = [...FIELDS, ...VOLUME_FIELDS, 'spec.restartPolicy', 'spec.schedulerName', 'spec.host', 'status.phase']
const RESOURCES = [
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
]

/** ConvertDownwardAPIFieldLabel: what is wrong with a field path before anything is looked up. */
function fieldLabel(version: string, path: string, subscripted: RegExpExecArray | null): string | undefined {
  if (version !== 'v1') return `unsupported pod version: ${version}`
  if (subscripted !== null) {
    const known = subscripted[1] === 'metadata.annotations' || subscripted[1] === 'metadata.labels'
    return known ? undefined : `field label does not support subscript: ${path}`
  }
  return KNOWN_FIELDS.includes(path) ? undefined : `field label not supported: ${path}`
}

/** validateObjectFieldSelector. */
export function fieldRef(given: any, at: string, expressions: readonly string[] = FIELDS): FieldError[] {
  if (!given.apiVersion) return [required(`${at}.apiVersion`)]
  if (!given.fieldPath) return [required(`${at}.fieldPath`)]
  const path: string = given.fieldPath
  const subscripted = /^([^[]*)\['(.*)'\]$/.exec(path)
  const wrong = fieldLabel(given.apiVersion, path, subscripted)
  if (wrong !== undefined) return [invalid(`${at}.fieldPath`, path, `error converting fieldPath: ${wrong}`)]
  if (subscripted !== null) {
    const key = subscripted[1] === 'metadata.annotations' ? (subscripted[2] as string).toLowerCase() : (subscripted[2] as string)
    return complaints(at, key, qualifiedName(key))
  }
  const name = path === 'spec.host' ? 'spec.nodeName' : path
  return expressions.includes(name) ? [] : [notSupported(`${at}.fieldPath`, name, expressions)]
}

const SIZES = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']
const HUGE = ['limits.hugepages-', 'requests.hugepages-']

function divisor(resource: string, given: string | undefined, at: string): FieldError[] {
  if (given === undefined || given === '0') return []
  const only = (what: string, list: readonly string[], words: string) =>
    list.includes(given)
      ? []
      : [invalid(`${at}.divisor`, resource, `only divisor's values ${words} are supported with the ${what} resource`)]
  const sizes = SIZES.join(', ')
  if (resource.endsWith('.cpu')) return only('cpu', ['1m', '1'], '1m and 1')
  if (resource.endsWith('.memory')) return only('memory', SIZES, sizes)
  if (resource.endsWith('.ephemeral-storage')) return only('local ephemeral storage', SIZES, sizes)
  return HUGE.some((p) => resource.startsWith(p)) ? only('hugepages', SIZES, sizes) : []
}

/** validateContainerResourceFieldSelector; a volume must name the container. */
export function resourceFieldRef(given: any, at: string, volume: boolean): FieldError[] {
  const out: FieldError[] = []
  const resource: string = given.resource ?? ''
  if (volume && !given.containerName) out.push(required(`${at}.containerName`))
  else if (resource === '') out.push(required(`${at}.resource`))
  else if (!RESOURCES.includes(resource) && !HUGE.some((p) => resource.startsWith(p)))
    out.push(notSupported(`${at}.resource`, resource, RESOURCES))
  return [...out, ...divisor(resource, given.divisor, at)]
}

function keySelector(given: any, at: string): FieldError[] {
  return [
    ...complaints(`${at}.name`, given.name ?? '', dns1123Subdomain(given.name ?? '')),
    ...(given.key ? complaints(`${at}.key`, given.key, configKey(given.key)) : [required(`${at}.key`)]),
  ]
}

function fileKeyRef(given: any, at: string): FieldError[] {
  return [
    ...(given.key ? complaints(`${at}.key`, given.key, envName(given.key)) : [required(`${at}.key`)]),
    ...(given.volumeName ? label(given.volumeName, `${at}.volumeName`) : [required(`${at}.volumeName`)]),
    ...(given.path ? noBacksteps(given.path, `${at}.path`) : [required(`${at}.path`)]),
  ]
}

const SOURCES: Readonly<Record<string, (given: any, at: string) => FieldError[]>> = {
  fieldRef: (given, at) => fieldRef(given, at),
  resourceFieldRef: (given, at) => resourceFieldRef(given, at, false),
  configMapKeyRef: keySelector,
  secretKeyRef: keySelector,
  fileKeyRef,
}
const NONE = 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
const SEVERAL = 'may not have more than one field specified at a time'

/** ValidateEnv. */
export function validateEnv(env: readonly any[], at: string): FieldError[] {
  const out: FieldError[] = []
  for (const [i, e] of env.entries()) {
    if (!e.name) out.push(required(`${at}[${i}].name`))
    else out.push(...complaints(`${at}[${i}].name`, e.name, envName(e.name)))
    if (e.valueFrom === undefined) continue
    const from = `${at}[${i}].valueFrom`
    const set = Object.keys(SOURCES).filter((name) => e.valueFrom[name] !== undefined)
    for (const name of set) out.push(...(SOURCES[name]?.(e.valueFrom[name], `${from}.${name}`) ?? []))
    if (set.length === 0) out.push(invalid(from, '', NONE))
    else if (e.value) out.push(invalid(from, '', 'may not be specified when `value` is not empty'))
    else if (set.length > 1) out.push(invalid(from, '', SEVERAL))
  }
  return out
}

/** ValidateEnvFrom. */
export function validateEnvFrom(list: readonly any[], at: string): FieldError[] {
  const out: FieldError[] = []
  for (const [i, e] of list.entries()) {
    if (e.prefix) out.push(...complaints(`${at}[${i}].prefix`, e.prefix, envName(e.prefix)))
    const set = ['configMapRef', 'secretRef'].filter((name) => e[name] !== undefined)
    for (const name of set) {
      const field = `${at}[${i}].${name}.name`
      // a prefix of a name is enough here: "web-" is let through (maskTrailingDash)
      if (!e[name].name) out.push(required(field))
      else out.push(...complaints(field, e[name].name, dns1123Subdomain(e[name].name.replace(/(?<=..)-$/, 'a'))))
    }
    if (set.length === 0) out.push(invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`'))
    else if (set.length > 1) out.push(invalid(at, '', SEVERAL))
  }
  return out
}
