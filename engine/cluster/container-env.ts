import type { KubeObject } from '../api/object.ts'
import type { Store } from '../api/store.ts'
import { decodeBase64, decodeUtf8 } from '../base/utf8.ts'
import { hostname } from './container-files.ts'

type Env = Record<string, string>

interface EnvVar {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string }
    readonly configMapKeyRef?: { readonly name: string; readonly key: string }
    readonly secretKeyRef?: { readonly name: string; readonly key: string }
  }
}

interface EnvFrom {
  readonly prefix?: string
  readonly configMapRef?: { readonly name: string }
  readonly secretRef?: { readonly name: string }
}

/** What a program in a container finds in its environment: the image's, the runtime's, and what the kubelet adds (makeEnvironmentVariables). */
export function containerEnv(store: Store, pod: KubeObject, container: string): Readonly<Env> {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec
  const spec = [...containers, ...initContainers, ...ephemeralContainers].find((c) => c.name === container)
  const services: Env = pod.spec.enableServiceLinks === false ? kubernetesOnly(store) : serviceEnv(store, pod)
  const own: Env = {}
  for (const source of (spec?.envFrom ?? []) as readonly EnvFrom[]) Object.assign(own, fromSource(store, pod, source))
  for (const variable of (spec?.env ?? []) as readonly EnvVar[]) {
    const value = valueIn(store, pod, variable, { ...services, ...own })
    if (value !== undefined) own[variable.name] = value
  }
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOSTNAME: hostname(pod),
    ...services,
    ...own,
    HOME: own.HOME ?? '/root',
  }
}

function valueIn(store: Store, pod: KubeObject, { value, valueFrom }: EnvVar, known: Readonly<Env>): string | undefined {
  if (valueFrom === undefined) return expand(value ?? '', known)
  const { fieldRef, configMapKeyRef, secretKeyRef } = valueFrom
  const { namespace } = pod.metadata
  if (fieldRef !== undefined) return fieldOf(pod, fieldRef.fieldPath)
  if (configMapKeyRef !== undefined) return store.get('configmaps', namespace, configMapKeyRef.name)?.data?.[configMapKeyRef.key]
  if (secretKeyRef === undefined) return undefined
  const encoded: string | undefined = store.get('secrets', namespace, secretKeyRef.name)?.data?.[secretKeyRef.key]
  return encoded === undefined ? undefined : secretText(encoded)
}

function secretText(encoded: string): string {
  return decodeUtf8(decodeBase64(encoded) ?? '')
}

/** $(NAME) of what was defined before; $$ is a dollar (third_party/forked/golang/expansion). */
function expand(text: string, known: Readonly<Env>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (all, name?: string) => (name === undefined ? '$' : (known[name] ?? all)))
}

function fieldOf(pod: KubeObject, path: string): string | undefined {
  const [, map, key = ''] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path) ?? []
  if (map !== undefined) return pod.metadata[map as 'labels' | 'annotations']?.[key]
  const FIELDS: Readonly<Record<string, string | undefined>> = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': pod.metadata.namespace,
    'metadata.uid': pod.metadata.uid,
    'spec.nodeName': pod.spec.nodeName,
    'spec.serviceAccountName': pod.spec.serviceAccountName,
    'status.hostIP': pod.status?.hostIP,
    'status.podIP': pod.status?.podIP,
    'status.podIPs': ((pod.status?.podIPs ?? []) as readonly { ip: string }[]).map(({ ip }) => ip).join(','),
    'status.hostIPs': ((pod.status?.hostIPs ?? []) as readonly { ip: string }[]).map(({ ip }) => ip).join(','),
  }
  return FIELDS[path]
}

function fromSource(store: Store, pod: KubeObject, { prefix = '', configMapRef, secretRef }: EnvFrom): Env {
  const { namespace } = pod.metadata
  const plain: Env = configMapRef === undefined ? {} : (store.get('configmaps', namespace, configMapRef.name)?.data ?? {})
  const secret: Env = secretRef === undefined ? {} : (store.get('secrets', namespace, secretRef.name)?.data ?? {})
  const all = [...Object.entries(plain), ...Object.entries(secret).map(([key, value]) => [key, secretText(value)] as const)]
  return Object.fromEntries(all.map(([key, value]) => [prefix + key, value]))
}

function kubernetesOnly(store: Store): Env {
  const service = store.get('services', 'default', 'kubernetes')
  return service === undefined ? {} : linksOf(service)
}

/** The Services that were there before the pod: its namespace's, and the API's (getServiceEnvVarMap). */
function serviceEnv(store: Store, pod: KubeObject): Env {
  const started = pod.status?.startTime ?? pod.metadata.creationTimestamp
  const out: Env = {}
  for (const service of store.list('services', pod.metadata.namespace)) {
    const { clusterIP, type } = service.spec
    if (type === 'ExternalName' || !clusterIP || clusterIP === 'None') continue
    if ((service.metadata.creationTimestamp ?? '') <= (started ?? '')) Object.assign(out, linksOf(service))
  }
  return { ...kubernetesOnly(store), ...out }
}

/** envvars.FromServices: the host and ports, and the names that Docker's links had. */
function linksOf(service: KubeObject): Env {
  const { clusterIP, ports = [] } = service.spec
  const prefix = upper(service.metadata.name)
  const out: Env = {}
  const [first] = ports
  if (first === undefined) return out
  out[`${prefix}_SERVICE_HOST`] = clusterIP
  out[`${prefix}_SERVICE_PORT`] = String(first.port)
  for (const { name, port } of ports) if (name) out[`${prefix}_SERVICE_PORT_${upper(name)}`] = String(port)
  const host = String(clusterIP).includes(':') ? `[${clusterIP}]` : clusterIP
  for (const [i, { port, protocol = 'TCP' }] of ports.entries()) {
    const url = `${protocol.toLowerCase()}://${host}:${port}`
    const link = `${prefix}_PORT_${port}_${protocol}`
    if (i === 0) out[`${prefix}_PORT`] = url
    out[link] = url
    out[`${link}_PROTO`] = protocol.toLowerCase()
    out[`${link}_PORT`] = String(port)
    out[`${link}_ADDR`] = clusterIP
  }
  return out
}

function upper(name: string): string {
  return name.replaceAll('-', '_').toUpperCase()
}
