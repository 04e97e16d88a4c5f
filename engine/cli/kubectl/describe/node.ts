import { formatQuantity, parseQuantity, type Quantity } from '../../../base/quantity.ts'
import { query } from '../rest.ts'
import { type Obj, sortedKeys } from '../values.ts'
import type { Describer, DescribeTools } from './describer.ts'
import { eventsOf, eventTable } from './events.ts'
import { podTotal } from './namespace.ts'
import { annotations, type Lines, labels, rfc1123 } from './writer.ts'

export const node: Describer = {
  kind: 'Node',
  describe(out, object, tools) {
    const { metadata, spec = {}, status = {} } = object
    out.field('Name', metadata.name).field('Roles', rolesOf(metadata.labels ?? {}))
    labels(out, 'Labels', metadata.labels)
    annotations(out, 'Annotations', metadata.annotations)
    out.field('CreationTimestamp', rfc1123(metadata.creationTimestamp))
    taints(out, spec.taints ?? [])
    out.field('Unschedulable', spec.unschedulable === true)
    lease(out, tools.find(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${metadata.name}`), metadata.name)
    conditions(out, status.conditions ?? [])
    out.line('Addresses:')
    for (const a of status.addresses ?? []) out.at(1, `${a.type}:\t${a.address}\n`)
    for (const [title, map] of [
      ['Capacity', status.capacity],
      ['Allocatable', status.allocatable],
    ] as const) {
      if (Object.keys(map ?? {}).length === 0) continue
      out.line(`${title}:`)
      for (const name of sortedKeys(map)) out.at(1, `${name}:\t${map[name]}\n`)
    }
    systemInfo(out, status.nodeInfo ?? {})
    if (spec.podCIDR) out.field('PodCIDR', spec.podCIDR)
    if ((spec.podCIDRs ?? []).length > 0) out.field('PodCIDRs', spec.podCIDRs.join(','))
    if (spec.providerID) out.field('ProviderID', spec.providerID)
    const fields = `spec.nodeName=${metadata.name},status.phase!=Failed,status.phase!=Succeeded`
    pods(out, tools.list(`/api/v1/pods${query({ fieldSelector: fields, limit: '500' })}`), object, tools)
    if (tools.showEvents) {
      // Controllers refer to the node's UID, kubelets to its name.
      eventTable(out, [...eventsOf(object, tools), ...eventsOf(object, tools, { uid: metadata.name })], tools)
    }
  },
}

function rolesOf(map: Readonly<Record<string, string>>): string {
  const roles = new Set<string>()
  for (const [key, value] of Object.entries(map)) {
    if (key.startsWith('node-role.kubernetes.io/')) {
      const role = key.slice('node-role.kubernetes.io/'.length)
      if (role !== '') roles.add(role)
    } else if (key === 'kubernetes.io/role' && value !== '') roles.add(value)
  }
  return roles.size === 0 ? '<none>' : [...roles].sort().join(',')
}

function taints(out: Lines, list: readonly Obj[]): void {
  if (list.length === 0) out.field('Taints', '<none>')
  const sorted = [...list].sort((x, y) => (`${x.effect},${x.key}` < `${y.effect},${y.key}` ? -1 : 1))
  for (const [i, t] of sorted.entries()) {
    out.at(0, `${i === 0 ? 'Taints:' : ''}\t${t.key}${t.value ? `=${t.value}` : ''}:${t.effect}\n`)
  }
}

function lease(out: Lines, object: Obj, name: string): void {
  if (object === undefined) {
    out.at(0, `Lease:\tFailed to get lease: leases.coordination.k8s.io "${name}" not found\n`)
    return
  }
  const { holderIdentity, acquireTime, renewTime } = object.spec ?? {}
  out.line('Lease:')
  out.at(1, `HolderIdentity:\t${holderIdentity ?? '<unset>'}\n`)
  out.at(1, `AcquireTime:\t${acquireTime ? rfc1123(acquireTime) : '<unset>'}\n`)
  out.at(1, `RenewTime:\t${renewTime ? rfc1123(renewTime) : '<unset>'}\n`)
}

function conditions(out: Lines, list: readonly Obj[]): void {
  if (list.length === 0) return
  out.line('Conditions:').at(1, 'Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n')
  out.at(1, '----\t------\t-----------------\t------------------\t------\t-------\n')
  const when = (t: string | undefined) => (t ? rfc1123(t) : 'Mon, 01 Jan 0001 00:00:00 +0000')
  for (const c of list)
    out.at(
      1,
      `${c.type} \t${c.status} \t${when(c.lastHeartbeatTime)} \t${when(c.lastTransitionTime)} \t${c.reason ?? ''} \t${c.message ?? ''}\n`,
    )
}

const INFO: readonly (readonly [string, string])[] = [
  ['Machine ID', 'machineID'],
  ['System UUID', 'systemUUID'],
  ['Boot ID', 'bootID'],
  ['Kernel Version', 'kernelVersion'],
  ['OS Image', 'osImage'],
  ['Operating System', 'operatingSystem'],
  ['Architecture', 'architecture'],
  ['Container Runtime Version', 'containerRuntimeVersion'],
  ['Kubelet Version', 'kubeletVersion'],
  ['Kube-Proxy Version', 'kubeProxyVersion'],
]

function systemInfo(out: Lines, info: Obj): void {
  out.line('System Info:')
  for (const [title, key] of INFO) out.at(1, `${title}:\t${info[key] ?? ''}\n`)
}

type Totals = Record<string, Quantity>

function pods(out: Lines, list: readonly Obj[], node: Obj, tools: DescribeTools): void {
  out.line(`Non-terminated Pods:\t(${list.length} in total)`)
  out.at(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n')
  out.at(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n')
  const allocatable =
    Object.keys(node.status?.allocatable ?? {}).length > 0 ? node.status.allocatable : (node.status?.capacity ?? {})
  const requests: Totals = {}
  const limits: Totals = {}
  const share = (total: Totals, name: string) => {
    const q = total[name] ?? { value: 0, format: 'decimal' }
    const whole = parseQuantity(String(allocatable[name] ?? '0'))?.value ?? 0
    return `${formatQuantity(q)} (${whole === 0 ? 0 : Math.trunc((q.value / whole) * 100)}%)`
  }
  for (const pod of list) {
    const wanted = podTotal(pod, 'requests')
    const allowed = podTotal(pod, 'limits')
    sum(requests, wanted)
    sum(limits, allowed)
    const cells = [
      share(wanted, 'cpu'),
      share(allowed, 'cpu'),
      share(wanted, 'memory'),
      share(allowed, 'memory'),
      tools.age(pod.metadata.creationTimestamp),
    ]
    out.at(1, `${pod.metadata.namespace}\t${pod.metadata.name}\t\t${cells.join('\t')}\n`)
  }
  out.line('Allocated resources:').at(1, '(Total limits may be over 100 percent, i.e., overcommitted.)\n')
  out.at(1, 'Resource\tRequests\tLimits\n').at(1, '--------\t--------\t------\n')
  for (const name of ['cpu', 'memory', 'ephemeral-storage'])
    out.at(1, `${name}\t${share(requests, name)}\t${share(limits, name)}\n`)
  const extended = sortedKeys(allocatable).filter((n) => n.startsWith('hugepages-'))
  for (const name of extended) out.at(1, `${name}\t${share(requests, name)}\t${share(limits, name)}\n`)
  const others = sortedKeys(allocatable).filter((n) => n.includes('/') && !n.startsWith('hugepages-'))
  for (const name of others)
    out.at(1, `${name}\t${formatQuantity(requests[name] ?? zero)}\t${formatQuantity(limits[name] ?? zero)}\n`)
}

const zero: Quantity = { value: 0, format: 'decimal' }

function sum(into: Totals, part: Totals): void {
  for (const [name, q] of Object.entries(part)) {
    const held = into[name]
    into[name] = held === undefined || held.value === 0 ? q : { value: held.value + q.value, format: held.format }
  }
}
