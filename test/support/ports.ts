import { setImmediate } from 'node:timers/promises'
import type { HostPorts } from '../../engine/index.ts'

/** What the host gives the shell: a turn of the event loop, and abort signals. */
export function hostPorts(): HostPorts {
  return {
    yieldToHost: () => setImmediate(),
    abortController: () => new AbortController(),
  }
}
