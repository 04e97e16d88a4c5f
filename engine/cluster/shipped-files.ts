import { gatewayApiManifest } from '../api/crd/gateway-api/definitions.ts'
import type { Computed } from './tree.ts'

/** What the simulator lays on its nodes, because nothing can be downloaded here; written out when somebody reads it. */
const MANIFESTS: Readonly<Record<string, () => string>> = { 'gateway-api.yaml': gatewayApiManifest }

/** A folder of every node. */
export const SHIPPED_FOLDER = '/usr/share/chainwalk/manifests'

/** `kubectl apply -f /usr/share/chainwalk/manifests/…` on nodes. */
export const shippedFiles: Computed = (path) => {
  if (!path.startsWith(SHIPPED_FOLDER)) return undefined
  if (path === SHIPPED_FOLDER) return { list: () => Object.keys(MANIFESTS) }
  const read = MANIFESTS[path.slice(SHIPPED_FOLDER.length + 1)]
  return read === undefined ? undefined : { read }
}
