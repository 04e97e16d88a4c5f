// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { addQuantities, roundUpToMilli } from '../validation/quantity.ts'
import { claimSpecDefaults } from './claim.ts'

const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/

/** Always for :latest and untagged images, else IfNotPresent, also for what is no image's name (SetDefaults_Container). */
function pullPolicy(image: string): string {
  const [reference = '', digest] = image.split('@')
  const slash = reference.indexOf('/')
  const first = reference.slice(0, slash)
  const isHost = slash > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase())
  const [path = '', tag] = (isHost ? reference.slice(slash + 1) : reference).split(':')
  if (!PATH.test(path) || digest !== undefined) return 'IfNotPresent'
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent'
}

function httpGet(given: any): any {
  return { ...given, path: given.path || '/', scheme: given.scheme || 'HTTP' }
}

function probe(given: any): any {
  const out: any = { ...given }
  out.timeoutSeconds = given.timeoutSeconds || 1
  out.periodSeconds = given.periodSeconds || 10
  out.successThreshold = given.successThreshold || 1
  out.failureThreshold = given.failureThreshold || 3
  if (given.httpGet) out.httpGet = httpGet(given.httpGet)
  if (given.grpc) out.grpc = { ...given.grpc, service: given.grpc.service ?? '' }
  return out
}

/** A stop signal is dropped: the feature is off by default (ContainerStopSignals). */
function lifecycle({ stopSignal: _off, ...given }: any): any {
  const out: any = { ...given }
  for (const hook of ['postStart', 'preStop'])
    if (given[hook]?.httpGet) out[hook] = { ...given[hook], httpGet: httpGet(given[hook].httpGet) }
  return out
}

type Quantities = Readonly<Record<string, string>>

/** SetDefaults_ResourceList: thousandths are the finest a list holds. */
export function resourceList(list: Quantities): Quantities {
  return Object.fromEntries(Object.entries(list).map(([name, value]) => [name, roundUpToMilli(value)]))
}

/** Limits stand in for requests that were not given (SetDefaults_Pod); templates wait for the pod. */
function resources(given: any, template: boolean): any {
  if (given === undefined) return {}
  const out: any = { ...given }
  if (given.limits) out.limits = resourceList(given.limits)
  if (given.requests) out.requests = resourceList(given.requests)
  if (out.limits && !template) out.requests = { ...out.limits, ...out.requests }
  return out
}

function fieldRef(given: any): any {
  return { ...given, apiVersion: given.apiVersion || 'v1' }
}

function resourceFieldRef(given: any): any {
  return { ...given, divisor: given.divisor ?? '0' }
}

function envVar(given: any): any {
  const from = given.valueFrom
  if (from?.fieldRef) return { ...given, valueFrom: { ...from, fieldRef: fieldRef(from.fieldRef) } }
  if (from?.resourceFieldRef)
    return { ...given, valueFrom: { ...from, resourceFieldRef: resourceFieldRef(from.resourceFieldRef) } }
  if (from?.fileKeyRef)
    return { ...given, valueFrom: { ...from, fileKeyRef: { ...from.fileKeyRef, optional: from.fileKeyRef.optional ?? false } } }
  return given
}

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe']

/** SetDefaults_Container and what hangs on it. */
function container(given: any, hostNetwork: boolean, template: boolean): any {
  const out: any = { ...given, resources: resources(given.resources, template) }
  if (Array.isArray(given.ports)) {
    out.ports = given.ports.map((p: any) => ({
      ...p,
      ...(hostNetwork && !p.hostPort && !template ? { hostPort: p.containerPort } : {}),
      protocol: p.protocol || 'TCP',
    }))
  }
  if (Array.isArray(given.env)) out.env = given.env.map(envVar)
  for (const name of PROBES) if (given[name]) out[name] = probe(given[name])
  if (given.lifecycle) {
    out.lifecycle = lifecycle(given.lifecycle)
    if (given.lifecycle.stopSignal && Object.keys(out.lifecycle).length === 0) delete out.lifecycle
  }
  out.terminationMessagePath = given.terminationMessagePath || '/dev/termination-log'
  out.terminationMessagePolicy = given.terminationMessagePolicy || 'File'
  out.imagePullPolicy = given.imagePullPolicy || pullPolicy(given.image ?? '')
  if (given.securityContext?.procMount === '') out.securityContext = { ...given.securityContext, procMount: 'Default' }
  return out
}

/** An ephemeral container as it is stored: a container without the requests that limits imply. */
export function ephemeralContainerDefaults(given: any): any {
  return container(given, false, true)
}

function items(given: any): any {
  if (!Array.isArray(given.items)) return given
  return {
    ...given,
    items: given.items.map((f: any) => ({
      ...f,
      ...(f.fieldRef ? { fieldRef: fieldRef(f.fieldRef) } : {}),
      ...(f.resourceFieldRef ? { resourceFieldRef: resourceFieldRef(f.resourceFieldRef) } : {}),
    })),
  }
}

/** Trust bundles and pod certificates are dropped: their features are off by default. */
function projection({ clusterTrustBundle: _bundle, podCertificate: _certificate, ...source }: any): any {
  const token = source.serviceAccountToken
  if (token) return { ...source, serviceAccountToken: { ...token, expirationSeconds: token.expirationSeconds ?? 3600 } }
  return source.downwardAPI ? { ...source, downwardAPI: items(source.downwardAPI) } : source
}

/** SetDefaults_RBDVolumeSource. */
export function rbdDefaults(given: any): any {
  return {
    ...given,
    pool: given.pool || 'rbd',
    user: given.user || 'admin',
    keyring: given.keyring || '/etc/ceph/keyring',
  }
}

/** SetDefaults_Volume and what its sources default. */
function volume(given: any): any {
  const sources = Object.keys(given).filter((k) => k !== 'name')
  if (sources.length === 0) return { ...given, emptyDir: {} }
  const out: any = { ...given }
  for (const kind of ['secret', 'configMap', 'downwardAPI', 'projected']) {
    if (given[kind]) out[kind] = { ...given[kind], defaultMode: given[kind].defaultMode ?? 420 }
  }
  if (out.downwardAPI) out.downwardAPI = items(out.downwardAPI)
  if (out.projected) {
    const sources: readonly any[] = given.projected.sources ?? []
    out.projected = { ...out.projected, sources: sources.length > 0 ? sources.map(projection) : null }
  }
  if (given.hostPath) out.hostPath = { ...given.hostPath, type: given.hostPath.type ?? '' }
  if (given.image) out.image = { ...given.image, pullPolicy: given.image.pullPolicy || pullPolicy(given.image.reference ?? '') }
  if (given.iscsi) out.iscsi = { ...given.iscsi, iscsiInterface: given.iscsi.iscsiInterface || 'default' }
  if (given.rbd) out.rbd = rbdDefaults(given.rbd)
  if (given.azureDisk)
    out.azureDisk = {
      ...given.azureDisk,
      cachingMode: given.azureDisk.cachingMode ?? 'ReadWrite',
      kind: given.azureDisk.kind ?? 'Shared',
      fsType: given.azureDisk.fsType ?? 'ext4',
      readOnly: given.azureDisk.readOnly ?? false,
    }
  if (given.scaleIO)
    out.scaleIO = {
      ...given.scaleIO,
      storageMode: given.scaleIO.storageMode || 'ThinProvisioned',
      fsType: given.scaleIO.fsType || 'xfs',
    }
  const claim = given.ephemeral?.volumeClaimTemplate
  if (claim) {
    const metadata = claim.metadata ?? {}
    out.ephemeral = { ...given.ephemeral, volumeClaimTemplate: { metadata, ...claim, spec: claimSpecDefaults(claim.spec ?? {}) } }
  }
  return out
}

/** What the pod as a whole requests where only its limits are given (defaultPodRequests). */
function wholePod(spec: any): any {
  const given = spec.resources
  if (given === undefined) return undefined
  const out = resources(given, true)
  if (Object.keys(given.limits ?? {}).length === 0) return out
  const requests: Record<string, string> = { ...out.requests }
  const sum: Record<string, string> = {}
  for (const c of spec.containers ?? [])
    for (const [name, value] of Object.entries((c.resources?.requests ?? {}) as Quantities))
      sum[name] = addQuantities(sum[name] ?? '0', value)
  for (const [name, value] of Object.entries(sum)) if (name === 'cpu' || name === 'memory') requests[name] ??= value
  for (const [name, value] of Object.entries(out.limits as Quantities))
    if (name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')) requests[name] ??= value
  return { ...out, requests }
}

/** pkg/apis/core/v1/defaults.go for a pod's spec; `template` is a spec inside a workload, whose requests are left alone. */
export function podSpecDefaults(given: any, template: boolean): any {
  if (given === undefined || given === null) return given
  const out: any = { ...given }
  const host = given.hostNetwork === true
  for (const name of ['containers', 'initContainers']) {
    if (Array.isArray(given[name])) out[name] = given[name].map((c: any) => container(c, host, template))
  }
  if (Array.isArray(given.ephemeralContainers))
    out.ephemeralContainers = given.ephemeralContainers.map(ephemeralContainerDefaults)
  if (Array.isArray(given.volumes)) out.volumes = given.volumes.map(volume)
  out.restartPolicy = given.restartPolicy || 'Always'
  out.terminationGracePeriodSeconds = given.terminationGracePeriodSeconds ?? 30
  out.dnsPolicy = given.dnsPolicy || 'ClusterFirst'
  out.securityContext = given.securityContext ?? {}
  out.schedulerName = given.schedulerName || 'default-scheduler'
  if (given.overhead) out.overhead = resourceList(given.overhead)
  if (given.serviceAccountName && !given.serviceAccount) out.serviceAccount = given.serviceAccountName
  if (given.serviceAccount && !given.serviceAccountName) out.serviceAccountName = given.serviceAccount
  if (given.resources !== undefined) out.resources = template ? resources(given.resources, true) : wholePod(out)
  if (!template) out.enableServiceLinks = given.enableServiceLinks ?? true
  return out
}
