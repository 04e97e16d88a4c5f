import { fail } from '../errors.ts'
import type { Obj } from '../values.ts'

/** How one debugs: a container in the running pod, a copy of it, or a pod on a node. */
export type DebugStyle = 'ephemeral' | 'copy' | 'node'

/** What a copy keeps of its original. */
export interface Keep {
  readonly labels: boolean
  readonly annotations: boolean
  readonly liveness: boolean
  readonly readiness: boolean
  readonly startup: boolean
  readonly initContainers: boolean
}

export const PROFILES: readonly string[] = ['legacy', 'general', 'baseline', 'restricted', 'netadmin', 'sysadmin']

/** Changes the pod as the profile says (debug/profiles.go); `pod` is ours to change. */
export function applyProfile(profile: string, style: DebugStyle, pod: Obj, container: string, keep: Keep): void {
  const own = [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])].find(
    (c: Obj) => c.name === container,
  )
  switch (profile) {
    case 'legacy':
      if (style === 'node') nodeWide(pod, own, true)
      if (style === 'copy') delete pod.metadata.labels
      return
    case 'general':
      if (style === 'node') {
        nodeWide(pod, own, true)
        delete own.securityContext
        return
      }
      if (style === 'copy') strip(pod, keep)
      add(own, 'SYS_PTRACE')
      if (style === 'copy') shareProcesses(pod)
      return
    case 'baseline':
      delete own.securityContext
      break
    case 'restricted':
      own.securityContext = {
        capabilities: { drop: ['ALL'] },
        runAsNonRoot: true,
        allowPrivilegeEscalation: false,
        seccompProfile: { type: 'RuntimeDefault' },
      }
      break
    case 'netadmin':
      add(own, 'NET_ADMIN')
      add(own, 'NET_RAW')
      if (style === 'node') nodeWide(pod, own, false)
      break
    case 'sysadmin':
      own.securityContext = { ...own.securityContext, privileged: true }
      if (style === 'node') nodeWide(pod, own, true)
      break
    default:
      throw fail(`unknown profile: ${profile}`)
  }
  if (style !== 'copy') return
  strip(pod, keep)
  shareProcesses(pod)
}

function add(container: Obj, capability: string): void {
  const { capabilities = {}, ...rest } = container.securityContext ?? {}
  container.securityContext = { ...rest, capabilities: { ...capabilities, add: [...(capabilities.add ?? []), capability] } }
}

/** The node's namespaces, and its files under /host. */
function nodeWide(pod: Obj, container: Obj, withRoot: boolean): void {
  if (withRoot) {
    pod.spec.volumes = [...(pod.spec.volumes ?? []), { name: 'host-root', hostPath: { path: '/' } }]
    container.volumeMounts = [...(container.volumeMounts ?? []), { mountPath: '/host', name: 'host-root' }]
  }
  Object.assign(pod.spec, { hostNetwork: true, hostPID: true, hostIPC: true })
}

function shareProcesses(pod: Obj): void {
  pod.spec.shareProcessNamespace ??= true
}

function strip(pod: Obj, keep: Keep): void {
  if (!keep.labels) delete pod.metadata.labels
  if (!keep.annotations) delete pod.metadata.annotations
  for (const container of pod.spec.containers) {
    if (!keep.liveness) delete container.livenessProbe
    if (!keep.readiness) delete container.readinessProbe
    if (!keep.startup) delete container.startupProbe
  }
  if (!keep.initContainers) delete pod.spec.initContainers
}
