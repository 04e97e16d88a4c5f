import { serviceDefaults, serviceStatusDefaults } from '../defaults/service.ts'
import type { KubeObject } from '../object.ts'
import { trackAddresses } from '../service-addresses.ts'
import { allocateService, prepareServiceUpdate } from '../service-write.ts'
import { validateService, validateServiceStatus, validateServiceUpdate } from '../validation/service.ts'
import { serviceWarnings } from '../validation/service-warnings.ts'
import { created, formatLabels, type KindDescriptor } from './kind.ts'

interface Port {
  readonly port: number
  readonly nodePort?: number
  readonly protocol?: string
}

/** "80/TCP", "80:30080/TCP", joined by commas (printers.go makePortString). */
function portText(ports: readonly Port[] | undefined): string {
  if (ports === undefined || ports.length === 0) return '<none>'
  return ports.map((p) => `${p.port}${p.nodePort ? `:${p.nodePort}` : ''}/${p.protocol ?? 'TCP'}`).join(',')
}

/** What EXTERNAL-IP shows, by type (printers.go getServiceExternalIP). */
function externalIp(service: KubeObject): string {
  const { type, externalIPs = [], externalName } = service.spec
  if (type === 'ExternalName') return externalName
  if (type !== 'LoadBalancer') return externalIPs.length > 0 ? externalIPs.join(',') : '<none>'
  const ingress: readonly { ip?: string; hostname?: string }[] = service.status?.loadBalancer?.ingress ?? []
  const found = ingress.map((i) => i.ip || i.hostname || '').filter((text) => text !== '')
  if (externalIPs.length > 0) {
    const all = [...found, ...externalIPs]
    return all.join(',')
  }
  const unique = [...new Set(found)].sort().join(',')
  return unique === '' ? '<pending>' : unique
}

export const service: KindDescriptor = {
  resource: 'services',
  suite: 'kubectl',
  cells: (object, at) => [
    object.metadata.name,
    object.spec.type ?? '<none>',
    object.spec.clusterIP || '<none>',
    externalIp(object),
    portText(object.spec.ports),
    created(object, at),
    formatLabels(object.spec.selector),
  ],
  fields: { 'spec.clusterIP': (o) => o.spec?.clusterIP ?? '', 'spec.type': (o) => o.spec?.type ?? '' },
  strategy: {
    name: 'dns1035',
    createOnUpdate: true,
    returnsDeleted: true,
    defaults: serviceDefaults,
    // addresses and ports are handed out first, before anything is judged (registry store.go BeginCreate, BeginUpdate)
    prepareCreate: (object, context) => allocateService(context, object),
    prepareUpdate: (object, old, context) => prepareServiceUpdate(allocateService(context, object, old), old),
    afterCommit: trackAddresses,
    validate: (object) => validateService(object),
    validateUpdate: validateServiceUpdate,
    prepareStatus: serviceStatusDefaults,
    validateStatus: validateServiceStatus,
    status: true,
    initialStatus: { loadBalancer: {} },
    warnings: serviceWarnings,
  },
}
