import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CLOSE_BAD_TOKEN } from '../../electron/contract/index.ts'
import { webSocketBridge } from './websocket.ts'

/** A socket in the test's hands. */
class HeldSocket {
  static readonly OPEN = 1
  static all: HeldSocket[] = []
  readyState = 0
  readonly sent: { id?: number; channel?: string; send?: string }[] = []
  readonly url: string
  onopen?: () => void
  onmessage?: (message: { data: string }) => void
  onclose?: (event: { code: number }) => void

  constructor(url: string) {
    this.url = url
    HeldSocket.all.push(this)
  }
  send(text: string) {
    this.sent.push(JSON.parse(text))
  }
  open() {
    this.readyState = 1
    this.onopen?.()
  }
  say(message: unknown) {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
  fall(code = 1006) {
    this.readyState = 3
    this.onclose?.({ code })
  }
}

const PAGE = { protocol: 'http:', host: '127.0.0.1:4000' }
const last = () => HeldSocket.all.at(-1)!

beforeEach(() => {
  HeldSocket.all = []
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', HeldSocket)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a request made before the socket is open waits for it; a reply finds its request', async () => {
  const bridge = webSocketBridge(PAGE)
  expect(last().url).toBe('ws://127.0.0.1:4000/ws')
  const info = bridge.invoke('app.info', {})
  expect(last().sent).toEqual([])
  last().open()
  expect(last().sent).toEqual([{ id: 1, channel: 'app.info', args: {} }])
  last().say({ id: 1, reply: { ok: true, value: { version: '1' } } })
  await expect(info).resolves.toEqual({ version: '1' })
})

test('an error reply rejects with its code', async () => {
  const bridge = webSocketBridge(PAGE)
  last().open()
  const open = bridge.invoke('attempt.open', { lab: 'x', locale: 'en' })
  last().say({ id: 1, reply: { ok: false, error: { code: 'no-such-lab', message: 'x' } } })
  await expect(open).rejects.toMatchObject({ code: 'no-such-lab', message: 'x' })
})

test('a fall rejects what waits, says so, and tries again with growing patience', async () => {
  const bridge = webSocketBridge(PAGE)
  const states: string[] = []
  bridge.onConnection((state) => states.push(state))
  last().open()
  const view = bridge.invoke('settings.get', {})
  last().fall()
  await expect(view).rejects.toMatchObject({ code: 'offline' })
  await expect(bridge.invoke('settings.get', {})).rejects.toMatchObject({ code: 'offline' })
  vi.advanceTimersByTime(250)
  expect(HeldSocket.all).toHaveLength(2)
  last().fall()
  vi.advanceTimersByTime(250)
  expect(HeldSocket.all).toHaveLength(2)
  vi.advanceTimersByTime(250)
  expect(HeldSocket.all).toHaveLength(3)
  last().open()
  expect(states).toEqual(['connecting', 'connected', 'lost', 'lost', 'connected'])
})

test('another run’s token is the end of it', () => {
  const bridge = webSocketBridge(PAGE)
  const states: string[] = []
  bridge.onConnection((state) => states.push(state))
  last().fall(CLOSE_BAD_TOKEN)
  vi.advanceTimersByTime(60_000)
  expect(HeldSocket.all).toHaveLength(1)
  expect(states).toEqual(['connecting', 'refused'])
})

test('events reach whoever listens, and no longer', () => {
  const bridge = webSocketBridge(PAGE)
  const heard: unknown[] = []
  const stop = bridge.on((event) => heard.push(event))
  last().open()
  last().say({ event: 'attempt.saved', attempt: 'a', at: 1 })
  stop()
  last().say({ event: 'attempt.saved', attempt: 'a', at: 2 })
  expect(heard).toEqual([{ event: 'attempt.saved', attempt: 'a', at: 1 }])
})
