import { query } from '../rest.ts'
import type { Obj } from '../values.ts'
import type { Describer, DescribeTools } from './describer.ts'
import { describeEvents } from './events.ts'
import { joinHostPort } from './service.ts'
import { annotations, type Lines, labels } from './writer.ts'

export const ingress: Describer = {
  kind: 'Ingress.networking.k8s.io',
  describe(out, object, tools) {
    const { metadata, spec, status = {} } = object
    out.field('Name', metadata.name)
    labels(out, 'Labels', metadata.labels)
    out.field('Namespace', metadata.namespace)
    const addresses = (status.loadBalancer?.ingress ?? []).map((i: Obj) => i.ip ?? i.hostname ?? '')
    out.field('Address', addresses.join(','))
    out.field('Ingress Class', spec.ingressClassName ?? '<none>')
    out.field('Default backend', spec.defaultBackend ? backendText(spec.defaultBackend, metadata.namespace, tools) : '<default>')
    if ((spec.tls ?? []).length > 0) {
      out.line('TLS:')
      for (const t of spec.tls) {
        const hosts = (t.hosts ?? []).join(',')
        out.at(1, t.secretName ? `${t.secretName} terminates ${hosts}\n` : `SNI routes ${hosts}\n`)
      }
    }
    rules(out, object, tools)
    annotations(out, 'Annotations', metadata.annotations)
    describeEvents(out, object, tools)
  },
}

function rules(out: Lines, object: Obj, tools: DescribeTools): void {
  out.line('Rules:').at(1, 'Host\tPath\tBackends\n').at(1, '----\t----\t--------\n')
  let count = 0
  for (const rule of object.spec.rules ?? []) {
    if (!rule.http) continue
    count++
    out.at(1, `${rule.host || '*'}\t\n`)
    for (const path of rule.http.paths)
      out.at(2, `\t${path.path ?? ''} \t${backendText(path.backend, object.metadata.namespace, tools)}\n`)
  }
  if (count === 0)
    out.at(
      1,
      `*\t*\t${object.spec.defaultBackend ? backendText(object.spec.defaultBackend, object.metadata.namespace, tools) : '<default>'}\n`,
    )
}

function backendText(backend: Obj, namespace: string, tools: DescribeTools): string {
  if (backend.resource) {
    const { apiGroup, kind, name } = backend.resource
    return `APIGroup: ${apiGroup ?? '<none>'}, Kind: ${kind}, Name: ${name}`
  }
  const { name, port } = backend.service
  const wanted = port?.name ?? port?.number ?? ''
  return `${name}:${wanted} (${endpointsOf(name, wanted, namespace, tools)})`
}

function endpointsOf(name: string, wanted: string | number, namespace: string, tools: DescribeTools): string {
  const service = tools.find(`/api/v1/namespaces/${namespace}/services/${name}`)
  if (service === undefined) return `<error: services "${name}" not found>`
  const port = (service.spec.ports ?? []).find((p: Obj) => (typeof wanted === 'string' ? p.name === wanted : p.port === wanted))
  const slices = tools.list(
    `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices${query({ labelSelector: `kubernetes.io/service-name=${name}` })}`,
  )
  const list: string[] = []
  for (const slice of slices) {
    for (const p of slice.ports ?? []) {
      if (port !== undefined && (port.name ?? '') !== (p.name ?? '')) continue
      for (const e of slice.endpoints ?? []) if (e.conditions?.ready !== false) list.push(joinHostPort(e.addresses[0], p.port))
    }
  }
  const shown = list.slice(0, 3).join(',')
  return list.length > 3 ? `${shown} + ${list.length - 3} more...` : shown
}

export const ingressClass: Describer = {
  kind: 'IngressClass.networking.k8s.io',
  describe(out, object, tools) {
    out.field('Name', object.metadata.name)
    labels(out, 'Labels', object.metadata.labels)
    annotations(out, 'Annotations', object.metadata.annotations)
    out.field('Controller', object.spec.controller ?? '')
    const p = object.spec.parameters
    if (p) {
      out.line('Parameters:')
      if (p.apiGroup) out.at(1, `APIGroup:\t${p.apiGroup}\n`)
      out.at(1, `Kind:\t${p.kind}\n`).at(1, `Name:\t${p.name}\n`)
    }
    describeEvents(out, object, tools)
  },
}
