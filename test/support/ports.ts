import { nodePorts } from '../../electron/shell-cli/host.ts'
import type { HostPorts } from '../../engine/index.ts'

/** The host's side of the engine, with commands' waits skipped instead of waited for. */
export function hostPorts(): HostPorts {
  return { ...nodePorts(), time: 'virtual' }
}
