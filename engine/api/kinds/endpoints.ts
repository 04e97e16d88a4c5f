import type { KubeObject } from '../object.ts'
import { endpointsWarnings, validateEndpoints } from '../validation/endpoints.ts'
import { created, type KindDescriptor } from './kind.ts'

interface Subset {
  readonly addresses?: readonly { readonly ip: string }[]
  readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol?: string }[]
}

/** At most three addresses, then "+ n more..."; empty when none is ready (printers.go formatEndpoints). */
function endpointsText(subsets: readonly Subset[] | undefined): string {
  if ((subsets ?? []).length === 0) return '<none>'
  const all: string[] = []
  for (const { addresses = [], ports = [] } of subsets ?? []) {
    if (ports.length === 0) for (const { ip } of addresses) all.push(ip)
    else
      for (const { port } of ports)
        for (const { ip } of addresses) all.push(ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)
  }
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',')
}

/** v1 defaults: a port without a protocol is TCP. */
function defaults(object: KubeObject): KubeObject {
  if (object.subsets === undefined) return object
  const subsets = (object.subsets as readonly Subset[]).map((s) =>
    s.ports === undefined ? s : { ...s, ports: s.ports.map((p) => ({ ...p, protocol: p.protocol ?? 'TCP' })) },
  )
  return { ...object, subsets }
}

export const endpoints: KindDescriptor = {
  resource: 'endpoints',
  suite: 'kubectl',
  cells: (object, at) => [object.metadata.name, endpointsText(object.subsets), created(object, at)],
  strategy: {
    name: 'subdomain',
    createOnUpdate: true,
    defaults,
    validate: (object) => validateEndpoints(object),
    validateUpdate: validateEndpoints,
    warnings: endpointsWarnings,
  },
}
