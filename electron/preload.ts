import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron'
import type { HostEvent, PreloadBridge } from './contract/index.ts'
import { IPC } from './desktop/channels.ts'

/** All that the page can reach: the contract's three doors. The main process checks every message by schema and sender. */
const bridge: PreloadBridge = {
  invoke: (channel, args) => ipcRenderer.invoke(IPC.invoke, channel, args),
  send: (channel, args) => ipcRenderer.send(IPC.send, channel, args),
  on: (listener) => {
    const handler = (_: IpcRendererEvent, event: HostEvent) => listener(event)
    ipcRenderer.on(IPC.event, handler)
    return () => ipcRenderer.off(IPC.event, handler)
  },
}

contextBridge.exposeInMainWorld('chainwalk', bridge)
