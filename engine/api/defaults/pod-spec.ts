// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks

/** Always for :latest and untagged images, else IfNotPresent (SetDefaults_Container). */
function pullPolicy(image: string): string {
  if (image.includes('@')) return 'IfNotPresent'
  const tag = image.slice(image.lastIndexOf('/') + 1).split(':')[1]
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent'
}

function probe(given: any): any {
  if (given === undefined) return undefined
  const out: any = { ...given }
  out.timeoutSeconds = given.timeoutSeconds || 1
  out.periodSeconds = given.periodSeconds || 10
  out.successThreshold = given.successThreshold || 1
  out.failureThreshold = given.failureThreshold || 3
  if (given.httpGet) out.httpGet = { ...given.httpGet, path: given.httpGet.path || '/', scheme: given.httpGet.scheme || 'HTTP' }
  if (given.grpc) out.grpc = { ...given.grpc, service: given.grpc.service ?? '' }
  return out
}

/** Limits stand in for requests that were not given (SetDefaults_Pod). */
function resources(given: any): any {
  if (!given?.limits) return given ?? {}
  return { ...given, requests: { ...given.limits, ...given.requests } }
}

function container(given: any, hostNetwork: boolean, template: boolean): any {
  const out: any = { ...given, resources: template ? (given.resources ?? {}) : resources(given.resources) }
  if (Array.isArray(given.ports)) {
    out.ports = given.ports.map((p: any) => ({
      ...p,
      ...(hostNetwork && !p.hostPort ? { hostPort: p.containerPort } : {}),
      protocol: p.protocol || 'TCP',
    }))
  }
  if (Array.isArray(given.env)) {
    out.env = given.env.map((e: any) =>
      e.valueFrom?.fieldRef && !e.valueFrom.fieldRef.apiVersion
        ? { ...e, valueFrom: { ...e.valueFrom, fieldRef: { ...e.valueFrom.fieldRef, apiVersion: 'v1' } } }
        : e,
    )
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) if (given[name]) out[name] = probe(given[name])
  out.terminationMessagePath = given.terminationMessagePath || '/dev/termination-log'
  out.terminationMessagePolicy = given.terminationMessagePolicy || 'File'
  out.imagePullPolicy = given.imagePullPolicy || pullPolicy(given.image ?? '')
  return out
}

function volume(given: any): any {
  const sources = Object.keys(given).filter((k) => k !== 'name')
  if (sources.length === 0) return { ...given, emptyDir: {} }
  const out: any = { ...given }
  for (const kind of ['secret', 'configMap', 'downwardAPI', 'projected']) {
    if (given[kind]) out[kind] = { ...given[kind], defaultMode: given[kind].defaultMode ?? 420 }
  }
  if (given.hostPath) out.hostPath = { ...given.hostPath, type: given.hostPath.type ?? '' }
  return out
}

/** pkg/apis/core/v1/defaults.go for a pod's spec; `template` is a spec inside a workload, whose requests are left alone. */
export function podSpecDefaults(given: any, template: boolean): any {
  if (given === undefined || given === null) return given
  const out: any = { ...given }
  const host = given.hostNetwork === true
  for (const name of ['containers', 'initContainers']) {
    if (Array.isArray(given[name])) out[name] = given[name].map((c: any) => container(c, host, template))
  }
  if (Array.isArray(given.volumes)) out.volumes = given.volumes.map(volume)
  out.restartPolicy = given.restartPolicy || 'Always'
  out.terminationGracePeriodSeconds = given.terminationGracePeriodSeconds ?? 30
  out.dnsPolicy = given.dnsPolicy || 'ClusterFirst'
  out.securityContext = given.securityContext ?? {}
  out.schedulerName = given.schedulerName || 'default-scheduler'
  if (given.serviceAccountName && !given.serviceAccount) out.serviceAccount = given.serviceAccountName
  if (given.serviceAccount && !given.serviceAccountName) out.serviceAccountName = given.serviceAccount
  if (!template) out.enableServiceLinks = given.enableServiceLinks ?? true
  return out
}
