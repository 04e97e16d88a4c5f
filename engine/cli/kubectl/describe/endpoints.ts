import type { Obj } from '../values.ts'
import type { Describer } from './describer.ts'
import { describeEvents } from './events.ts'
import { annotations, type Lines, labels, orUnset } from './writer.ts'

export const endpoints: Describer = {
  kind: 'Endpoints',
  describe(out, object, tools) {
    const { metadata } = object
    out.field('Name', metadata.name).field('Namespace', metadata.namespace)
    labels(out, 'Labels', metadata.labels)
    annotations(out, 'Annotations', metadata.annotations)
    out.line('Subsets:')
    for (const subset of object.subsets ?? []) {
      const text = (list: readonly Obj[] | undefined) => (list ?? []).map((a) => a.ip).join(',') || '<none>'
      out.at(1, `Addresses:\t${text(subset.addresses)}\n`)
      out.at(1, `NotReadyAddresses:\t${text(subset.notReadyAddresses)}\n`)
      if ((subset.ports ?? []).length > 0) {
        out.at(1, 'Ports:\n')
        ports(out, subset.ports)
      }
      out.at(0, '\n')
    }
    describeEvents(out, object, tools)
  },
}

function ports(out: Lines, list: readonly Obj[]): void {
  out.at(2, 'Name\tPort\tProtocol\n').at(2, '----\t----\t--------\n')
  for (const p of list) out.at(2, `${orUnset(p.name)}\t${p.port}\t${p.protocol}\n`)
}

export const endpointSlice: Describer = {
  kind: 'EndpointSlice.discovery.k8s.io',
  describe(out, object, tools) {
    const { metadata } = object
    out.field('Name', metadata.name).field('Namespace', metadata.namespace)
    labels(out, 'Labels', metadata.labels)
    annotations(out, 'Annotations', metadata.annotations)
    out.field('AddressType', object.addressType)
    if ((object.ports ?? []).length === 0) out.line('Ports: <unset>')
    else {
      out.line('Ports:').at(1, 'Name\tPort\tProtocol\n').at(1, '----\t----\t--------\n')
      for (const p of object.ports) out.at(1, `${orUnset(p.name)}\t${p.port ?? '<unset>'}\t${p.protocol}\n`)
    }
    if ((object.endpoints ?? []).length === 0) out.line('Endpoints: <none>')
    else {
      out.line('Endpoints:')
      for (const e of object.endpoints) endpoint(out, e)
    }
    describeEvents(out, object, tools)
  },
}

function endpoint(out: Lines, e: Obj): void {
  out.at(1, `- Addresses:\t${(e.addresses ?? []).join(', ')}\n`)
  out.at(2, 'Conditions:\n').at(3, `Ready:\t${e.conditions?.ready ?? '<unset>'}\n`)
  out.at(2, `Hostname:\t${orUnset(e.hostname)}\n`)
  if (e.targetRef) out.at(2, `TargetRef:\t${e.targetRef.kind}/${e.targetRef.name}\n`)
  out.at(2, `NodeName:\t${orUnset(e.nodeName)}\n`).at(2, `Zone:\t${orUnset(e.zone)}\n`)
  const topology = Object.entries(e.deprecatedTopology ?? {})
  if (topology.length > 0) {
    out.at(2, 'Topology:\n')
    for (const [key, value] of topology) out.at(3, `${key}:\t${value}\n`)
  }
}
