// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { duplicate, type FieldError, invalid, required } from '../../status.ts'
import { between, complaints, goStruct, label, subdomain, unsupported } from '../fields.ts'
import { dns1123Subdomain, validateLabels } from '../names.ts'
import { validateAffinity } from './affinity.ts'
import { type PodFacts, validateContainers, validateEphemeralContainers, validateInitContainers } from './containers.ts'
import { dnsConfig, dnsPolicy, hostAliases, hostnameOverride, hostnames } from './dns.ts'
import { validateOS } from './os.ts'
import { overhead, podResources as resources } from './resources.ts'
import { validateGates, validateSpread, validateTolerations } from './scheduling.ts'
import { hostUsers, podSecurity } from './security.ts'
import { validateVolumes } from './volumes.ts'

const RESTARTS = ['Always', 'OnFailure', 'Never']
const PREEMPTION = ['PreemptLowerPriority', 'Never']
const MAX_INT32 = 2147483647

/** validatePodResourceClaims. */
function resourceClaims(list: readonly any[], at: string): FieldError[] {
  const out: FieldError[] = []
  const names = new Set<string>()
  for (const [i, c] of list.entries()) {
    const field = `${at}[${i}]`
    if (!c.name) out.push(required(`${field}.name`))
    else if (names.has(c.name)) out.push(duplicate(`${field}.name`, c.name))
    else out.push(...label(c.name, `${field}.name`))
    names.add(c.name)
    const shown = goStruct({ name: '', ...c }, ['Name', 'ResourceClaimName', 'ResourceClaimTemplateName'])
    const { resourceClaimName: claim, resourceClaimTemplateName: template } = c
    if (claim !== undefined && template !== undefined)
      out.push(invalid(field, shown, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'))
    if (claim === undefined && template === undefined)
      out.push(invalid(field, shown, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'))
    if (claim !== undefined) out.push(...subdomain(claim, `${field}.resourceClaimName`))
    if (template !== undefined) out.push(...subdomain(template, `${field}.resourceClaimTemplateName`))
  }
  return out
}

/** validatePodHostNetworkDeps: in the host's network a container's port is the host's. */
function hostNetworkPorts(spec: any, at: string, isPod: boolean): FieldError[] {
  if (spec.hostNetwork !== true) return []
  const out: FieldError[] = []
  for (const [i, c] of (spec.containers ?? []).entries())
    for (const [j, p] of (c.ports ?? []).entries())
      if ((isPod || (p.hostPort ?? 0) !== 0) && (p.hostPort ?? 0) !== (p.containerPort ?? 0)) {
        const words = 'must match `containerPort` when `hostNetwork` is true'
        out.push(invalid(`${at}.containers[${i}].ports[${j}].hostPort`, p.hostPort ?? 0, words))
      }
  return out
}

/** Volumes that a file of environment variables may be read from (validateFileKeyRefVolumes). */
function fileKeyVolumes(spec: any, at: string): FieldError[] {
  const out: FieldError[] = []
  for (const kind of ['initContainers', 'containers', 'ephemeralContainers'])
    for (const [i, c] of (spec[kind] ?? []).entries())
      for (const [j, e] of (c.env ?? []).entries()) {
        const name = e.valueFrom?.fileKeyRef?.volumeName
        if (e.valueFrom?.fileKeyRef === undefined) continue
        const field = `${at}.${kind}[${i}].env[${j}].valueFrom.fileKeyRef.volumeName`
        const volume = (spec.volumes ?? []).find((v: any) => v.name === name)
        if (volume === undefined) out.push({ type: 'FieldValueNotFound', field, detail: '', value: { of: name ?? '' } })
        else if (volume.emptyDir === undefined) out.push(invalid(field, name, 'referenced volume must be of type emptyDir'))
      }
  return out
}

function choice(value: string | undefined, at: string, valid: readonly string[]): FieldError[] {
  if (!value) return [required(at)]
  return valid.includes(value) ? [] : [unsupported(at, value, valid)]
}

function names(spec: any, at: string): FieldError[] {
  const out: FieldError[] = []
  for (const name of ['serviceAccountName', 'nodeName'])
    if (spec[name]) out.push(...complaints(`${at}.${name}`, spec[name], dns1123Subdomain(spec[name])))
  const deadline = spec.activeDeadlineSeconds
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_INT32))
    out.push(invalid(`${at}.activeDeadlineSeconds`, deadline, between(1, MAX_INT32)))
  return [
    ...out,
    ...hostnames(spec, at),
    ...validateTolerations(spec.tolerations ?? [], `${at}.tolerations`),
    ...hostAliases(spec.hostAliases ?? [], `${at}.hostAliases`),
    ...(spec.priorityClassName ? subdomain(spec.priorityClassName, `${at}.priorityClassName`) : []),
    ...(spec.runtimeClassName === undefined ? [] : subdomain(spec.runtimeClassName, `${at}.runtimeClassName`)),
    ...(spec.preemptionPolicy === undefined ? [] : choice(spec.preemptionPolicy, `${at}.preemptionPolicy`, PREEMPTION)),
  ]
}

/** ValidatePodSpec, of a pod (whose name counts for its ephemeral volumes) or of a template. */
export function validateSpec(given: any, at: string, podName?: string): FieldError[] {
  const spec = given ?? {}
  const { errors, volumes } = validateVolumes(spec.volumes ?? [], `${at}.volumes`, podName ?? '')
  const claims: readonly any[] = spec.resourceClaims ?? []
  const grace: number | undefined = spec.terminationGracePeriodSeconds
  const pod: PodFacts = {
    spec,
    volumes,
    claims: claims.map((c) => c.name).filter((n) => n),
    grace,
    hostUsers: spec.hostUsers !== false,
  }
  return [
    ...(grace === undefined ? [required(`${at}.terminationGracePeriodSeconds`)] : []),
    ...errors,
    ...resourceClaims(claims, `${at}.resourceClaims`),
    ...validateContainers(pod, `${at}.containers`),
    ...validateInitContainers(pod, `${at}.initContainers`),
    ...validateEphemeralContainers(pod, `${at}.ephemeralContainers`),
    ...resources(spec, `${at}.resources`),
    ...hostNetworkPorts(spec, at, podName !== undefined),
    ...choice(spec.restartPolicy, `${at}.restartPolicy`, RESTARTS),
    ...dnsPolicy(spec.dnsPolicy, `${at}.dnsPolicy`),
    ...validateLabels(spec.nodeSelector, `${at}.nodeSelector`),
    ...podSecurity(spec, `${at}.securityContext`),
    ...validateAffinity(spec.affinity, `${at}.affinity`),
    ...dnsConfig(spec.dnsConfig, spec.dnsPolicy, `${at}.dnsConfig`),
    ...validateGates(spec, at),
    ...validateSpread(spec.topologySpreadConstraints ?? [], `${at}.topologySpreadConstraints`),
    ...hostUsers(spec, at),
    ...hostnameOverride(spec, at),
    ...names(spec, at),
    ...(spec.overhead === undefined ? [] : overhead(spec.overhead, `${at}.overhead`)),
    ...validateOS(spec, at),
    ...fileKeyVolumes(spec, at),
  ]
}
