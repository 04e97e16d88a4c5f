import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemoryStore } from '../api/memory-store.ts'
import type { Json } from '../base/json.ts'
import { Clock } from '../clock/clock.ts'
import { Dice } from '../clock/dice.ts'
import type { ApiRequest } from './client.ts'
import { ApiServer } from './server.ts'

const template = {
  metadata: { labels: { a: 'b' } },
  spec: {
    containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 80 }], env: [{ name: 'A', value: 'b' }] }],
    volumes: [{ name: 'v', emptyDir: {} }],
  },
}
const workload = { selector: { matchLabels: { a: 'b' } }, template }
const meta = {
  name: 'x',
  labels: { a: 'b' },
  annotations: { a: 'b' },
  finalizers: ['a.b/c'],
  ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' }],
}
const SAMPLES: Readonly<Record<string, object>> = {
  '/api/v1/namespaces/lab/pods': {
    metadata: meta,
    spec: { ...template.spec, tolerations: [{ key: 'a', operator: 'Exists' }], initContainers: [{ name: 'i', image: 'j' }] },
  },
  '/api/v1/namespaces/lab/services': {
    metadata: meta,
    spec: {
      type: 'NodePort',
      selector: { a: 'b' },
      ports: [{ name: 'a', port: 80, targetPort: 'http', nodePort: 30001 }],
      clusterIP: '10.96.0.9',
      externalIPs: ['1.2.3.4'],
    },
  },
  '/api/v1/namespaces/lab/endpoints': { metadata: meta, subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] },
  '/apis/discovery.k8s.io/v1/namespaces/lab/endpointslices': {
    metadata: meta,
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1'] }],
    ports: [{ name: 'a', port: 80 }],
  },
  '/apis/apps/v1/namespaces/lab/deployments': {
    metadata: meta,
    spec: { ...workload, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } },
  },
  '/apis/apps/v1/namespaces/lab/replicasets': { metadata: meta, spec: workload },
  '/apis/apps/v1/namespaces/lab/daemonsets': { metadata: meta, spec: workload },
  '/api/v1/namespaces/lab/configmaps': { metadata: meta, data: { a: 'b' } },
  '/api/v1/namespaces/lab/secrets': { metadata: meta, stringData: { a: 'b' }, type: 'Opaque' },
  '/api/v1/namespaces/lab/events': {
    metadata: meta,
    involvedObject: { kind: 'Pod', name: 'x' },
    reason: 'R',
    source: { component: 'c' },
  },
  '/api/v1/namespaces': { metadata: meta, spec: { finalizers: ['kubernetes'] } },
  '/api/v1/nodes': {
    metadata: meta,
    spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] },
    status: { addresses: [{ type: 'InternalIP', address: '1.2.3.4' }] },
  },
  '/apis/rbac.authorization.k8s.io/v1/namespaces/lab/rolebindings': {
    metadata: meta,
    roleRef: { kind: 'Role', name: 'r' },
    subjects: [{ kind: 'User', name: 'u' }],
  },
}

const path = fc.array(fc.nat(6), { minLength: 1, maxLength: 7 })
const value = fc.oneof(
  fc.constantFrom(null, '', 0, -1, 1.5, 1e12, true, 'a b', '10.0.0.1', [], {}, [null], [[]], { a: null }),
  fc.jsonValue({ maxDepth: 2 }),
)

/** A copy with one place, found by walking `steps`, replaced. */
function replaced(node: unknown, steps: readonly number[], by: unknown): unknown {
  if (steps.length === 0 || node === null || typeof node !== 'object') return by
  const keys = Object.keys(node)
  const key = keys[(steps[0] as number) % Math.max(1, keys.length)]
  if (key === undefined) return by
  const next = replaced((node as Record<string, unknown>)[key], steps.slice(1), by)
  return Array.isArray(node) ? node.map((item, i) => (String(i) === key ? next : item)) : { ...node, [key]: next }
}

/** Errors that the real server explains with no reason either, and so answers with 500. */
const UNEXPLAINED =
  /^(strconv\.ParseUint|unknown patch type|map: |list element types|The order in patch|resourceVersion should not|expected a map)/

test('no body makes the server fail: it answers with an object or a Status', () => {
  const store = new MemoryStore()
  const profile = { kubernetes: '1.35.4', serviceCIDR: '10.96.0.0/12' }
  const server = new ApiServer({ store, clock: new Clock(0), dice: new Dice('fuzz'), profile })
  const client = server.client({ name: 'admin', groups: ['system:masters'] })
  client.request({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'lab' } } })
  client.request({ method: 'POST', path: '/api/v1/namespaces/lab/serviceaccounts', body: { metadata: { name: 'default' } } })
  const start = store.save()
  const methods = fc.constantFrom<[ApiRequest['method'], string]>(
    ['POST', 'application/json'],
    ['PUT', 'application/json'],
    ['PATCH', 'application/merge-patch+json'],
    ['PATCH', 'application/strategic-merge-patch+json'],
    ['DELETE', 'application/json'],
  )
  const counts: Record<number, number> = {}
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(SAMPLES)),
      methods,
      path,
      value,
      fc.boolean(),
      (url, [method, type], steps, by, whole) => {
        store.load(start)
        const sample = SAMPLES[url] as object
        if (method !== 'POST') client.request({ method: 'POST', path: url, body: sample as Json })
        const body = (whole ? by : replaced(sample, steps, by)) as Json
        const response = client.request({
          method,
          path: method === 'POST' ? url : `${url}/x`,
          body,
          headers: { 'Content-Type': type },
        })
        counts[response.status] = (counts[response.status] ?? 0) + 1
        if (response.status === 500) expect((response.body as { message: string }).message).toMatch(UNEXPLAINED)
        const table = client.request({
          method: 'GET',
          path: url,
          headers: { Accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' },
        })
        expect(table.status).toBe(200)
      },
    ),
    { numRuns: 4000 },
  )
  expect(counts[201]).toBeGreaterThan(20)
  expect(counts[422]).toBeGreaterThan(20)
})

test('no path makes the server fail', () => {
  const profile = { kubernetes: '1.35.4', serviceCIDR: '10.96.0.0/12' }
  const server = new ApiServer({ store: new MemoryStore(), clock: new Clock(0), dice: new Dice('fuzz'), profile })
  const client = server.client({ name: 'admin', groups: ['system:masters'] })
  const word = fc.constantFrom(
    'api',
    'apis',
    'v1',
    'apps',
    'namespaces',
    'pods',
    'x',
    'log',
    'scale',
    'status',
    'exec',
    'deployments',
    '%zz',
    '?limit=-1',
    '?watch=1',
    '?labelSelector=a%20in',
    '?fieldSelector=%5C',
    '?continue=x',
  )
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 8 }),
      fc.constantFrom<ApiRequest['method']>('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
      (words, method) => {
        const response = client.request({ method, path: `/${words.join('/')}`, body: {} })
        expect(response.status).toBeGreaterThanOrEqual(200)
      },
    ),
    { numRuns: 2000 },
  )
})
