// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { duplicate, type FieldError, forbiddenField, invalid, notFoundField, notSupported, required } from '../../status.ts'
import { complaints, label, unsupported } from '../fields.ts'
import { portName, portNumber } from '../names.ts'
import { validateEnv, validateEnvFrom } from './env.ts'
import { validateDevices, validateMounts } from './mounts.ts'
import { validateLifecycle, validateProbes } from './probes.ts'
import { containerResources } from './resources.ts'
import { containerSecurity } from './security.ts'

/** What a container's rules need to know of its pod. */
export interface PodFacts {
  readonly spec: any
  readonly volumes: ReadonlyMap<string, any>
  readonly claims: readonly string[]
  readonly grace: number | undefined
  readonly hostUsers: boolean
}

const PULL = ['Always', 'IfNotPresent', 'Never']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const MESSAGES = ['File', 'FallbackToLogsOnError']

function ports(list: readonly any[], at: string): FieldError[] {
  const out: FieldError[] = []
  const names = new Set<string>()
  for (const [i, p] of list.entries()) {
    const field = `${at}[${i}]`
    if (p.name) {
      const wrong = portName(p.name)
      if (wrong.length > 0) out.push(...complaints(`${field}.name`, p.name, wrong))
      else if (names.has(p.name)) out.push(duplicate(`${field}.name`, p.name))
      else names.add(p.name)
    }
    if (!p.containerPort) out.push(required(`${field}.containerPort`))
    else out.push(...complaints(`${field}.containerPort`, p.containerPort, portNumber(p.containerPort)))
    if (p.hostPort) out.push(...complaints(`${field}.hostPort`, p.hostPort, portNumber(p.hostPort)))
    if (!PROTOCOLS.includes(p.protocol)) out.push(notSupported(`${field}.protocol`, p.protocol, PROTOCOLS))
  }
  return out
}

function resizePolicy(list: readonly any[], at: string, restartPolicy: string): FieldError[] {
  const out: FieldError[] = []
  const one = (value: string | undefined, valid: readonly string[]) => {
    if (!value) out.push(required(at))
    else if (!valid.includes(value)) out.push(notSupported(at, value, valid))
  }
  for (const [i, p] of list.entries()) {
    if (list.slice(0, i).some((q) => q.resourceName === p.resourceName)) out.push(duplicate(`${at}[${i}]`, p.resourceName))
    one(p.resourceName, ['cpu', 'memory'])
    one(p.restartPolicy, ['NotRequired', 'RestartContainer'])
    if (restartPolicy === 'Never' && p.restartPolicy !== 'NotRequired')
      out.push(invalid(at, p.restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"))
  }
  return out
}

/** validateContainerCommon. */
function common(c: any, at: string, pod: PodFacts): FieldError[] {
  const out: FieldError[] = c.name ? label(c.name, `${at}.name`) : [required(`${at}.name`)]
  if (!c.image) out.push(required(`${at}.image`))
  if (!MESSAGES.includes(c.terminationMessagePolicy))
    out.push(unsupported(`${at}.terminationMessagePolicy`, c.terminationMessagePolicy, MESSAGES))
  out.push(
    ...ports(c.ports ?? [], `${at}.ports`),
    ...validateEnv(c.env ?? [], `${at}.env`),
    ...validateEnvFrom(c.envFrom ?? [], `${at}.envFrom`),
    ...validateMounts(c, `${at}.volumeMounts`, pod.volumes),
    ...validateDevices(c, `${at}.volumeDevices`, pod.volumes),
  )
  if (!PULL.includes(c.imagePullPolicy)) out.push(notSupported(`${at}.imagePullPolicy`, c.imagePullPolicy, PULL))
  return [
    ...out,
    ...containerResources(c.resources, `${at}.resources`, pod.claims),
    ...resizePolicy(c.resizePolicy ?? [], `${at}.resizePolicy`, pod.spec.restartPolicy),
    ...containerSecurity(c.securityContext, `${at}.securityContext`, pod.hostUsers),
  ]
}

/** checkHostPortConflicts. */
function hostPorts(list: readonly any[], at: string): FieldError[] {
  const out: FieldError[] = []
  const taken = new Set<string>()
  for (const [i, c] of list.entries()) {
    for (const [j, p] of (c.ports ?? []).entries()) {
      if (!p.hostPort) continue
      const key = `${p.protocol}/${p.hostIP ?? ''}/${p.hostPort}`
      if (taken.has(key)) out.push(duplicate(`${at}[${i}].ports[${j}].hostPort`, key))
      taken.add(key)
    }
  }
  return out
}

const RESTARTS = ['Always', 'Never', 'OnFailure']

/** validateContainerRestartPolicy. */
function restartPolicy(c: any, at: string): FieldError[] {
  const rules: readonly any[] = c.restartPolicyRules ?? []
  const out: FieldError[] = []
  if (c.restartPolicy === undefined) {
    if (rules.length > 0) out.push(required(`${at}.restartPolicy`, 'must specify restartPolicy when restart rules are used'))
  } else if (!RESTARTS.includes(c.restartPolicy)) out.push(notSupported(`${at}.restartPolicy`, c.restartPolicy, RESTARTS))
  for (const [i, r] of rules.entries()) {
    const field = `${at}.restartPolicyRules[${i}]`
    if (r.action !== 'Restart') out.push(notSupported(`${field}.action`, r.action ?? '', ['Restart']))
    if (r.exitCodes === undefined) out.push(required(`${field}.exitCodes`, 'must be specified'))
    else if (!['In', 'NotIn'].includes(r.exitCodes.operator))
      out.push(notSupported(`${field}.exitCodes.operator`, r.exitCodes.operator ?? '', ['In', 'NotIn']))
  }
  return out
}

/** validateContainers. */
export function validateContainers(pod: PodFacts, at: string): FieldError[] {
  const list: readonly any[] = pod.spec.containers ?? []
  if (list.length === 0) return [required(at)]
  const out: FieldError[] = []
  const names = new Set<string>()
  for (const [i, c] of list.entries()) {
    const field = `${at}[${i}]`
    out.push(...common(c, field, pod))
    if (names.has(c.name ?? '')) out.push(duplicate(`${field}.name`, c.name ?? ''))
    names.add(c.name ?? '')
    if (c.lifecycle) out.push(...validateLifecycle(c.lifecycle, `${field}.lifecycle`, pod.grace, pod.spec.os?.name))
    out.push(...validateProbes(c, field, pod.grace), ...restartPolicy(c, field))
  }
  return [...out, ...hostPorts(list, at)]
}

/** validateInitContainers: those that restart always are sidecars, and may have probes. */
export function validateInitContainers(pod: PodFacts, at: string): FieldError[] {
  const out: FieldError[] = []
  const names = new Set<string>((pod.spec.containers ?? []).map((c: any) => c.name))
  for (const [i, c] of (pod.spec.initContainers ?? []).entries()) {
    const field = `${at}[${i}]`
    out.push(...common(c, field, pod))
    const sidecar = c.restartPolicy === 'Always'
    if (sidecar && (c.restartPolicyRules ?? []).length > 0) {
      const words = 'restartPolicyRules are not allowed for init containers with restart policy Always'
      out.push(forbiddenField(`${field}.restartPolicyRules`, words))
    } else if (!sidecar) out.push(...restartPolicy(c, field))
    if (names.has(c.name)) out.push(duplicate(`${field}.name`, c.name))
    else if (c.name) names.add(c.name)
    out.push(...hostPorts([c], at))
    if (sidecar) {
      if (c.lifecycle) out.push(...validateLifecycle(c.lifecycle, `${field}.lifecycle`, pod.grace, pod.spec.os?.name))
      out.push(...validateProbes(c, field, pod.grace))
    } else {
      for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'])
        if (c[name] !== undefined)
          out.push(forbiddenField(`${field}.${name}`, 'may not be set for init containers without restartPolicy=Always'))
    }
  }
  return out
}

/** Fields that an ephemeral container may not have, in the order of the Go struct. */
const NOT_EPHEMERAL = ['ports', 'resources', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle']
const CANNOT = 'cannot be set for an Ephemeral Container'

/** validateEphemeralContainers. */
export function validateEphemeralContainers(pod: PodFacts, at: string): FieldError[] {
  const out: FieldError[] = []
  const others = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])].map((c: any) => c.name)
  const names = new Set<string>(others)
  for (const [i, c] of (pod.spec.ephemeralContainers ?? []).entries()) {
    const field = `${at}[${i}]`
    out.push(...common(c, field, pod), ...trimmedImage(c, field))
    if (names.has(c.name)) out.push(duplicate(`${field}.name`, c.name))
    names.add(c.name)
    if (c.targetContainerName && !others.includes(c.targetContainerName))
      out.push(notFoundField(`${field}.targetContainerName`, c.targetContainerName))
    for (const name of NOT_EPHEMERAL) if (isSet(c[name])) out.push(forbiddenField(`${field}.${name}`, CANNOT))
    for (const [j, m] of (c.volumeMounts ?? []).entries())
      for (const name of ['subPath', 'subPathExpr'])
        if (m[name]) out.push(forbiddenField(`${field}.volumeMounts[${j}].${name}`, CANNOT))
  }
  return out
}

function isSet(value: unknown): boolean {
  return value !== undefined && Object.keys(value as object).length > 0
}

/** validateContainerOnlyForPod: templates are spared this. */
export function trimmedImage(c: any, at: string): FieldError[] {
  const image: string = c.image ?? ''
  return image === image.trim() ? [] : [invalid(`${at}.image`, image, 'must not have leading or trailing whitespace')]
}
