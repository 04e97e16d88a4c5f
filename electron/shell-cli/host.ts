import { AsyncLocalStorage } from 'node:async_hooks'
import type { HostPorts, World } from '../../engine/index.ts'

const worlds = new AsyncLocalStorage<World>()
const HostDate = Date
const hostRandom = Math.random

/**
 * just-bash's tools ask the globals for time and chance. Within a world, and in whatever that awaits, they get the world's; all
 * other code of the process keeps the host's.
 */
function watchGlobals(): void {
  globalThis.Date = new Proxy(HostDate, {
    construct(target, args, newTarget) {
      const world = args.length === 0 ? worlds.getStore() : undefined
      return Reflect.construct(target, world === undefined ? args : [world.now()], newTarget)
    },
    apply(target) {
      const world = worlds.getStore()
      return (world === undefined ? new target() : new target(world.now())).toString()
    },
    get(target, key, receiver) {
      return key === 'now' ? now : Reflect.get(target, key, receiver)
    },
  })
  Math.random = () => worlds.getStore()?.random() ?? hostRandom()
}

function now(): number {
  return worlds.getStore()?.now() ?? HostDate.now()
}

let watching = false

/** Node's side of the engine's few host needs. */
export function nodePorts(): HostPorts {
  if (!watching) watchGlobals()
  watching = true
  return {
    yieldToHost: () => new Promise((resolve) => setImmediate(resolve)),
    abortController: () => new AbortController(),
    within: (world, work) => worlds.run(world, work),
  }
}
