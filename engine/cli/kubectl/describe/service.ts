import { query } from '../rest.ts'
import type { Obj } from '../values.ts'
import type { Describer } from './describer.ts'
import { describeEvents } from './events.ts'
import { annotations, labels, mapSelector, orUnset } from './writer.ts'

export const service: Describer = {
  kind: 'Service',
  describe(out, object, tools) {
    const { metadata, spec, status = {} } = object
    out.field('Name', metadata.name).field('Namespace', metadata.namespace)
    labels(out, 'Labels', metadata.labels)
    annotations(out, 'Annotations', metadata.annotations)
    out.field('Selector', mapSelector(spec.selector)).field('Type', spec.type)
    if (spec.ipFamilyPolicy) out.field('IP Family Policy', spec.ipFamilyPolicy)
    out.field('IP Families', (spec.ipFamilies ?? []).join(',') || '<none>')
    out.field('IP', spec.clusterIP ?? '').field('IPs', (spec.clusterIPs ?? []).join(',') || '<none>')
    if ((spec.externalIPs ?? []).length > 0) out.field('External IPs', spec.externalIPs.join(','))
    if (spec.loadBalancerIP) out.field('Desired LoadBalancer IP', spec.loadBalancerIP)
    if (spec.externalName) out.field('External Name', spec.externalName)
    const ingress: readonly Obj[] = status.loadBalancer?.ingress ?? []
    if (ingress.length > 0) out.field('LoadBalancer Ingress', ingress.map(ingressText).join(', '))
    const slices = tools.list(
      `/apis/discovery.k8s.io/v1/namespaces/${metadata.namespace}/endpointslices${query({ labelSelector: `kubernetes.io/service-name=${metadata.name}` })}`,
    )
    for (const port of spec.ports ?? []) {
      const name = orUnset(port.name)
      out.field('Port', `${name}\t${port.port}/${port.protocol}`)
      out.field('TargetPort', `${port.targetPort ?? 0}/${port.protocol}`)
      if (port.nodePort) out.field('NodePort', `${name}\t${port.nodePort}/${port.protocol}`)
      out.field('Endpoints', endpointsText(slices, port))
    }
    out.field('Session Affinity', spec.sessionAffinity)
    if (spec.externalTrafficPolicy) out.field('External Traffic Policy', spec.externalTrafficPolicy)
    if (spec.internalTrafficPolicy) out.field('Internal Traffic Policy', spec.internalTrafficPolicy)
    if (spec.healthCheckNodePort) out.field('HealthCheck NodePort', spec.healthCheckNodePort)
    if ((spec.loadBalancerSourceRanges ?? []).length > 0)
      out.field('LoadBalancer Source Ranges', spec.loadBalancerSourceRanges.join(','))
    if (spec.trafficDistribution) out.field('Traffic Distribution', spec.trafficDistribution)
    describeEvents(out, object, tools)
  },
}

function ingressText(i: Obj): string {
  const mode = i.ipMode ? ` (${i.ipMode})` : ''
  return i.ip ? `${i.ip}${mode}` : (i.hostname ?? '')
}

/** Ready addresses behind one Service port: the first three, "+ n more..." beyond (formatEndpointSlices). */
function endpointsText(slices: readonly Obj[], port: Obj): string {
  const list: string[] = []
  let count = 0
  for (const slice of slices) {
    const ports: readonly Obj[] = slice.ports ?? []
    // A slice without ports stands for addresses alone (a target port that no pod has).
    if (ports.length === 0) {
      for (const address of ready(slice)) {
        if (list.length < 3) list.push(address)
        count++
      }
    }
    for (const p of ports) {
      if ((port.name ?? '') !== '' && (port.name ?? '') !== (p.name ?? '')) continue
      for (const address of ready(slice)) {
        if (list.length < 3) list.push(joinHostPort(address, p.port))
        count++
      }
    }
  }
  const text = list.join(',')
  return count > 3 ? `${text} + ${count - 3} more...` : text
}

function ready(slice: Obj): string[] {
  return (slice.endpoints ?? []).filter((e: Obj) => e.conditions?.ready !== false).map((e: Obj) => e.addresses[0])
}

export function joinHostPort(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
