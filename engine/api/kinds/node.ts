import { nodeDefaults } from '../defaults/core.ts'
import type { KubeObject } from '../object.ts'
import { validateNode, validateNodeStatus, validateNodeUpdate } from '../validation/core/node.ts'
import { created, type KindDescriptor } from './kind.ts'

const ROLE = 'node-role.kubernetes.io/'

/** Roles from labels, sorted (printers.go findNodeRoles). */
function roles(node: KubeObject): string {
  const found = new Set<string>()
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(ROLE) && key.length > ROLE.length) found.add(key.slice(ROLE.length))
    else if (key === 'kubernetes.io/role' && value !== '') found.add(value)
  }
  return found.size === 0 ? '<none>' : [...found].sort().join(',')
}

function status(node: KubeObject): string {
  const ready = node.status?.conditions?.find((c: { type: string }) => c.type === 'Ready')
  const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady']
  if (node.spec?.unschedulable) words.push('SchedulingDisabled')
  return words.join(',')
}

function address(node: KubeObject, type: string): string {
  return node.status?.addresses?.find((a: { type: string }) => a.type === type)?.address ?? '<none>'
}

export const node: KindDescriptor = {
  resource: 'nodes',
  suite: 'kubectl',
  cells: (object, at) => {
    const info = object.status?.nodeInfo ?? {}
    return [
      object.metadata.name,
      status(object),
      roles(object),
      created(object, at),
      info.kubeletVersion ?? '',
      address(object, 'InternalIP'),
      address(object, 'ExternalIP'),
      info.osImage || '<unknown>',
      info.kernelVersion || '<unknown>',
      info.containerRuntimeVersion || '<unknown>',
    ]
  },
  fields: { 'spec.unschedulable': (o) => String(o.spec?.unschedulable ?? false) },
  strategy: {
    name: 'subdomain',

    defaults: nodeDefaults,
    validate: validateNode,
    validateUpdate: validateNodeUpdate,
    validateStatus: validateNodeStatus,
    createsStatus: true,
    status: true,
  },
}
