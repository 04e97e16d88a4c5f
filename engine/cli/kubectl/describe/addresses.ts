import type { Describer } from './describer.ts'
import { describeEvents } from './events.ts'
import { annotations, labels, rfc1123 } from './writer.ts'

export const serviceCIDR: Describer = {
  kind: 'ServiceCIDR.networking.k8s.io',
  describe(out, object, tools) {
    out.field('Name', object.metadata.name)
    labels(out, 'Labels', object.metadata.labels)
    annotations(out, 'Annotations', object.metadata.annotations)
    out.field('CIDRs', (object.spec?.cidrs ?? []).join(', '))
    const conditions = object.status?.conditions ?? []
    if (conditions.length > 0) {
      out.line('Status:').line('Conditions:')
      out.at(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage\n')
      out.at(1, '----\t------\t------------------\t------\t-------\n')
      for (const c of conditions)
        out.at(1, `${c.type}\t${c.status}\t${rfc1123(c.lastTransitionTime)}\t${c.reason ?? ''}\t${c.message ?? ''}\n`)
    }
    describeEvents(out, object, tools)
  },
}

export const ipAddress: Describer = {
  kind: 'IPAddress.networking.k8s.io',
  describe(out, object, tools) {
    out.field('Name', object.metadata.name)
    labels(out, 'Labels', object.metadata.labels)
    annotations(out, 'Annotations', object.metadata.annotations)
    const parent = object.spec?.parentRef
    if (parent) {
      out
        .line('Parent Reference:')
        .at(1, `Group:\t${parent.group ?? ''}\n`)
        .at(1, `Resource:\t${parent.resource ?? ''}\n`)
      out.at(1, `Namespace:\t${parent.namespace ?? ''}\n`).at(1, `Name:\t${parent.name ?? ''}\n`)
    }
    describeEvents(out, object, tools)
  },
}
