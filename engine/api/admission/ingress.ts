import type { KubeObject } from '../object.ts'
import type { WriteRequest } from '../write-context.ts'

const DEFAULT = 'ingressclass.kubernetes.io/is-default-class'
const FORMER = 'kubernetes.io/ingress.class'

/** DefaultIngressClass: an Ingress that names no class gets the newest of those marked as default. */
export function ingressClass({ context, kind, operation, object, options }: WriteRequest): KubeObject {
  if (kind.key !== 'ingresses.networking.k8s.io' || operation !== 'CREATE' || options.subresource !== undefined) return object
  if (object.spec?.ingressClassName !== undefined || object.metadata.annotations?.[FORMER] !== undefined) return object
  const marked = context.store
    .list('ingressclasses.networking.k8s.io')
    .filter((c) => c.metadata.annotations?.[DEFAULT] === 'true')
  const time = (c: KubeObject) => Date.parse(c.metadata.creationTimestamp ?? '')
  const [found] = [...marked].sort((a, b) => time(b) - time(a) || (a.metadata.name < b.metadata.name ? -1 : 1))
  return found === undefined ? object : { ...object, spec: { ...object.spec, ingressClassName: found.metadata.name } }
}
