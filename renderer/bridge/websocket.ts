import {
  type Channel,
  CLOSE_BAD_TOKEN,
  type ClientMessage,
  type HostEvent,
  type InvokeMap,
  type Reply,
  type ServerMessage,
  WEB_SOCKET_PATH,
} from '../../electron/contract/index.ts'
import { type Bridge, BridgeError, type Connection } from './bridge.ts'

const FIRST_DELAY = 250
const LONGEST_DELAY = 5_000

/** Browser mode: JSON messages over one WebSocket, opened again with growing patience when it falls. */
export function webSocketBridge(page: { protocol: string; host: string }): Bridge {
  const url = `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}${WEB_SOCKET_PATH}`
  const listeners = new Set<(event: HostEvent) => void>()
  const watchers = new Set<(connection: Connection) => void>()
  const waiting = new Map<number, { resolve: (reply: Reply<Channel>) => void; reject: (error: BridgeError) => void }>()
  /** Requests made before the first connection wait for it; later ones fail at once when it is down. */
  const early: string[] = []
  let socket: WebSocket | undefined
  let connection: Connection = 'connecting'
  let opened = false
  let delay = FIRST_DELAY
  let timer: ReturnType<typeof setTimeout> | undefined
  let next = 1

  function become(state: Connection) {
    connection = state
    for (const watcher of watchers) watcher(state)
  }

  function open() {
    clearTimeout(timer)
    timer = undefined
    const mine = new WebSocket(url)
    socket = mine
    mine.onopen = () => {
      delay = FIRST_DELAY
      opened = true
      for (const text of early.splice(0)) mine.send(text)
      become('connected')
    }
    mine.onmessage = (message) => {
      const data = JSON.parse(String(message.data)) as ServerMessage
      if ('reply' in data) {
        const call = waiting.get(data.id)
        waiting.delete(data.id)
        call?.resolve(data.reply)
      } else {
        for (const listener of listeners) listener(data)
      }
    }
    mine.onclose = (event) => {
      if (socket !== mine) return
      socket = undefined
      if (opened || event.code === CLOSE_BAD_TOKEN) {
        for (const call of waiting.values()) call.reject(new BridgeError('offline', ''))
        waiting.clear()
      }
      if (event.code === CLOSE_BAD_TOKEN) return become('refused')
      become('lost')
      timer = setTimeout(open, delay)
      delay = Math.min(delay * 2, LONGEST_DELAY)
    }
  }

  function post(message: ClientMessage) {
    const text = JSON.stringify(message)
    if (socket?.readyState === WebSocket.OPEN) socket.send(text)
    else if (!opened) early.push(text)
    else return false
    return true
  }

  open()
  return {
    async invoke<C extends Channel>(channel: C, args: InvokeMap[C]['args']) {
      const id = next++
      const reply = await new Promise<Reply<Channel>>((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        if (!post({ id, channel, args })) {
          waiting.delete(id)
          reject(new BridgeError('offline', ''))
        }
      })
      if (!reply.ok) throw new BridgeError(reply.error.code, reply.error.message)
      return reply.value as InvokeMap[C]['result']
    },
    send: (channel, args) => void post({ send: channel, args }),
    on(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onConnection(watcher) {
      watchers.add(watcher)
      watcher(connection)
      return () => watchers.delete(watcher)
    },
    reconnect() {
      if (timer === undefined) return
      delay = FIRST_DELAY
      open()
    },
  }
}
