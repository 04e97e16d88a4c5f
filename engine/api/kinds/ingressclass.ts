import type { KubeObject } from '../object.ts'
import { created, type KindDescriptor } from './kind.ts'

/** "kind.group/name" of the parameters object. */
function parameters(object: KubeObject): string {
  const p = object.spec?.parameters
  if (p === undefined) return '<none>'
  return `${p.kind}${p.apiGroup ? `.${p.apiGroup}` : ''}/${p.name}`
}

export const ingressClass: KindDescriptor = {
  resource: 'ingressclasses.networking.k8s.io',
  suite: 'kubectl',
  cells: (object, at) => [object.metadata.name, object.spec?.controller ?? '', parameters(object), created(object, at)],
}
