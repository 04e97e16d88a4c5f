import type { KubeObject } from '../object.ts'
import { created, type KindDescriptor } from './kind.ts'

/** Up to three hosts; "*" when no rule names one (printers.go formatHosts). */
function hosts(ingress: KubeObject): string {
  const list: string[] = (ingress.spec?.rules ?? []).map((r: { host?: string }) => r.host ?? '').filter((h: string) => h !== '')
  if (list.length === 0) return '*'
  return list.length > 3 ? `${list.slice(0, 3).join(',')} + ${list.length - 3} more...` : list.join(',')
}

function address(ingress: KubeObject): string {
  const list: readonly { ip?: string; hostname?: string }[] = ingress.status?.loadBalancer?.ingress ?? []
  return [...new Set(list.map((i) => i.ip || i.hostname || '').filter((t) => t !== ''))].sort().join(',')
}

export const ingress: KindDescriptor = {
  resource: 'ingresses.networking.k8s.io',
  suite: 'kubectl',
  cells: (object, at) => [
    object.metadata.name,
    object.spec?.ingressClassName ?? '<none>',
    hosts(object),
    address(object),
    (object.spec?.tls ?? []).length > 0 ? '80, 443' : '80',
    created(object, at),
  ],
}
