import { describe, expect, it } from 'vitest'
import { MemoryStore } from '../api/memory-store.ts'
import { decodeBase64 } from '../base/utf8.ts'
import { Clock } from '../clock/clock.ts'
import { Dice } from '../clock/dice.ts'
import type { ApiRequest } from './client.ts'
import { ApiServer } from './server.ts'
import { verifyToken } from './token.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')

function cluster() {
  const store = new MemoryStore()
  const clock = new Clock(NOW)
  const server = new ApiServer({
    store,
    clock,
    dice: new Dice('token'),
    profile: { kubernetes: '1.35.4', serviceCIDR: '10.96.0.0/12,fd00:10:96::/112' },
  })
  const admin = server.client({ name: 'admin', groups: ['system:masters', 'system:authenticated'] })
  const post = (path: string, body: object) => admin.request({ method: 'POST', path, body: body as ApiRequest['body'] })
  post('/api/v1/namespaces', { metadata: { name: 'a' } })
  post('/api/v1/namespaces/a/serviceaccounts', { metadata: { name: 'sa' } })
  const issue = (spec: object = {}) =>
    post('/api/v1/namespaces/a/serviceaccounts/sa/token', { spec }).body as { status: { token: string } }
  /** As a client in this process without a certificate asks. */
  const as = (authorization: string | undefined, path: string) =>
    admin.request({
      method: 'GET',
      path,
      headers: { 'X-Client-Certificate': '', ...(authorization === undefined ? {} : { Authorization: authorization }) },
    })
  return { store, clock, server, admin, post, issue, as }
}

describe('service account tokens', () => {
  it('say what a real one says, and how they are signed', () => {
    const { issue } = cluster()
    const [head = '', payload = ''] = issue({ audiences: ['x'], expirationSeconds: 700 }).status.token.split('.')
    const read = (part: string) => JSON.parse(decodeBase64(`${part}${'='.repeat((4 - (part.length % 4)) % 4)}`) ?? '')
    expect(read(head)).toMatchObject({ alg: 'HS256' })
    expect(read(payload)).toMatchObject({ aud: ['x'], sub: 'system:serviceaccount:a:sa', iat: NOW / 1000, exp: NOW / 1000 + 700 })
  })

  it('are known until they expire, are changed, are for others, or their account is another', () => {
    const { server, issue, clock, admin, post } = cluster()
    const { token } = issue().status
    const check = (text = token, wanted?: readonly string[]) => verifyToken(server.context, text, wanted)
    expect(check()).toMatchObject({
      user: { name: 'system:serviceaccount:a:sa', groups: expect.arrayContaining(['system:serviceaccounts:a']) },
    })
    expect(check(`${token}x`)).toMatchObject({ error: expect.stringContaining('cryptographic primitive') })
    expect(check('a.b.c')).toEqual({ error: 'invalid bearer token' })
    expect(check(token, ['other'])).toMatchObject({
      error: expect.stringContaining('is invalid for the target audiences ["other"]'),
    })
    admin.request({ method: 'DELETE', path: '/api/v1/namespaces/a/serviceaccounts/sa' })
    expect(check()).toMatchObject({ error: expect.stringContaining('not found') })
    post('/api/v1/namespaces/a/serviceaccounts', { metadata: { name: 'sa' } })
    expect(check()).toMatchObject({ error: expect.stringContaining('does not match claim') })
    const fresh = issue().status.token
    clock.advanceTo(NOW + 3600_000)
    expect(check(fresh)).toMatchObject({ error: expect.stringContaining('expired') })
  })

  it('let their account in where RBAC lets it; others are anonymous or refused', () => {
    const { issue, as, post } = cluster()
    const path = '/api/v1/namespaces/a/pods'
    const rules = [{ verbs: ['list'], apiGroups: [''], resources: ['pods'] }]
    post('/apis/rbac.authorization.k8s.io/v1/clusterroles', { metadata: { name: 'lister' }, rules })
    const bearer = `Bearer ${issue().status.token}`
    expect(as(bearer, path).body).toMatchObject({
      message:
        'pods is forbidden: User "system:serviceaccount:a:sa" cannot list resource "pods" in API group "" in the namespace "a"',
    })
    post('/apis/rbac.authorization.k8s.io/v1/namespaces/a/rolebindings', {
      metadata: { name: 'b' },
      roleRef: { kind: 'ClusterRole', name: 'lister' },
      subjects: [{ kind: 'ServiceAccount', name: 'sa' }],
    })
    expect(as(bearer, path).status).toBe(200)
    expect(as('Bearer nope', path)).toMatchObject({ status: 401, body: { message: 'Unauthorized' } })
    expect(as(undefined, path)).toMatchObject({ status: 403, body: { message: expect.stringContaining('"system:anonymous"') } })
  })
})

describe('addresses of Services', () => {
  it('come from every range that is ready, and are objects that go with their Service', () => {
    const { store, admin, post } = cluster()
    const services = '/api/v1/namespaces/a/services'
    const create = (name: string, spec: object) =>
      post(services, { metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } })
    expect(create('far', { clusterIP: '192.168.9.3' }).status).toBe(422)
    post('/apis/networking.k8s.io/v1/servicecidrs', { metadata: { name: 'more' }, spec: { cidrs: ['192.168.9.0/29'] } })
    expect(create('far', { clusterIP: '192.168.9.3' }).status).toBe(201)
    expect(create('taken', { clusterIP: '192.168.9.3' }).body).toMatchObject({
      message: expect.stringContaining('provided IP is already allocated'),
    })
    expect(store.get('ipaddresses.networking.k8s.io', undefined, '192.168.9.3')?.spec.parentRef).toEqual({
      resource: 'services',
      namespace: 'a',
      name: 'far',
    })
    admin.request({ method: 'DELETE', path: `${services}/far` })
    expect(store.get('ipaddresses.networking.k8s.io', undefined, '192.168.9.3')).toBeUndefined()
    const dual = create('dual', { ipFamilyPolicy: 'PreferDualStack' }).body as { spec: { clusterIPs: string[] } }
    expect(dual.spec.clusterIPs.map((ip) => ip.includes(':'))).toEqual([false, true])
    expect(store.list('ipaddresses.networking.k8s.io')).toHaveLength(2)
  })
})
