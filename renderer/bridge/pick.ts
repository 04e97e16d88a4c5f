import type { PreloadBridge } from '../../electron/contract/index.ts'
import type { Bridge } from './bridge.ts'
import { electronBridge } from './electron.ts'
import { webSocketBridge } from './websocket.ts'

declare global {
  interface Window {
    chainwalk?: PreloadBridge
  }
}

/** The preload's bridge where there is one, a WebSocket to the page's own host otherwise; in development `?fake` needs neither. */
export async function pickBridge(): Promise<Bridge> {
  if (import.meta.env.DEV && new URLSearchParams(location.search).has('fake')) {
    const { fakeBridge } = await import('./fake/fake.ts')
    return fakeBridge()
  }
  return window.chainwalk ? electronBridge(window.chainwalk) : webSocketBridge(location)
}
