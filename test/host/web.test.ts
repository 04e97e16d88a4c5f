import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { HostEvent } from '../../electron/contract/index.ts'
import { CSP } from '../../electron/web/csp.ts'
import { startWeb, type WebServer } from '../../electron/web/server.ts'

const renderer = mkdtempSync(join(tmpdir(), 'chainwalk-page-'))
const sent: unknown[][] = []
const listeners = new Set<(event: HostEvent) => void>()
const counts: number[] = []
let web: WebServer
let token: string

beforeAll(async () => {
  writeFileSync(join(renderer, 'index.html'), '<!doctype html><title>Chainwalk</title>')
  web = await startWeb({
    renderer,
    port: 0,
    windows: (count) => counts.push(count),
    host: {
      invoke: async (channel) => ({ ok: true, value: { channel } }) as never,
      send: (...message) => sent.push(message),
      on: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
  })
  token = new URL(web.url).searchParams.get('token') as string
})
afterAll(async () => {
  await web.close()
  rmSync(renderer, { recursive: true, force: true })
})

function get(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status?: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: web.port, path, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode as number, headers: response.headers, body }))
    })
      .on('error', reject)
      .end()
  })
}

const cookie = () => ({ cookie: `chainwalk_${web.port}=${token}` })
const origin = () => `http://127.0.0.1:${web.port}`

/** A socket and how it ended: open, an HTTP status, or a close code. */
function socket(headers: Record<string, string>): Promise<{ ws: WebSocket; outcome: string }> {
  return new Promise((resolve) => {
    const ws = new WebSocket(`ws://127.0.0.1:${web.port}/ws`, { headers })
    const timer = { id: undefined as ReturnType<typeof setTimeout> | undefined }
    ws.on('open', () => {
      timer.id = setTimeout(() => resolve({ ws, outcome: 'open' }), 50)
    })
    ws.on('close', (code) => {
      clearTimeout(timer.id)
      resolve({ ws, outcome: `closed ${code}` })
    })
    ws.on('unexpected-response', (_, response) => resolve({ ws, outcome: `status ${response.statusCode}` }))
    ws.on('error', () => {})
  })
}

describe('the page', () => {
  it('is for whoever has the token, which becomes a cookie that scripts cannot read', async () => {
    expect((await get('/')).status).toBe(403)
    expect((await get('/?token=wrong')).status).toBe(403)
    const entry = await get(`/?token=${token}`)
    expect(entry.status).toBe(303)
    expect(entry.headers.location).toBe('/')
    expect(entry.headers['set-cookie']).toEqual([`chainwalk_${web.port}=${token}; Path=/; HttpOnly; SameSite=Strict`])
    const page = await get('/', cookie())
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('<title>Chainwalk') })
    expect(page.headers['content-security-policy']).toBe(CSP)
  })

  it('is not served under another name, nor to another origin, nor from outside its folder', async () => {
    expect((await get('/', { ...cookie(), host: 'evil.example' })).status).toBe(403)
    expect((await get('/', { ...cookie(), origin: 'http://evil.example' })).status).toBe(403)
    for (const path of ['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json']) {
      expect((await get(path, cookie())).body).not.toContain('chainwalk')
    }
  })
})

describe('the socket', () => {
  it('is opened for the page alone', async () => {
    expect((await socket({ ...cookie(), origin: 'http://evil.example' })).outcome).toBe('status 403')
    expect((await socket({ ...cookie() })).outcome).toBe('status 403')
    expect((await socket({ origin: origin() })).outcome).toBe('closed 4401')
    const { ws, outcome } = await socket({ ...cookie(), origin: origin() })
    expect(outcome).toBe('open')
    ws.close()
  })

  it('carries requests, one-way messages and events, and counts windows', async () => {
    const { ws } = await socket({ ...cookie(), origin: origin() })
    const heard: unknown[] = []
    ws.on('message', (data) => heard.push(JSON.parse(String(data))))
    ws.send(JSON.stringify({ id: 7, channel: 'app.info', args: {} }))
    ws.send(JSON.stringify({ send: 'terminal.ack', args: { chars: 1 } }))
    await expect.poll(() => heard).toEqual([{ id: 7, reply: { ok: true, value: { channel: 'app.info' } } }])
    await expect.poll(() => sent).toEqual([['terminal.ack', { chars: 1 }]])
    for (const listener of listeners) listener({ event: 'attempt.saved', attempt: 'a', at: 1 })
    await expect.poll(() => heard.at(-1)).toEqual({ event: 'attempt.saved', attempt: 'a', at: 1 })
    ws.close()
    await expect.poll(() => counts.at(-1)).toBe(0)
    expect(listeners.size).toBe(0)
  })

  it('is closed on what is no message, and on too many', async () => {
    for (const text of ['{', '5', '{"id":"x"}', '{"channel":1,"id":2}']) {
      const { ws } = await socket({ ...cookie(), origin: origin() })
      const closed = new Promise((resolve) => ws.on('close', resolve))
      ws.send(text)
      expect(await closed).toBe(1003)
    }
    const { ws } = await socket({ ...cookie(), origin: origin() })
    const closed = new Promise((resolve) => ws.on('close', resolve))
    for (let n = 0; n < 5000; n++) ws.send('{"send":"terminal.ack","args":{}}')
    expect(await closed).toBe(1008)
  })
})
