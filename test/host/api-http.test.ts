import { once } from 'node:events'
import { connect as connect2 } from 'node:http2'
import { request } from 'node:https'
import { connect } from 'node:tls'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { RunningApi } from '../../electron/api/server.ts'
import { ask, follow } from '../support/api/https.ts'
import { type Served, serve, until } from '../support/api/served.ts'

const NODE = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'cp-1', labels: { 'node-role.kubernetes.io/control-plane': '' } },
  status: { addresses: [{ type: 'InternalIP', address: '172.18.0.2' }] },
}
const MAPS = '/api/v1/namespaces/default/configmaps'
const SPACES = '/api/v1/namespaces'

let served: Served
let at: RunningApi

beforeAll(async () => {
  served = await serve({ cluster: { objects: [NODE], now: '2026-01-01T00:00:00Z', running: true } }, 'fixed')
  at = served.open.running
})
afterAll(() => served.close())

const status = (body: Buffer) => JSON.parse(body.toString('utf8'))
const make = (name: string, data: Record<string, string> = {}) =>
  ask(at, MAPS, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }),
  })

describe('who may ask', () => {
  const wrong = { kind: 'Status', status: 'Failure', reason: 'Unauthorized', message: 'Unauthorized', code: 401 }

  it('only whoever has the token', async () => {
    for (const authorization of ['', 'Bearer wrong', 'Bearer a.b.c', `Basic ${at.token}`, `Bearer ${at.token}x`]) {
      const answer = await ask(at, '/api', { headers: { authorization } })
      expect([answer.status, status(answer.body)]).toMatchObject([401, wrong])
    }
    expect((await ask(at, '/api', { headers: { authorization: `bearer ${at.token}` } })).status).toBe(200)
  })

  it('under our own name, and no web page', async () => {
    expect((await ask(at, '/api', { headers: { host: `evil.example:${at.port}` } })).status).toBe(403)
    expect((await ask(at, '/api', { headers: { host: `localhost:${at.port}` } })).status).toBe(200)
    expect((await ask(at, '/api', { headers: { origin: at.url } })).status).toBe(403)
  })

  it('over TLS, in HTTP', async () => {
    await expect(ask({ ...at, url: at.url.replace('https', 'http') }, '/api')).rejects.toThrow()
    const socket = connect({ host: '127.0.0.1', port: at.port, ca: at.ca })
    socket.on('error', () => {})
    socket.write('what is this\r\n\r\n')
    await once(socket, 'close')
    expect((await ask(at, '/api')).status).toBe(200)
  })
})

describe('an answer', () => {
  it('carries what every answer carries', async () => {
    const { headers, body } = await ask(at, '/version')
    expect(headers).toMatchObject({ 'cache-control': 'no-cache, private', 'content-type': 'application/json' })
    expect(headers['audit-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(body.toString().endsWith('}\n')).toBe(true)
  })

  it('warns in a header, and escapes what Go escapes', async () => {
    const { headers } = await ask(at, '/api/v1/namespaces/default/endpoints')
    expect(headers.warning).toBe('299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"')
    const made = await make('escaped', { a: '<&>' })
    expect(made.status).toBe(201)
    expect(made.body.toString()).toContain('"a":"\\u003c\\u0026\\u003e"')
  })

  it('is squeezed where it is long and the client wants it', async () => {
    await make('long', { text: 'long '.repeat(50_000) })
    const headers = { 'accept-encoding': 'gzip' }
    const squeezed = await ask(at, `${MAPS}/long`, { headers })
    expect(squeezed.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(squeezed.body)).toEqual((await ask(at, `${MAPS}/long`)).body)
    expect((await ask(at, `${MAPS}/escaped`, { headers })).headers['content-encoding']).toBeUndefined()
  })

  it('refuses a body beyond 3 MiB, however it comes, and takes one just below', async () => {
    const big = await make('big', { text: 'x'.repeat(5 * 1024 * 1024) })
    const limit = { reason: 'RequestEntityTooLarge', message: 'Request entity too large: limit is 3145728', code: 413 }
    expect([big.status, status(big.body)]).toMatchObject([413, limit])
    const ok = await ask(at, MAPS, {
      method: 'POST',
      body: `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"padded"}}${' '.repeat(3 * 1024 * 1024 - 200)}`,
    })
    expect(ok.status).toBe(201)
  })

  it('comes over HTTP/2 as well', async () => {
    const session = connect2(at.url, { ca: at.ca })
    const stream = session.request({ ':path': '/api/v1/namespaces/default', authorization: `Bearer ${at.token}` })
    let body = ''
    stream.setEncoding('utf8').on('data', (part: string) => {
      body += part
    })
    const [headers] = await once(stream, 'response')
    await once(stream, 'end')
    expect([headers[':status'], JSON.parse(body).metadata.name]).toEqual([200, 'default'])
    session.close()
  })
})

describe('watches', () => {
  it('that are opened and closed leave nothing', async () => {
    for (let round = 0; round < 2; round++) {
      const watches = Array.from({ length: 40 }, () => follow(at, `${SPACES}?watch=true`))
      await until(() => watches.every((watch) => watch.text().includes('kube-system')), 'forty watches')
      expect(served.api.open.watches).toBe(40)
      for (const watch of watches) watch.stop()
      await until(() => served.api.open.watches === 0 && at.open() === 0, 'none')
    }
  })

  it('of one client, a thousand, leave nothing', async () => {
    const session = connect2(at.url, { ca: at.ca })
    const path = { ':path': `${SPACES}?watch=1`, authorization: `Bearer ${at.token}` }
    for (let round = 0; round < 4; round++) {
      const streams = Array.from({ length: 250 }, () => session.request(path))
      await Promise.all(streams.map((stream) => once(stream, 'data')))
      expect(served.api.open.watches).toBe(250)
      for (const stream of streams) stream.close()
      await until(() => served.api.open.watches === 0 && at.open() === 0, 'none')
    }
    session.close()
  })

  it('share one HTTP/2 connection, and one that is reset ends alone', async () => {
    const session = connect2(at.url, { ca: at.ca })
    session.on('error', () => {})
    const open = () => session.request({ ':path': `${SPACES}?watch=1`, authorization: `Bearer ${at.token}` })
    const [one, two] = [open(), open()]
    two.on('error', () => {})
    await Promise.all([once(one, 'data'), once(two, 'data')])
    expect(served.api.open.watches).toBe(2)
    two.close()
    await until(() => served.api.open.watches === 1, 'the other one')
    session.destroy()
    await until(() => served.api.open.watches === 0, 'none')
  })

  it('end when their time is over', async () => {
    const watch = follow(at, `${SPACES}?watch=true&timeoutSeconds=1`)
    await until(() => watch.ended(), 'the end')
    expect(watch.status()).toBe(200)
    expect(served.api.open.watches).toBe(0)
  })

  it('end when the cluster is another one, and on a version too old with the reason', async () => {
    const watch = follow(at, `${SPACES}?watch=true`)
    await until(() => watch.text() !== '', 'the first event')
    await served.session.apply({ type: 'undo' }).catch(() => {})
    await served.session.apply({ type: 'reset' })
    await until(() => watch.ended(), 'the end')
    const old = follow(at, `${SPACES}?watch=true&resourceVersion=1`)
    await until(() => old.ended(), 'the end of the old one')
    expect(old.status() === 410 || JSON.parse(old.text()).object.code === 410).toBe(true)
  })
})

describe('a wish to upgrade', () => {
  const exec = '/api/v1/namespaces/default/pods/none/exec?command=ls&stdout=true'

  it('is refused like any request: in words over SPDY and WebSocket, and without a token', async () => {
    const outgoing = request(`${at.url}${exec}`, {
      method: 'POST',
      ca: at.ca,
      agent: false,
      headers: {
        authorization: `Bearer ${at.token}`,
        connection: 'Upgrade',
        upgrade: 'SPDY/3.1',
        'x-stream-protocol-version': 'v4.channel.k8s.io',
      },
    })
    outgoing.end()
    const [incoming] = await once(outgoing, 'response')
    let body = ''
    for await (const part of incoming) body += part
    expect([incoming.statusCode, JSON.parse(body).message]).toEqual([404, 'pods "none" not found'])
    const codes = await Promise.all(
      [`Bearer ${at.token}`, 'Bearer wrong'].map(async (authorization) => {
        const socket = new WebSocket(`${at.url.replace('https', 'wss')}${exec}`, ['v5.channel.k8s.io'], {
          ca: at.ca,
          headers: { authorization },
        })
        socket.on('error', () => {})
        const [, answer] = await once(socket, 'unexpected-response')
        return answer.statusCode
      }),
    )
    expect(codes).toEqual([404, 401])
    await until(() => at.open() === 0, 'none under way')
  })
})
