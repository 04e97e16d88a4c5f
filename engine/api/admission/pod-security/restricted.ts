// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { confines, procMountAny, unconfined } from './baseline.ts'
import {
  type Check,
  containers,
  containersOf,
  inUserNamespace,
  named,
  plural,
  quoted,
  setters,
  sorted,
  windows,
} from './checks.ts'

const allowPrivilegeEscalation: Check = (pod, minor) => {
  if ((minor >= 25 && windows(pod)) || minor < 8) return undefined
  const bad = named(containersOf(pod.spec), (c) => c.securityContext?.allowPrivilegeEscalation !== false)
  if (bad.length === 0) return undefined
  const detail = `${containers(bad)} must set securityContext.allowPrivilegeEscalation=false`
  return { reason: 'allowPrivilegeEscalation != false', detail }
}

const capabilities: Check = (pod, minor) => {
  if ((minor >= 25 && windows(pod)) || minor < 22) return undefined
  const list = containersOf(pod.spec)
  const keeping = named(list, (c) => !(c.securityContext?.capabilities?.drop ?? []).includes('ALL'))
  const added = (c: any): string[] => (c.securityContext?.capabilities?.add ?? []).filter((n: string) => n !== 'NET_BIND_SERVICE')
  const adding = named(list, (c) => added(c).length > 0)
  const details: string[] = []
  if (keeping.length > 0) details.push(`${containers(keeping)} must set securityContext.capabilities.drop=["ALL"]`)
  if (adding.length > 0) {
    const names = quoted(sorted(list.flatMap(added)))
    details.push(`${containers(adding)} must not include ${names} in securityContext.capabilities.add`)
  }
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') }
}

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]

const restrictedVolumes: Check = ({ spec }) => {
  const bad: readonly any[] = (spec.volumes ?? []).filter((v: any) => !VOLUMES.some((type) => v[type] !== undefined))
  if (bad.length === 0) return undefined
  const types = sorted(bad.map((v) => Object.keys(v).find((k) => k !== 'name') ?? 'unknown'))
  const volumes = `${plural('volume', 'volumes', bad.length)} ${quoted(bad.map((v) => v.name))}`
  const what = plural('restricted volume type', 'restricted volume types', types.length)
  return { reason: 'restricted volume types', detail: `${volumes} ${plural('uses', 'use', bad.length)} ${what} ${quoted(types)}` }
}

const runAsNonRoot: Check = (pod, minor) => {
  if (inUserNamespace(pod, minor)) return undefined
  const { spec } = pod
  const own = spec.securityContext?.runAsNonRoot
  const reason = 'runAsNonRoot != true'
  const list = containersOf(spec)
  const who = setters(
    own === false,
    named(list, (c) => c.securityContext?.runAsNonRoot === false),
  )
  if (who !== '') return { reason, detail: `${who} must not set securityContext.runAsNonRoot=false` }
  const silent = own === true ? [] : named(list, (c) => c.securityContext?.runAsNonRoot === undefined)
  if (silent.length === 0) return undefined
  return { reason, detail: `pod or ${containers(silent)} must set securityContext.runAsNonRoot=true` }
}

const runAsUser: Check = (pod, minor) => {
  if (minor < 23 || inUserNamespace(pod, minor)) return undefined
  const { spec } = pod
  const who = setters(
    spec.securityContext?.runAsUser === 0,
    named(containersOf(spec), (c) => c.securityContext?.runAsUser === 0),
  )
  return who === '' ? undefined : { reason: 'runAsUser=0', detail: `${who} must not set runAsUser=0` }
}

const seccompProfile: Check = (pod, minor) => {
  if ((minor >= 25 && windows(pod)) || minor < 19) return undefined
  const { spec } = pod
  const found = unconfined(spec)
  if (found !== undefined) return found
  if (confines(spec.securityContext?.seccompProfile)) return undefined
  const silent = named(containersOf(spec), (c) => c.securityContext?.seccompProfile === undefined)
  if (silent.length === 0) return undefined
  const words = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"'
  return { reason: 'seccompProfile', detail: `pod or ${containers(silent)} ${words}` }
}

/** The restricted level's own checks in the order of their ids. */
export const RESTRICTED: readonly Check[] = [
  allowPrivilegeEscalation,
  capabilities,
  (pod, minor) => (minor >= 35 ? procMountAny(pod, minor) : undefined),
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccompProfile,
]
