import type { Kind } from '../api/kinds/registry.ts'
import { methodNotSupported, notEmulatedStatus } from '../api/status.ts'

/** Kinds of which every real cluster holds objects that Chainwalk does not have: an empty list would be a lie. */
const ABSENT = [
  'apiservices.apiregistration.k8s.io',
  'flowschemas.flowcontrol.apiserver.k8s.io',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
]

/** Refuses what cannot be read truthfully. Kinds that nobody can create here are honestly empty. */
export function readable(kind: Kind): void {
  if (!kind.verbs.includes('list')) throw methodNotSupported()
  if (ABSENT.includes(kind.key)) throw notEmulatedStatus(`${kind.resource} of ${kind.apiVersion}`)
}
