import { parseQuantity } from '../../../base/quantity.ts'
import { type Obj, sortedKeys } from '../values.ts'
import { type Lines, orNone, printBool, rfc1123 } from './writer.ts'

/** What a fieldRef of a running pod resolves to. */
export type Resolver = (env: Obj) => string

export interface ContainerOptions {
  readonly statuses?: readonly Obj[]
  readonly resolve?: Resolver
  /** Indentation in a pod template. */
  readonly space?: string
  /** kubectl's minor version. */
  readonly minor: number
}

/** "Containers:" of a pod or a template. */
export function describeContainers(out: Lines, label: string, containers: readonly Obj[], options: ContainerOptions): void {
  const space = options.space ?? ''
  out.at(0, `${space}${label}:${containers.length === 0 ? ' <none>' : ''}\n`)
  for (const container of containers) {
    const status = options.statuses?.find((s) => s.name === container.name)
    basics(out, container, status, space, options.minor)
    words(out, 'Command', container.command)
    words(out, 'Args', container.args)
    if (status !== undefined) state(out, status)
    describeResources(out, container.resources, 2)
    for (const [title, probe] of [
      ['Liveness', container.livenessProbe],
      ['Readiness', container.readinessProbe],
      ['Startup', container.startupProbe],
    ] as const) {
      if (probe) out.at(2, `${title}:\t${probeText(probe)}\n`)
    }
    if ((container.envFrom ?? []).length > 0) environmentFrom(out, container.envFrom)
    environment(out, container, options.resolve)
    mounts(out, container)
  }
}

function basics(out: Lines, container: Obj, status: Obj, space: string, minor: number): void {
  out.at(1, `${space === '' ? '' : ' '}${container.name}:\n`)
  if (status) out.at(2, `Container ID:\t${status.containerID ?? ''}\n`)
  out.at(2, `Image:\t${container.image ?? ''}\n`)
  if (status) out.at(2, `Image ID:\t${status.imageID ?? ''}\n`)
  const ports: readonly Obj[] = container.ports ?? []
  const text = (pick: (p: Obj) => number) =>
    ports.map((p) => `${pick(p)}/${p.protocol ?? 'TCP'}${minor >= 35 && p.name ? ` (${p.name})` : ''}`).join(', ')
  const plural = ports.length > 1 ? 's' : ''
  out.at(2, `Port${plural}:\t${orNone(text((p) => p.containerPort))}\n`)
  out.at(2, `Host Port${plural}:\t${orNone(text((p) => p.hostPort ?? 0))}\n`)
  const seccomp = container.securityContext?.seccompProfile
  if (seccomp) {
    out.at(2, `SeccompProfile:\t${seccomp.type}\n`)
    if (seccomp.type === 'Localhost') out.at(3, `LocalhostProfile:\t${seccomp.localhostProfile ?? ''}\n`)
  }
}

function words(out: Lines, title: string, list: readonly string[] | undefined): void {
  if (list === undefined || list.length === 0) return
  out.at(2, `${title}:\n`)
  for (const word of list) for (const part of word.split('\n')) out.at(3, `${part}\n`)
}

function state(out: Lines, status: Obj): void {
  oneState(out, 'State', status.state ?? {})
  if (status.lastState?.terminated) oneState(out, 'Last State', status.lastState)
  out.at(2, `Ready:\t${printBool(status.ready)}\n`)
  out.at(2, `Restart Count:\t${status.restartCount ?? 0}\n`)
}

function oneState(out: Lines, title: string, value: Obj): void {
  if (value.running) {
    out.at(2, `${title}:\tRunning\n`).at(3, `Started:\t${rfc1123(value.running.startedAt)}\n`)
  } else if (value.terminated) {
    const t = value.terminated
    out.at(2, `${title}:\tTerminated\n`)
    if (t.reason) out.at(3, `Reason:\t${t.reason}\n`)
    if (t.message) out.at(3, `Message:\t${t.message}\n`)
    out.at(3, `Exit Code:\t${t.exitCode ?? 0}\n`)
    if (t.signal > 0) out.at(3, `Signal:\t${t.signal}\n`)
    out.at(3, `Started:\t${stamp(t.startedAt)}\n`).at(3, `Finished:\t${stamp(t.finishedAt)}\n`)
  } else {
    out.at(2, `${title}:\tWaiting\n`)
    if (value.waiting?.reason) out.at(3, `Reason:\t${value.waiting.reason}\n`)
  }
}

/** A time that was never set is Go's zero time. */
function stamp(timestamp: string | undefined): string {
  return timestamp ? rfc1123(timestamp) : 'Mon, 01 Jan 0001 00:00:00 +0000'
}

/** "Limits:" and "Requests:". */
export function describeResources(out: Lines, resources: Obj, level: number): void {
  for (const [title, map] of [
    ['Limits', resources?.limits],
    ['Requests', resources?.requests],
  ] as const) {
    const names = sortedKeys(map)
    if (names.length > 0) out.at(level, `${title}:\n`)
    for (const name of names) out.at(level + 1, `${name}:\t${map[name]}\n`)
  }
}

/** "http-get http://:80/ delay=0s timeout=1s period=5s #success=1 #failure=3". */
export function probeText(probe: Obj): string {
  const n = (value: unknown) => value ?? 0
  const attributes = `delay=${n(probe.initialDelaySeconds)}s timeout=${n(probe.timeoutSeconds)}s period=${n(probe.periodSeconds)}s #success=${n(probe.successThreshold)} #failure=${n(probe.failureThreshold)}`
  if (probe.exec) return `exec [${(probe.exec.command ?? []).join(' ')}] ${attributes}`
  if (probe.httpGet) {
    const { scheme = 'HTTP', host = '', port, path = '' } = probe.httpGet
    return `http-get ${String(scheme).toLowerCase()}://${host}:${port ?? ''}${path} ${attributes}`
  }
  if (probe.tcpSocket) return `tcp-socket ${probe.tcpSocket.host ?? ''}:${probe.tcpSocket.port} ${attributes}`
  if (probe.grpc) return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ''} ${attributes}`
  return `unknown ${attributes}`
}

function environmentFrom(out: Lines, list: readonly Obj[]): void {
  out.at(2, 'Environment Variables from:\n')
  for (const e of list) {
    const reference = e.configMapRef ?? e.secretRef ?? {}
    const from = e.configMapRef ? 'ConfigMap' : e.secretRef ? 'Secret' : ''
    const prefix = e.prefix ? ` with prefix '${e.prefix}'` : ''
    out.at(3, `${reference.name ?? ''}\t${from}${prefix}\tOptional: ${reference.optional === true}\n`)
  }
}

function environment(out: Lines, container: Obj, resolve: Resolver | undefined): void {
  const list: readonly Obj[] = container.env ?? []
  out.at(2, `Environment:${list.length === 0 ? '\t<none>' : ''}\n`)
  for (const e of list) {
    const from = e.valueFrom
    if (!from) {
      String(e.value ?? '')
        .split('\n')
        .forEach((part, i) => {
          out.at(3, `${i === 0 ? `${e.name}:` : ''}\t${part}\n`)
        })
    } else if (from.fieldRef) {
      out.at(3, `${e.name}:\t${resolve?.(e) ?? ''} (${from.fieldRef.apiVersion ?? 'v1'}:${from.fieldRef.fieldPath})\n`)
    } else if (from.resourceFieldRef) {
      out.at(3, `${e.name}:\t${resourceValue(from.resourceFieldRef, container)} (${from.resourceFieldRef.resource})\n`)
    } else if (from.secretKeyRef) {
      const r = from.secretKeyRef
      out.at(3, `${e.name}:\t<set to the key '${r.key}' in secret '${r.name}'>\tOptional: ${r.optional === true}\n`)
    } else if (from.configMapKeyRef) {
      const r = from.configMapKeyRef
      out.at(3, `${e.name}:\t<set to the key '${r.key}' of config map '${r.name}'>\tOptional: ${r.optional === true}\n`)
    }
  }
}

function mounts(out: Lines, container: Obj): void {
  const byPath = (key: string) => (x: Obj, y: Obj) => (x[key] < y[key] ? -1 : x[key] > y[key] ? 1 : 0)
  const list = [...(container.volumeMounts ?? [])].sort(byPath('mountPath'))
  out.at(2, `Mounts:${list.length === 0 ? '\t<none>' : ''}\n`)
  for (const m of list) {
    const flags = [m.readOnly ? 'ro' : 'rw', ...(m.subPath ? [`path="${m.subPath}"`] : [])]
    out.at(3, `${m.mountPath} from ${m.name} (${flags.join(',')})\n`)
  }
  const devices = [...(container.volumeDevices ?? [])].sort(byPath('devicePath'))
  if (devices.length > 0) out.at(2, 'Devices:\n')
  for (const d of devices) out.at(3, `${d.devicePath} from ${d.name}\n`)
}

/** What a field reference is in a pod that runs: of its fields kubectl's own scheme knows but the name and the namespace. */
export function podResolver(pod: Obj): Resolver {
  return (env) => {
    const path: string = env.valueFrom.fieldRef.fieldPath
    if (path === 'metadata.name') return pod.metadata.name
    return path === 'metadata.namespace' ? (pod.metadata.namespace ?? '') : ''
  }
}

/** ExtractContainerResourceValue: in units of the divisor, rounded up. */
function resourceValue(reference: Obj, container: Obj): string {
  const resource: string = reference.resource
  const at = resource.indexOf('.')
  const [part, name] = [resource.slice(0, at), resource.slice(at + 1)]
  const amount = parseQuantity(String(container.resources?.[part]?.[name] ?? '0'))?.value ?? 0
  const divisor = parseQuantity(String(reference.divisor ?? '0'))?.value || 1
  const value = String(Math.ceil(amount / divisor - 1e-9))
  return value === '0' && (resource === 'limits.cpu' || resource === 'limits.memory') ? 'node allocatable' : value
}
