import type { PreloadBridge } from '../../electron/contract/index.ts'
import { type Bridge, BridgeError } from './bridge.ts'

/** Over the preload's `window.chainwalk`. The host is the process that made the window: the connection cannot be lost. */
export function electronBridge(preload: PreloadBridge): Bridge {
  return {
    async invoke(channel, args) {
      const reply = await preload.invoke(channel, args)
      if (!reply.ok) throw new BridgeError(reply.error.code, reply.error.message)
      return reply.value
    },
    send: (channel, args) => preload.send(channel, args),
    on: (listener) => preload.on(listener),
    onConnection(listener) {
      listener('connected')
      return () => {}
    },
    reconnect() {},
  }
}
