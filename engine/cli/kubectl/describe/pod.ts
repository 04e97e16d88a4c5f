import type { Obj } from '../values.ts'
import { describeContainers, describeResources, podResolver } from './containers.ts'
import type { Describer } from './describer.ts'
import { describeEvents } from './events.ts'
import { spreadConstraints, tolerations } from './template.ts'
import { describeVolumes } from './volumes.ts'
import { annotations, type Lines, labels, rfc1123 } from './writer.ts'

export const pod: Describer = {
  kind: 'Pod',
  describe(out, object, tools) {
    const { metadata, spec, status = {} } = object
    const { minor } = tools.call
    head(out, object)
    labels(out, 'Labels', metadata.labels)
    annotations(out, 'Annotations', metadata.annotations)
    phase(out, object, (t) => tools.age(t))
    out.field('IP', status.podIP ?? '')
    addresses(out, status.podIPs ?? [])
    const owner = (metadata.ownerReferences ?? []).find((o: Obj) => o.controller)
    if (owner) out.field('Controlled By', `${owner.kind}/${owner.name}`)
    if (status.nominatedNodeName) out.field('NominatedNodeName', status.nominatedNodeName)
    if (spec.resources) {
      out.line('Resources:')
      describeResources(out, spec.resources, 1)
    }
    const resolve = podResolver(object)
    if ((spec.initContainers ?? []).length > 0) {
      describeContainers(out, 'Init Containers', spec.initContainers, {
        statuses: status.initContainerStatuses ?? [],
        resolve,
        minor,
      })
    }
    describeContainers(out, 'Containers', spec.containers, { statuses: status.containerStatuses ?? [], resolve, minor })
    if ((spec.ephemeralContainers ?? []).length > 0) {
      describeContainers(out, 'Ephemeral Containers', spec.ephemeralContainers, {
        statuses: status.ephemeralContainerStatuses ?? [],
        resolve,
        minor,
      })
    }
    gates(out, object)
    if ((status.conditions ?? []).length > 0) {
      out.line('Conditions:').at(1, 'Type\tStatus\n')
      for (const c of status.conditions) out.at(1, `${c.type} \t${c.status} \n`)
    }
    describeVolumes(out, spec.volumes, '')
    out.field('QoS Class', status.qosClass ?? '')
    labels(out, 'Node-Selectors', spec.nodeSelector)
    tolerations(out, 'Tolerations', spec.tolerations)
    spreadConstraints(out, spec.topologySpreadConstraints, '')
    const mirror = metadata.annotations?.['kubernetes.io/config.mirror']
    describeEvents(out, object, tools, { kind: '', ...(mirror === undefined ? {} : { uid: mirror }) })
  },
}

function head(out: Lines, object: Obj): void {
  const { metadata, spec, status = {} } = object
  out.field('Name', metadata.name).field('Namespace', metadata.namespace)
  if (spec.priority !== undefined) out.field('Priority', spec.priority)
  if (spec.priorityClassName) out.field('Priority Class Name', spec.priorityClassName)
  if (spec.runtimeClassName) out.field('Runtime Class Name', spec.runtimeClassName)
  if (spec.serviceAccountName) out.field('Service Account', spec.serviceAccountName)
  out.field('Node', spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ''}` : '<none>')
  if (status.startTime) out.field('Start Time', rfc1123(status.startTime))
}

function phase(out: Lines, object: Obj, age: (t: string) => string): void {
  const { metadata, spec, status = {} } = object
  if (metadata.deletionTimestamp && status.phase !== 'Failed' && status.phase !== 'Succeeded') {
    out.field('Status', `Terminating (lasts ${age(metadata.deletionTimestamp)})`)
    out.field('Termination Grace Period', `${metadata.deletionGracePeriodSeconds ?? 0}s`)
  } else out.field('Status', status.phase ?? '')
  if (status.reason) out.field('Reason', status.reason)
  if (status.message) out.field('Message', status.message)
  const seccomp = spec.securityContext?.seccompProfile
  if (seccomp) {
    out.field('SeccompProfile', seccomp.type)
    if (seccomp.type === 'Localhost') out.field('LocalhostProfile', seccomp.localhostProfile)
  }
}

function addresses(out: Lines, list: readonly Obj[]): void {
  if (list.length === 0) out.field('IPs', '<none>')
  else out.line('IPs:')
  for (const item of list) out.at(1, `IP:\t${item.ip}\n`)
}

function gates(out: Lines, object: Obj): void {
  const list: readonly Obj[] = object.spec.readinessGates ?? []
  if (list.length === 0) return
  out.line('Readiness Gates:').at(1, 'Type\tStatus\n')
  for (const gate of list) {
    const condition = (object.status?.conditions ?? []).find((c: Obj) => c.type === gate.conditionType)
    out.at(1, `${gate.conditionType} \t${condition?.status ?? '<none>'} \n`)
  }
}
