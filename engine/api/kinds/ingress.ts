import type { KubeObject } from '../object.ts'
import { CLASS_ANNOTATION, validateIngress, validateIngressCreate, validateIngressStatus } from '../validation/ingress.ts'
import type { WriteContext } from '../write-context.ts'
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

/** A rule without a host has none, however it is written (omitempty). */
function withoutEmptyHosts(object: KubeObject): KubeObject {
  const rules: readonly { readonly host?: string }[] = object.spec?.rules ?? []
  if (!rules.some((rule) => rule.host === '')) return object
  return { ...object, spec: { ...object.spec, rules: rules.map(({ host, ...rule }) => (host ? { host, ...rule } : rule)) } }
}

const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class'

/** DefaultIngressClass: the newest class that is marked as the default, the first by name among equals. */
function defaultClass(context: WriteContext, object: KubeObject): KubeObject {
  if (object.spec?.ingressClassName !== undefined || object.metadata.annotations?.[CLASS_ANNOTATION] !== undefined) return object
  const marked = context.store
    .list('ingressclasses.networking.k8s.io')
    .filter((c) => c.metadata.annotations?.[DEFAULT_CLASS] === 'true')
  const age = (c: KubeObject) => Date.parse(c.metadata.creationTimestamp ?? '')
  const [chosen] = [...marked].sort((a, b) => age(b) - age(a) || (a.metadata.name < b.metadata.name ? -1 : 1))
  if (chosen === undefined) return object
  return { ...object, spec: { ...object.spec, ingressClassName: chosen.metadata.name } }
}

function warnings(object: KubeObject): string[] {
  if (object.metadata.annotations?.[CLASS_ANNOTATION] === undefined || object.spec.ingressClassName !== undefined) return []
  return [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`]
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
  strategy: {
    name: 'subdomain',
    defaults: withoutEmptyHosts,
    prepareCreate: (object, context) => defaultClass(context, object),
    validate: validateIngressCreate,
    validateUpdate: validateIngress,
    validateStatus: validateIngressStatus,
    status: true,
    initialStatus: { loadBalancer: {} },
    generation: [],
    warnings,
    warningsUpdate: () => [],
  },
}
