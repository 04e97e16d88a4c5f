import type { KubeObject } from '../object.ts'
import { validateEndpointSlice, validateEndpointSliceUpdate } from '../validation/endpointslice.ts'
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

/** discovery/v1 defaults: a port has a name and a protocol. */
function defaults(object: KubeObject): KubeObject {
  if (!Array.isArray(object.ports)) return object
  return {
    ...object,
    ports: (object.ports as readonly SlicePort[]).map((p) => ({ ...p, name: p.name ?? '', protocol: p.protocol ?? 'TCP' })),
  }
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
    validate: validateEndpointSlice,
    validateUpdate: validateEndpointSliceUpdate,
    generation: ['labels'],
  },
}
