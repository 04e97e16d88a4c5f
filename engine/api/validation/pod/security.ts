// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { duplicate, type FieldError, forbiddenField, invalid, notSupported, required } from '../../status.ts'
import { between, complaints, goStruct, localPath, unsupported } from '../fields.ts'
import { dns1123Subdomain } from '../names.ts'

const MAX_ID = 2147483647

function id(value: number | undefined, at: string): FieldError[] {
  return value !== undefined && (value < 0 || value > MAX_ID) ? [invalid(at, value, between(0, MAX_ID))] : []
}

const PROFILES = ['Localhost', 'RuntimeDefault', 'Unconfined']

/** validateSeccompProfileField. */
function seccomp(given: any, at: string): FieldError[] {
  if (given === undefined) return []
  const out: FieldError[] = []
  if (!given.type) out.push(required(`${at}.type`, 'type is required when seccompProfile is set'))
  else if (!PROFILES.includes(given.type)) out.push(unsupported(`${at}.type`, given.type, PROFILES))
  const local = given.localhostProfile
  if (given.type === 'Localhost') {
    if (local === undefined) out.push(required(`${at}.localhostProfile`, 'must be set when seccomp type is Localhost'))
    else out.push(...localPath(local, `${at}.localhostProfile`))
  } else if (local !== undefined) {
    const shown = { Type: given.type ?? '', LocalhostProfile: local }
    out.push(invalid(`${at}.localhostProfile`, shown, 'can only be set when seccomp type is Localhost'))
  }
  return out
}

/** ValidateAppArmorProfileField. */
function appArmor(given: any, at: string): FieldError[] {
  if (given === undefined) return []
  const local: string | undefined = given.localhostProfile
  const field = `${at}.localhostProfile`
  if (given.type === 'Localhost') {
    if (local === undefined || local === '') return [required(field, 'must be set when AppArmor type is Localhost')]
    return local === local.trim() ? [] : [invalid(field, local, 'must not be padded with whitespace')]
  }
  if (!given.type) return [required(`${at}.type`, 'type is required when appArmorProfile is set')]
  if (!PROFILES.includes(given.type)) return [unsupported(`${at}.type`, given.type, PROFILES)]
  return local === undefined ? [] : [invalid(field, local, 'can only be set when AppArmor type is Localhost')]
}

/** validateWindowsSecurityContextOptions, but for the forms of user names. */
function windows(given: any, at: string): FieldError[] {
  if (given === undefined) return []
  const out: FieldError[] = []
  if (given.gmsaCredentialSpecName !== undefined) {
    out.push(
      ...complaints(`${at}.gmsaCredentialSpecName`, given.gmsaCredentialSpecName, dns1123Subdomain(given.gmsaCredentialSpecName)),
    )
  }
  if (given.gmsaCredentialSpec === '')
    out.push(invalid(`${at}.gmsaCredentialSpec`, '', 'gmsaCredentialSpec cannot be an empty string'))
  if (given.runAsUserName === '') out.push(invalid(`${at}.runAsUserName`, '', 'runAsUserName cannot be an empty string'))
  return out
}

const CONTEXT = [
  'Capabilities',
  'Privileged',
  'SELinuxOptions',
  'WindowsOptions',
  'RunAsUser',
  'RunAsGroup',
  'RunAsNonRoot',
  'ReadOnlyRootFilesystem',
  'AllowPrivilegeEscalation',
  'ProcMount',
  'SeccompProfile',
  'AppArmorProfile',
]

/** A container's context as Go prints the internal struct. */
function shown(sc: any): object {
  const nested = (value: any, fields: readonly string[]) => (value === undefined ? null : goStruct(value, fields))
  const out = goStruct(sc, CONTEXT)
  out.SELinuxOptions =
    sc.seLinuxOptions === undefined
      ? null
      : Object.fromEntries(['User', 'Role', 'Type', 'Level'].map((f) => [f, sc.seLinuxOptions[f.toLowerCase()] ?? '']))
  out.Capabilities = nested(sc.capabilities, ['Add', 'Drop'])
  out.SeccompProfile = nested(sc.seccompProfile, ['Type', 'LocalhostProfile'])
  out.AppArmorProfile = nested(sc.appArmorProfile, ['Type', 'LocalhostProfile'])
  return out
}

/** ValidateSecurityContext. */
export function containerSecurity(sc: any, at: string, hostUsers: boolean): FieldError[] {
  if (sc === undefined) return []
  const out = [...id(sc.runAsUser, `${at}.runAsUser`), ...id(sc.runAsGroup, `${at}.runAsGroup`)]
  if (sc.procMount !== undefined) {
    if (!['Default', 'Unmasked'].includes(sc.procMount))
      out.push(unsupported(`${at}.procMount`, sc.procMount, ['Default', 'Unmasked']))
    if (hostUsers && sc.procMount === 'Unmasked')
      out.push(invalid(`${at}.procMount`, sc.procMount, '`hostUsers` must be false to use `Unmasked`'))
  }
  out.push(...seccomp(sc.seccompProfile, `${at}.seccompProfile`))
  if (sc.allowPrivilegeEscalation === false) {
    const cannot = 'cannot set `allowPrivilegeEscalation` to false and'
    if (sc.privileged === true) out.push(invalid(at, shown(sc), `${cannot} \`privileged\` to true`))
    for (const cap of sc.capabilities?.add ?? [])
      if (cap === 'CAP_SYS_ADMIN') out.push(invalid(at, shown(sc), `${cannot} \`capabilities.Add\` CAP_SYS_ADMIN`))
  }
  return [...out, ...windows(sc.windowsOptions, `${at}.windowsOptions`), ...appArmor(sc.appArmorProfile, `${at}.appArmorProfile`)]
}

const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/
const SYSCTL_FORM = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'
const IPC = /^(kernel\.shm|kernel\.msg|fs\.mqueue\.|kernel\.sem$)/

/** validateSysctls. */
function sysctls(spec: any, at: string): FieldError[] {
  const out: FieldError[] = []
  const names = new Set<string>()
  for (const [i, { name = '' }] of (spec.securityContext.sysctls ?? []).entries()) {
    const field = `${at}[${i}].name`
    if (name === '') out.push(required(field))
    else if (name.length > 253 || !SYSCTL.test(name))
      out.push(invalid(field, name, `must have at most 253 characters and match regex ${SYSCTL_FORM}`))
    else if (names.has(name)) out.push(duplicate(field, name))
    const dotted = name.replaceAll('/', '.')
    if (spec.hostNetwork && dotted.startsWith('net.'))
      out.push(invalid(field, name, "may not be specified when 'hostNetwork' is true"))
    else if (spec.hostIPC && IPC.test(dotted)) out.push(invalid(field, name, "may not be specified when 'hostIPC' is true"))
    names.add(name)
  }
  return out
}

function among(value: string | undefined, at: string, valid: readonly string[]): FieldError[] {
  return value === undefined || valid.includes(value) ? [] : [notSupported(at, value, valid)]
}

/** validatePodSpecSecurityContext: its struct also holds what the API writes beside it (hostPID, shareProcessNamespace). */
export function podSecurity(spec: any, at: string): FieldError[] {
  const sc = spec.securityContext
  if (sc === undefined) return []
  const out = [
    ...id(sc.fsGroup, `${at}.fsGroup`),
    ...id(sc.runAsUser, `${at}.runAsUser`),
    ...id(sc.runAsGroup, `${at}.runAsGroup`),
  ]
  for (const [i, group] of (sc.supplementalGroups ?? []).entries()) out.push(...id(group, `${at}.supplementalGroups[${i}]`))
  if (spec.shareProcessNamespace === true && spec.hostPID === true)
    out.push(invalid(`${at}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled'))
  return [
    ...out,
    ...sysctls(spec, `${at}.sysctls`),
    ...among(sc.fsGroupChangePolicy, `${at}.fsGroupChangePolicy`, ['Always', 'OnRootMismatch']),
    ...seccomp(sc.seccompProfile, `${at}.seccompProfile`),
    ...windows(sc.windowsOptions, `${at}.windowsOptions`),
    ...appArmor(sc.appArmorProfile, `${at}.appArmorProfile`),
    ...among(sc.supplementalGroupsPolicy, `${at}.supplementalGroupsPolicy`, ['Merge', 'Strict']),
    ...among(sc.seLinuxChangePolicy, `${at}.seLinuxChangePolicy`, ['Recursive']),
  ]
}

/** validateHostUsers: a user namespace of the pod's own goes with none of the host's. */
export function hostUsers(spec: any, at: string): FieldError[] {
  if (spec.hostUsers !== false) return []
  const why = 'when `hostUsers` is false'
  return [
    ...(spec.hostNetwork ? [forbiddenField(`${at}.hostNetwork`, why)] : []),
    ...(spec.hostPID ? [forbiddenField(`${at}.HostPID`, why)] : []),
    ...(spec.hostIPC ? [forbiddenField(`${at}.HostIPC`, why)] : []),
  ]
}
