// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import {
  type Check,
  containers,
  containersOf,
  type Finding,
  inUserNamespace,
  named,
  plural,
  quoted,
  setters,
  sorted,
} from './checks.ts'

const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/'

const appArmorProfile: Check = ({ annotations, spec }) => {
  const bad = (profile: any) => profile !== undefined && !['RuntimeDefault', 'Localhost'].includes(profile.type)
  const own = spec.securityContext?.appArmorProfile
  const list = containersOf(spec).filter((c) => bad(c.securityContext?.appArmorProfile))
  const wrong = Object.entries(annotations)
    .filter(([k, v]) => k.startsWith(APPARMOR) && v !== '' && v !== 'runtime/default' && !v.startsWith('localhost/'))
    .map(([k, v]) => `${k}=${JSON.stringify(v)}`)
    .sort()
  const who = [
    setters(
      bad(own),
      list.map((c) => c.name),
    ),
    ...(wrong.length > 0 ? [plural('annotation', 'annotations', wrong.length)] : []),
  ]
    .filter((w) => w !== '')
    .join(' and ')
  if (who === '') return undefined
  const types = sorted([...(bad(own) ? [own.type] : []), ...list.map((c) => c.securityContext.appArmorProfile.type)])
  const values = [...types, ...wrong]
  return {
    reason: plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', values.length),
    detail: `${who} must not set AppArmor profile type to ${quoted(values)}`,
  }
}

const CAPABILITIES = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]

const capabilities: Check = ({ spec }) => {
  const added = (c: any): string[] =>
    (c.securityContext?.capabilities?.add ?? []).filter((n: string) => !CAPABILITIES.includes(n))
  const list = containersOf(spec)
  const bad = named(list, (c) => added(c).length > 0)
  if (bad.length === 0) return undefined
  const detail = `${containers(bad)} must not include ${quoted(sorted(list.flatMap(added)))} in securityContext.capabilities.add`
  return { reason: 'non-default capabilities', detail }
}

const hostNamespaces: Check = ({ spec }) => {
  const set = ['hostNetwork', 'hostPID', 'hostIPC'].filter((n) => spec[n] === true).map((n) => `${n}=true`)
  return set.length === 0 ? undefined : { reason: 'host namespaces', detail: set.join(', ') }
}

const hostPathVolumes: Check = ({ spec }) => {
  const bad = named(spec.volumes ?? [], (v) => v.hostPath !== undefined)
  if (bad.length === 0) return undefined
  return { reason: 'hostPath volumes', detail: `${plural('volume', 'volumes', bad.length)} ${quoted(bad)}` }
}

const hostPorts: Check = ({ spec }) => {
  const list = containersOf(spec)
  const used = (c: any): string[] => (c.ports ?? []).filter((p: any) => p.hostPort).map((p: any) => String(p.hostPort))
  const bad = named(list, (c) => used(c).length > 0)
  if (bad.length === 0) return undefined
  const numbers = sorted(list.flatMap(used))
  const uses = `${plural('uses', 'use', bad.length)} ${plural('hostPort', 'hostPorts', numbers.length)}`
  return { reason: 'hostPort', detail: `${containers(bad)} ${uses} ${numbers.join(', ')}` }
}

const hostProbes: Check = ({ spec }, minor) => {
  if (minor < 34) return undefined
  const hosts = (c: any): string[] =>
    [c.livenessProbe, c.readinessProbe, c.startupProbe, c.lifecycle?.postStart, c.lifecycle?.preStop].flatMap((h) =>
      [h?.httpGet?.host, h?.tcpSocket?.host].filter((host) => host),
    )
  const list = containersOf(spec)
  const bad = sorted(named(list, (c) => hosts(c).length > 0))
  if (bad.length === 0) return undefined
  const found = sorted(list.flatMap(hosts))
  const what = plural('probe or lifecycle host', 'probe or lifecycle hosts', found.length)
  const detail = `${containers(bad)} ${plural('uses', 'use', bad.length)} ${what} ${quoted(found)}`
  return { reason: 'probe or lifecycle host', detail }
}

const privileged: Check = ({ spec }) => {
  const bad = named(containersOf(spec), (c) => c.securityContext?.privileged === true)
  if (bad.length === 0) return undefined
  return { reason: 'privileged', detail: `${containers(bad)} must not set securityContext.privileged=true` }
}

/** /proc as it is: also a restricted check, there without exception. */
export const procMountAny: Check = ({ spec }) => {
  const list = containersOf(spec).filter((c) => (c.securityContext?.procMount ?? 'Default') !== 'Default')
  if (list.length === 0) return undefined
  const types = sorted(list.map((c) => c.securityContext.procMount))
  const detail = `${containers(list.map((c) => c.name))} must not set securityContext.procMount to ${quoted(types)}`
  return { reason: 'procMount', detail }
}

const procMount: Check = (pod, minor) => (inUserNamespace(pod, minor) ? undefined : procMountAny(pod, minor))

const SELINUX = ['', 'container_t', 'container_init_t', 'container_kvm_t']

const seLinuxOptions: Check = ({ spec }, minor) => {
  const allowed = minor >= 31 ? [...SELINUX, 'container_engine_t'] : SELINUX
  const bad = (o: any) => o !== undefined && (!allowed.includes(o.type ?? '') || Boolean(o.user) || Boolean(o.role))
  const own = spec.securityContext?.seLinuxOptions
  const list = containersOf(spec).filter((c) => bad(c.securityContext?.seLinuxOptions))
  if (!bad(own) && list.length === 0) return undefined
  const all = [...(bad(own) ? [own] : []), ...list.map((c) => c.securityContext.seLinuxOptions)]
  const types = sorted(all.map((o) => o.type ?? '').filter((t) => !allowed.includes(t)))
  const data = [
    ...(types.length > 0 ? [`${plural('type', 'types', types.length)} ${quoted(types)}`] : []),
    ...(all.some((o) => o.user) ? ['user may not be set'] : []),
    ...(all.some((o) => o.role) ? ['role may not be set'] : []),
  ]
  const who = setters(
    bad(own),
    list.map((c) => c.name),
  )
  return { reason: 'seLinuxOptions', detail: `${who} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}` }
}

/** Whether a seccomp profile is one that confines. */
export const confines = (profile: any): boolean => ['Localhost', 'RuntimeDefault'].includes(profile?.type)

/** Profiles that are set and do not confine; both levels say it alike. */
export function unconfined(spec: any): Finding | undefined {
  const bad = (profile: any) => profile !== undefined && !confines(profile)
  const own = spec.securityContext?.seccompProfile
  const list = containersOf(spec).filter((c) => bad(c.securityContext?.seccompProfile))
  if (!bad(own) && list.length === 0) return undefined
  const types = sorted([...(bad(own) ? [own.type] : []), ...list.map((c) => c.securityContext.seccompProfile.type)])
  const who = setters(
    bad(own),
    list.map((c) => c.name),
  )
  return { reason: 'seccompProfile', detail: `${who} must not set securityContext.seccompProfile.type to ${quoted(types)}` }
}

const SYSCTLS: readonly [number, readonly string[]][] = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [
    29,
    ['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes'],
  ],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
]

const sysctls: Check = ({ spec }, minor) => {
  const allowed = SYSCTLS.flatMap(([since, names]) => (minor >= since ? names : []))
  const bad = (spec.securityContext?.sysctls ?? []).map((s: any) => s.name).filter((n: string) => !allowed.includes(n))
  return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') }
}

const windowsHostProcess: Check = ({ spec }) => {
  const host = (sc: any) => sc?.windowsOptions?.hostProcess === true
  const who = setters(
    host(spec.securityContext),
    named(containersOf(spec), (c) => host(c.securityContext)),
  )
  if (who === '') return undefined
  return { reason: 'hostProcess', detail: `${who} must not set securityContext.windowsOptions.hostProcess=true` }
}

/** The baseline level's checks in the order of their ids; `replacedSince`: the minor version from which a check of the restricted level stands in for it. */
export const BASELINE: readonly { readonly check: Check; readonly replacedSince?: number }[] = [
  { check: appArmorProfile },
  { check: capabilities, replacedSince: 22 },
  { check: hostNamespaces },
  { check: hostPathVolumes, replacedSince: 0 },
  { check: hostPorts },
  { check: hostProbes },
  { check: privileged },
  { check: procMount, replacedSince: 35 },
  { check: seLinuxOptions },
  { check: ({ spec }) => unconfined(spec), replacedSince: 19 },
  { check: sysctls },
  { check: windowsHostProcess },
]
