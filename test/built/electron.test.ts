import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { CSP } from '../../electron/web/csp.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const data = mkdtempSync(join(tmpdir(), 'chainwalk-main-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

/** The built main process against a double of `electron`: the runtime itself is not needed. */
function runMain(...args: string[]): { status: number | null; facts: Record<string, never> } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(ROOT, 'test', 'support', 'electron', 'main-facts.ts'), ROOT, ...args],
    { encoding: 'utf8', env: { ...process.env, CHAINWALK_DATA: data } },
  )
  if (stdout === '') throw new Error(`nothing on stdout: ${stderr}`)
  return { status, facts: JSON.parse(stdout) }
}

describe('the built main process', () => {
  const { status, facts } = runMain()

  it('ends after the store is closed', () => expect(status).toBe(0))

  it('shows one window, sandboxed and isolated, on its own scheme', () => {
    expect(facts.did).toEqual(['scheme chainwalk', 'enableSandbox'])
    expect(facts.window).toMatchObject({
      url: 'chainwalk://app/',
      preferences: {
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        webviewTag: false,
        preload: join(ROOT, 'out', 'preload', 'preload.cjs'),
      },
    })
  })

  it('answers its own page, by schema', () => {
    expect(facts.info).toMatchObject({ ok: true, value: { version: '0.1.0', transport: 'electron', dataFolder: data } })
    expect(facts.badArguments).toMatchObject({ ok: false, error: { code: 'bad-request' } })
  })

  it('answers no other page, and no frame inside its own', () => {
    expect(facts.foreign).toMatchObject({ ok: false, error: { code: 'bad-request' } })
    expect(facts.framed).toMatchObject({ ok: false, error: { code: 'bad-request' } })
  })

  it('serves the built page with its policy, and nothing outside it', () => {
    expect(facts.index).toEqual({ status: 200, type: 'text/html; charset=utf-8', csp: CSP })
    expect(facts.outside).toMatchObject({ status: 404 })
    expect(facts.absent).toMatchObject({ status: 404 })
  })

  it('denies navigation, windows, webviews and permissions', () => {
    expect(facts.contents).toEqual({
      prevented: ['will-navigate', 'will-redirect', 'will-attach-webview'],
      open: { action: 'deny' },
    })
    expect([facts.media, facts.copy]).toEqual([false, true])
  })

  it('leaves to the first instance where there is one', () => {
    expect(runMain('second').facts).toEqual({ did: ['scheme chainwalk', 'enableSandbox', 'quit'] })
  })
})

describe('the built preload', () => {
  it('gives the page three functions and nothing else', async () => {
    const source = readFileSync(join(ROOT, 'out', 'preload', 'preload.cjs'), 'utf8')
    const heard: unknown[] = []
    const listeners = new Map<string, (event: unknown, message: unknown) => void>()
    const exposed: Record<string, Record<string, (...args: never[]) => unknown>> = {}
    const electron = {
      contextBridge: { exposeInMainWorld: (name: string, value: never) => Object.assign(exposed, { [name]: value }) },
      ipcRenderer: {
        invoke: (...message: unknown[]) => Promise.resolve(message),
        send: (...message: unknown[]) => heard.push(message),
        on: (channel: string, listener: never) => listeners.set(channel, listener),
        off: (channel: string) => listeners.delete(channel),
      },
    }
    const required: string[] = []
    const require_ = (name: string) => {
      required.push(name)
      return name === 'electron' ? electron : createRequire(import.meta.url)(name)
    }
    new Function('require', 'module', 'exports', source)(require_, { exports: {} }, {})
    expect(required).toEqual(['electron'])
    expect(Object.keys(exposed)).toEqual(['chainwalk'])
    const bridge = exposed.chainwalk as Record<string, (...args: unknown[]) => unknown>
    expect(Object.keys(bridge).sort()).toEqual(['invoke', 'on', 'send'])
    expect(await bridge.invoke?.('app.info', {})).toEqual(['chainwalk:invoke', 'app.info', {}])
    bridge.send?.('terminal.ack', { chars: 1 })
    expect(heard).toEqual([['chainwalk:send', 'terminal.ack', { chars: 1 }]])
    const events: unknown[] = []
    const stop = bridge.on?.((event: unknown) => events.push(event)) as () => void
    listeners.get('chainwalk:event')?.('the raw event stays outside', { event: 'notice' })
    expect(events).toEqual([{ event: 'notice' }])
    stop()
    expect(listeners.size).toBe(0)
  })
})
