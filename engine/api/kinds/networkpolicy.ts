import type { KubeObject } from '../object.ts'
import { networkPolicyWarnings, validateNetworkPolicy, validateNetworkPolicyUpdate } from '../validation/networkpolicy.ts'
import { created, formatSelector, type KindDescriptor } from './kind.ts'

interface Rule {
  readonly ports?: readonly { readonly protocol?: string }[]
}

/** networking/v1 defaults: ports are TCP, and rules say which direction a policy is for. */
function defaults(object: KubeObject): KubeObject {
  const spec = object.spec ?? {}
  const withProtocols = (rules: readonly Rule[] | undefined) =>
    rules?.map((rule) =>
      rule?.ports === undefined ? rule : { ...rule, ports: rule.ports.map((p) => ({ ...p, protocol: p.protocol ?? 'TCP' })) },
    )
  const { ingress, egress } = spec
  const implied = (egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
  return {
    ...object,
    spec: {
      ...spec,
      podSelector: spec.podSelector ?? {},
      ...(ingress === undefined ? {} : { ingress: withProtocols(ingress) }),
      ...(egress === undefined ? {} : { egress: withProtocols(egress) }),
      policyTypes: (spec.policyTypes ?? []).length > 0 ? spec.policyTypes : implied,
    },
  }
}

/** Objects and their rules; whether packets are held to them is the CNI plugin's business. */
export const networkPolicy: KindDescriptor = {
  resource: 'networkpolicies.networking.k8s.io',
  suite: 'kubectl',
  cells: (object, at) => [object.metadata.name, formatSelector(object.spec?.podSelector), created(object, at)],
  strategy: {
    name: 'subdomain',
    defaults,
    validate: (object) => validateNetworkPolicy(object),
    validateUpdate: validateNetworkPolicyUpdate,
    generation: [],
    warnings: networkPolicyWarnings,
  },
}
