import type { KubeObject } from '../object.ts'
import {
  endpointSliceCreateWarnings,
  endpointSliceWarnings,
  validateEndpointSlice,
  validateEndpointSliceUpdate,
} from '../validation/endpointslice.ts'
import { created, type KindDescriptor } from './kind.ts'

interface SlicePort {
  readonly name?: string | null
  readonly port?: number | null
  readonly protocol?: string
}

/** Ports joined by commas, three at most; "<unset>" without ports (printers.go formatDiscoveryPorts). */
function portsText(ports: readonly SlicePort[] | undefined): string {
  const texts = (ports ?? []).map((p) => String(p.port ?? p.name ?? '*'))
  if (texts.length === 0) return '<unset>'
  return texts.length > 3 ? `${texts.slice(0, 3).join(',')} + ${texts.length - 3} more...` : texts.join(',')
}

function endpointsText(endpoints: readonly { readonly addresses?: readonly string[] }[] | undefined): string {
  const all = (endpoints ?? []).flatMap((e) => e.addresses ?? [])
  if (all.length === 0) return '<unset>'
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',')
}

/** discovery/v1 defaults: a port has a name and a protocol; neither list has omitempty, and conditions are no pointer. */
function defaults(object: KubeObject): KubeObject {
  const ports = ((object.ports ?? []) as readonly SlicePort[]).map((p) => ({
    ...p,
    name: p.name ?? '',
    protocol: p.protocol ?? 'TCP',
  }))
  const endpoints = ((object.endpoints ?? []) as readonly { readonly conditions?: object }[]).map((e) => ({
    ...e,
    conditions: e.conditions ?? {},
  }))
  return { ...object, endpoints: endpoints.length === 0 ? null : endpoints, ports: ports.length === 0 ? null : ports }
}

/** The topology of v1beta1 is not kept for writers of v1 (dropTopologyOnV1). */
function withoutTopology(object: KubeObject): KubeObject {
  type Endpoint = { readonly deprecatedTopology?: object }
  if (!(object.endpoints as readonly Endpoint[] | null)?.some((e) => e.deprecatedTopology !== undefined)) return object
  return { ...object, endpoints: object.endpoints.map(({ deprecatedTopology: _gone, ...e }: Endpoint) => e) }
}

export const endpointSlice: KindDescriptor = {
  resource: 'endpointslices.discovery.k8s.io',
  suite: 'kubectl',
  cells: (object, at) => [
    object.metadata.name,
    object.addressType,
    portsText(object.ports),
    endpointsText(object.endpoints),
    created(object, at),
  ],
  strategy: {
    name: 'subdomain',
    defaults,
    prepareCreate: withoutTopology,
    prepareUpdate: withoutTopology,
    validate: (object) => validateEndpointSlice(object),
    validateUpdate: validateEndpointSliceUpdate,
    generation: ['labels'],
    warnings: endpointSliceCreateWarnings,
    warningsUpdate: endpointSliceWarnings,
  },
}
