import type { KubeObject } from '../object.ts'
import { validateIngressClass, validateIngressClassUpdate } from '../validation/ingressclass.ts'
import { created, type KindDescriptor } from './kind.ts'

/** "kind.group/name" of the parameters object. */
function parameters(object: KubeObject): string {
  const p = object.spec?.parameters
  if (p === undefined) return '<none>'
  return `${p.kind}${p.apiGroup ? `.${p.apiGroup}` : ''}/${p.name}`
}

/** networking/v1 defaults: parameters are the cluster's unless they say otherwise. */
function defaults(object: KubeObject): KubeObject {
  const parameters = object.spec?.parameters
  if (parameters === undefined || parameters.scope !== undefined) return object
  return { ...object, spec: { ...object.spec, parameters: { ...parameters, scope: 'Cluster' } } }
}

export const ingressClass: KindDescriptor = {
  resource: 'ingressclasses.networking.k8s.io',
  suite: 'kubectl',
  cells: (object, at) => [object.metadata.name, object.spec?.controller ?? '', parameters(object), created(object, at)],
  strategy: {
    name: 'subdomain',
    defaults,
    validate: validateIngressClass,
    validateUpdate: validateIngressClassUpdate,
    generation: [],
  },
}
