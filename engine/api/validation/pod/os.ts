// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { type FieldError, forbiddenField, notSupported, required } from '../../status.ts'

const LINUX = 'windows options cannot be set for a linux pod'
const WINDOWS = 'cannot be set for a windows pod'

/** A pod's fields that Windows knows nothing of, in validateWindows' order. */
const POD_FIELDS = [
  'securityContext.appArmorProfile',
  'securityContext.seLinuxOptions',
  'hostUsers',
  'hostPID',
  'hostIPC',
  'securityContext.seccompProfile',
  'securityContext.fsGroup',
  'securityContext.fsGroupChangePolicy',
  'securityContext.sysctls',
  'shareProcessNamespace',
  'securityContext.runAsUser',
  'securityContext.runAsGroup',
  'securityContext.supplementalGroups',
  'securityContext.supplementalGroupsPolicy',
  'securityContext.seLinuxChangePolicy',
]
const CONTAINER_FIELDS = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
]

function containers(spec: any, at: string, visit: (sc: any, at: string) => FieldError[]): FieldError[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((kind) =>
    (spec[kind] ?? []).flatMap((c: any, i: number) =>
      c.securityContext === undefined ? [] : visit(c.securityContext, `${at}.${kind}[${i}].securityContext`),
    ),
  )
}

function linux(spec: any, at: string): FieldError[] {
  const one = (sc: any, field: string) =>
    sc?.windowsOptions === undefined ? [] : [forbiddenField(`${field}.windowsOptions`, LINUX)]
  return [...one(spec.securityContext, `${at}.securityContext`), ...containers(spec, at, one)]
}

function windows(spec: any, at: string): FieldError[] {
  const set = (path: string) => path.split('.').reduce((v: any, k) => v?.[k], spec)
  const given = (path: string) =>
    set(path) !== undefined && (set(path) !== false || path === 'hostUsers' || path === 'shareProcessNamespace')
  return [
    ...POD_FIELDS.filter(given).map((f) => forbiddenField(`${at}.${f}`, WINDOWS)),
    ...containers(spec, at, (sc, field) =>
      CONTAINER_FIELDS.filter((f) => sc[f] !== undefined).map((f) => forbiddenField(`${field}.${f}`, WINDOWS)),
    ),
  ]
}

/** validateOS, and what does not go with the named system. */
export function validateOS(spec: any, at: string): FieldError[] {
  if (spec.os === undefined) return []
  const name = spec.os.name
  if (!name) return [required(`${at}.os.name`)]
  if (name === 'linux') return linux(spec, at)
  return name === 'windows' ? windows(spec, at) : [notSupported(`${at}.os`, name, ['linux', 'windows'])]
}
