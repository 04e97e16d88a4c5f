import type { Obj } from '../values.ts'
import type { Describer } from './describer.ts'
import { describeEvents } from './events.ts'
import { annotations, formatSelector, type Lines, labels } from './writer.ts'

const SELECTED = '<none> (Allowing the specific traffic to all pods in this namespace)'

export const networkPolicy: Describer = {
  kind: 'NetworkPolicy.networking.k8s.io',
  describe(out, object) {
    const { metadata, spec } = object
    out.field('Name', metadata.name).field('Namespace', metadata.namespace)
    out.field('Created on', `${metadata.creationTimestamp.replace('T', ' ').replace('Z', '')} +0000 UTC`)
    labels(out, 'Labels', metadata.labels)
    annotations(out, 'Annotations', metadata.annotations)
    out.line('Spec:')
    const selector = formatSelector(spec.podSelector)
    out.at(1, `PodSelector:     ${selector === '<none>' ? SELECTED : selector}\n`)
    const types: readonly string[] = spec.policyTypes ?? []
    for (const [type, word, rules, side] of [
      ['Ingress', 'ingress', spec.ingress, 'From'],
      ['Egress', 'egress', spec.egress, 'To'],
    ] as const) {
      if (!types.includes(type)) {
        out.at(1, `Not affecting ${word} traffic\n`)
        continue
      }
      out.at(1, `Allowing ${word} traffic:\n`)
      if ((rules ?? []).length === 0) {
        out.at(2, `<none> (Selected pods are isolated for ${word} connectivity)\n`)
        continue
      }
      rules.forEach((rule: Obj, i: number) => {
        rulePorts(out, rule.ports)
        peers(out, side === 'From' ? rule.from : rule.to, side)
        if (i < rules.length - 1) out.at(2, '----------\n')
      })
    }
    out.at(1, `Policy Types: ${types.join(', ')}\n`)
  },
}

function rulePorts(out: Lines, list: readonly Obj[] | undefined): void {
  if (list === undefined || list.length === 0) {
    out.at(2, 'To Port: <any> (traffic allowed to all ports)\n')
    return
  }
  for (const p of list) {
    const protocol = p.protocol ?? 'TCP'
    if (p.endPort === undefined) out.at(2, `To Port: ${p.port ?? '<nil>'}/${protocol}\n`)
    else out.at(2, `To Port Range: ${p.port}-${p.endPort}/${protocol}\n`)
  }
}

function peers(out: Lines, list: readonly Obj[] | undefined, side: 'From' | 'To'): void {
  if (list === undefined || list.length === 0) {
    out.at(
      2,
      side === 'From'
        ? 'From: <any> (traffic not restricted by source)\n'
        : 'To: <any> (traffic not restricted by destination)\n',
    )
    return
  }
  for (const peer of list) {
    out.at(2, `${side}:\n`)
    if (peer.namespaceSelector) out.at(3, `NamespaceSelector: ${formatSelector(peer.namespaceSelector)}\n`)
    if (peer.podSelector) out.at(3, `PodSelector: ${formatSelector(peer.podSelector)}\n`)
    if (peer.ipBlock) {
      out
        .at(3, 'IPBlock:\n')
        .at(4, `CIDR: ${peer.ipBlock.cidr}\n`)
        .at(4, `Except: ${(peer.ipBlock.except ?? []).join(', ')}\n`)
    }
  }
}

export const podDisruptionBudget: Describer = {
  kind: 'PodDisruptionBudget.policy',
  describe(out, object, tools) {
    const { metadata, spec, status = {} } = object
    out.field('Name', metadata.name).field('Namespace', metadata.namespace)
    if (spec.minAvailable !== undefined) out.field('Min available', spec.minAvailable)
    else if (spec.maxUnavailable !== undefined) out.field('Max unavailable', spec.maxUnavailable)
    out.field('Selector', spec.selector ? formatSelector(spec.selector) : '<unset>')
    out.line('Status:')
    out.at(2, `Allowed disruptions:\t${status.disruptionsAllowed ?? 0}\n`)
    out.at(2, `Current:\t${status.currentHealthy ?? 0}\n`)
    out.at(2, `Desired:\t${status.desiredHealthy ?? 0}\n`)
    out.at(2, `Total:\t${status.expectedPods ?? 0}\n`)
    describeEvents(out, object, tools)
  },
}

export const priorityClass: Describer = {
  kind: 'PriorityClass.scheduling.k8s.io',
  describe(out, object, tools) {
    out
      .field('Name', object.metadata.name)
      .field('Value', object.value)
      .field('GlobalDefault', object.globalDefault === true)
    out.field('PreemptionPolicy', object.preemptionPolicy ?? '').field('Description', object.description ?? '')
    annotations(out, 'Annotations', object.metadata.annotations)
    describeEvents(out, object, tools)
  },
}
