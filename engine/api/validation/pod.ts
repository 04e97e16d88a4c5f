// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import type { KubeObject } from '../object.ts'
import { duplicate, type FieldError, forbiddenField, invalid, notFoundField, notSupported, required } from '../status.ts'
import { dns1123Label, dns1123Subdomain, portName, portNumber } from './names.ts'
import { isQuantity } from './quantity.ts'

const PULL = ['Always', 'IfNotPresent', 'Never']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']

function ports(list: readonly any[], at: string): FieldError[] {
  const out: FieldError[] = []
  const names = new Set<string>()
  for (const [i, p] of list.entries()) {
    const field = `${at}[${i}]`
    if (p.name) {
      const complaints = portName(p.name)
      for (const m of complaints) out.push(invalid(`${field}.name`, p.name, m))
      if (complaints.length === 0 && names.has(p.name)) out.push(duplicate(`${field}.name`, p.name))
      names.add(p.name)
    }
    if (!p.containerPort) out.push(required(`${field}.containerPort`))
    else for (const m of portNumber(p.containerPort)) out.push(invalid(`${field}.containerPort`, p.containerPort, m))
    if (p.hostPort) for (const m of portNumber(p.hostPort)) out.push(invalid(`${field}.hostPort`, p.hostPort, m))
    if (!PROTOCOLS.includes(p.protocol)) out.push(notSupported(`${field}.protocol`, p.protocol, PROTOCOLS))
  }
  return out
}

function resources(given: any, at: string): FieldError[] {
  const out: FieldError[] = []
  for (const part of ['limits', 'requests']) {
    for (const [name, value] of Object.entries((given?.[part] ?? {}) as Record<string, string>)) {
      if (isQuantity(String(value)) && String(value).startsWith('-')) {
        out.push(invalid(`${at}.${part}[${name}]`, value, 'must be greater than or equal to 0'))
      }
    }
  }
  return out
}

function probe(given: any, at: string): FieldError[] {
  if (given === undefined) return []
  const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'].filter((h) => given[h] !== undefined)
  if (handlers.length === 0) return [required(at, 'must specify a handler type')]
  return handlers.slice(1).map((h) => forbiddenField(`${at}.${h}`, 'may not specify more than 1 handler type'))
}

function container(c: any, at: string, names: Set<string>, volumes: ReadonlySet<string>): FieldError[] {
  const out: FieldError[] = []
  if (!c.name) out.push(required(`${at}.name`))
  else {
    for (const m of dns1123Label(c.name)) out.push(invalid(`${at}.name`, c.name, m))
    if (names.has(c.name)) out.push(duplicate(`${at}.name`, c.name))
    names.add(c.name)
  }
  if (!c.image) out.push(required(`${at}.image`))
  else if (c.image !== c.image.trim()) out.push(invalid(`${at}.image`, c.image, 'must not have leading or trailing whitespace'))
  out.push(...ports(c.ports ?? [], `${at}.ports`), ...resources(c.resources, `${at}.resources`))
  for (const [i, e] of (c.env ?? []).entries()) if (!e.name) out.push(required(`${at}.env[${i}].name`))
  for (const [i, m] of (c.volumeMounts ?? []).entries()) {
    const field = `${at}.volumeMounts[${i}]`
    if (!m.name) out.push(required(`${field}.name`))
    else if (!volumes.has(m.name)) out.push(notFoundField(`${field}.name`, m.name))
    if (!m.mountPath) out.push(required(`${field}.mountPath`))
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) out.push(...probe(c[name], `${at}.${name}`))
  if (!PULL.includes(c.imagePullPolicy)) out.push(notSupported(`${at}.imagePullPolicy`, c.imagePullPolicy, PULL))
  return out
}

/** ValidatePodSpec for the parts that are emulated. */
export function validatePodSpec(spec: any, at: string): FieldError[] {
  const out: FieldError[] = []
  const volumes = new Set<string>()
  for (const [i, v] of (spec?.volumes ?? []).entries()) {
    if (!v.name) out.push(required(`${at}.volumes[${i}].name`))
    else {
      for (const m of dns1123Label(v.name)) out.push(invalid(`${at}.volumes[${i}].name`, v.name, m))
      if (volumes.has(v.name)) out.push(duplicate(`${at}.volumes[${i}].name`, v.name))
      volumes.add(v.name)
    }
  }
  const names = new Set<string>()
  const containers: readonly any[] = spec?.containers ?? []
  if (containers.length === 0) out.push(required(`${at}.containers`))
  for (const [i, c] of containers.entries()) out.push(...container(c, `${at}.containers[${i}]`, names, volumes))
  for (const [i, c] of (spec?.initContainers ?? []).entries())
    out.push(...container(c, `${at}.initContainers[${i}]`, names, volumes))
  const policies = ['Always', 'Never', 'OnFailure']
  if (!policies.includes(spec?.restartPolicy)) out.push(notSupported(`${at}.restartPolicy`, spec?.restartPolicy ?? '', policies))
  const dns = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']
  if (!dns.includes(spec?.dnsPolicy)) out.push(notSupported(`${at}.dnsPolicy`, spec?.dnsPolicy ?? '', dns))
  if (spec?.nodeName) for (const m of dns1123Subdomain(spec.nodeName)) out.push(invalid(`${at}.nodeName`, spec.nodeName, m))
  if (spec?.serviceAccountName)
    for (const m of dns1123Subdomain(spec.serviceAccountName))
      out.push(invalid(`${at}.serviceAccountName`, spec.serviceAccountName, m))
  if (spec?.hostname) for (const m of dns1123Label(spec.hostname)) out.push(invalid(`${at}.hostname`, spec.hostname, m))
  if ((spec?.terminationGracePeriodSeconds ?? 0) < 0) {
    out.push(
      invalid(`${at}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds, 'must be greater than or equal to 0'),
    )
  }
  return out
}

export function validatePod(object: KubeObject): FieldError[] {
  return validatePodSpec(object.spec, 'spec')
}

const CHANGEABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

/** A running pod's spec: only images, a deadline and further tolerations may change (ValidatePodUpdate). */
export function validatePodUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const strip = (spec: any) => {
    const images = (list: readonly any[] | undefined) => list?.map((c) => ({ ...c, image: '' }))
    const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, ...rest } = spec
    return sorted({ ...rest, containers: images(spec.containers), initContainers: images(spec.initContainers) })
  }
  const out = validatePodSpec(object.spec, 'spec')
  const same = ({ tolerationSeconds: _seconds, ...t }: any) => JSON.stringify(sorted(t))
  const tolerations = new Set((object.spec.tolerations ?? []).map(same))
  if ((old.spec.tolerations ?? []).some((t: any) => !tolerations.has(same(t)))) {
    out.push(forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'))
  }
  if (JSON.stringify(strip(object.spec)) !== JSON.stringify(strip(old.spec))) out.push(forbiddenField('spec', CHANGEABLE))
  return out
}

function sorted(value: any): any {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((k) => [k, sorted(value[k])]),
  )
}
