import { beforeEach, expect, test } from 'vitest'
import { MemoryStore } from '../api/memory-store.ts'
import type { Status } from '../api/status.ts'
import type { Json } from '../base/json.ts'
import { Clock } from '../clock/clock.ts'
import { Dice } from '../clock/dice.ts'
import type { ApiClient, ApiRequest } from './client.ts'
import { ApiServer } from './server.ts'

/** The words are those that kubectl printed of a real v1.35.4 server (recordings: workloads.mutate, stories). */
let store: MemoryStore
let client: ApiClient
let server: ApiServer

function start(kubernetes = '1.35.4'): void {
  store = new MemoryStore()
  const profile = { kubernetes, serviceCIDR: '10.96.0.0/12' }
  server = new ApiServer({ store, clock: new Clock(Date.parse('2026-11-22T16:00:00Z')), dice: new Dice('writes'), profile })
  client = server.client({ name: 'admin', groups: ['system:masters'] })
  send('POST', '/api/v1/namespaces', { metadata: { name: 'lab' } })
  send('POST', '/api/v1/namespaces/lab/serviceaccounts', { metadata: { name: 'default' } })
}

beforeEach(() => start())

// biome-ignore lint/suspicious/noExplicitAny: bodies of any kind
function send(method: ApiRequest['method'], path: string, body?: unknown, type?: string): any {
  const headers: Record<string, string> = type === undefined ? {} : { 'Content-Type': `application/${type}` }
  return client.request({ method, path, body: body as Json, headers }).body
}

const words = (body: unknown) => (body as Status).message
const SERVICES = '/api/v1/namespaces/lab/services'
const service = (name: string, spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec })

test('a Service gets what the real server fills in', () => {
  const made = send('POST', SERVICES, service('web', { selector: { app: 'web' }, ports: [{ port: 80 }] }))
  expect(made.spec).toMatchObject({
    type: 'ClusterIP',
    sessionAffinity: 'None',
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
    clusterIPs: [made.spec.clusterIP],
  })
  expect(made.metadata.generation).toBeUndefined()
  const listed = send('GET', '/apis/networking.k8s.io/v1/ipaddresses')
  expect(listed.items.map((i: { metadata: { name: string } }) => i.metadata.name)).toEqual([made.spec.clusterIP])
  send('DELETE', `${SERVICES}/web`)
  expect(send('GET', '/apis/networking.k8s.io/v1/ipaddresses').items).toEqual([])
})

test('node ports: taken, out of range, kept on a type change', () => {
  const np = send('POST', SERVICES, service('np', { type: 'NodePort', ports: [{ port: 80, nodePort: 30500 }] }))
  expect(np.spec.externalTrafficPolicy).toBe('Cluster')
  const taken = send('POST', SERVICES, service('np2', { type: 'NodePort', ports: [{ port: 80, nodePort: 30500 }] }))
  expect(words(taken)).toBe(
    'Service "np2" is invalid: spec.ports[0].nodePort: Invalid value: 30500: provided port is already allocated',
  )
  expect(taken.details.causes).toEqual([
    {
      reason: 'FieldValueInvalid',
      message: 'Invalid value: 30500: provided port is already allocated',
      field: 'spec.ports[0].nodePort',
    },
  ])
  expect(words(send('POST', SERVICES, service('np3', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] })))).toBe(
    'Service "np3" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
  )
  const back = send('PATCH', `${SERVICES}/np`, { spec: { type: 'ClusterIP' } }, 'strategic-merge-patch+json')
  expect(back.spec.ports[0].nodePort).toBeUndefined()
  expect(back.spec.externalTrafficPolicy).toBeUndefined()
  expect(back.spec.clusterIP).toBe(np.spec.clusterIP)
})

test('what a Service may not be, word for word', () => {
  const web = send('POST', SERVICES, service('web', { ports: [{ port: 80 }] }))
  const patch = (spec: object) => words(send('PATCH', `${SERVICES}/web`, { spec }, 'strategic-merge-patch+json'))
  expect(patch({ ports: [{ port: 0 }] })).toBe(
    'Service "web" is invalid: [spec.ports[0].name: Required value, spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive, spec.ports[1].name: Required value]',
  )
  expect(patch({ clusterIP: '10.96.99.99' })).toBe(
    'Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.99.99"]: may not change once set',
  )
  const create = (name: string, spec: object) => words(send('POST', SERVICES, service(name, spec)))
  expect(create('AP_bad', { ports: [{ port: 80 }] })).toBe(
    `Service "AP_bad" is invalid: metadata.name: Invalid value: "AP_bad": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`,
  )
  expect(create('dup', { ports: [{ port: 80 }, { port: 80 }] })).toBe(
    'Service "dup" is invalid: [spec.ports[0].name: Required value, spec.ports[1].name: Required value, spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}]',
  )
  expect(create('x', { clusterIP: '1.2.3.4', ports: [{ port: 80 }] })).toBe(
    'Service "x" is invalid: spec.clusterIPs: Invalid value: ["1.2.3.4"]: failed to allocate IP 1.2.3.4: the provided network does not match the current range',
  )
  expect(create('web', { ports: [{ port: 80 }] })).toBe('services "web" already exists')
  expect(create('y', { clusterIP: web.spec.clusterIP, ports: [{ port: 80 }] })).toContain('provided IP is already allocated')
})

test('fields that do nothing are warned of', () => {
  const spec = { clusterIP: 'None', sessionAffinity: 'ClientIP', externalName: 'a.b', ports: [{ port: 80 }] }
  const made = client.request({ method: 'POST', path: SERVICES, body: service('h', spec) as unknown as Json })
  expect(made.warnings).toEqual([
    'spec.SessionAffinity is ignored for headless services',
    'spec.externalName is ignored when spec.type is not "ExternalName"',
  ])
})

test('servers before v1.34 print structures as Go does', () => {
  start('1.31.4')
  send('POST', SERVICES, service('web', { ports: [{ port: 80 }] }))
  expect(words(send('PATCH', `${SERVICES}/web`, { spec: { clusterIP: '10.96.99.99' } }, 'merge-patch+json'))).toBe(
    'Service "web" is invalid: spec.clusterIPs[0]: Invalid value: []string{"10.96.99.99"}: may not change once set',
  )
})

test('bodies: unknown fields, wrong types, failed patches', () => {
  const odd = { ...service('x', {}), spec: { prots: [{ port: 80 }], ports: [{ port: 80, prot: 'TCP' }] } }
  expect(words(send('POST', `${SERVICES}?fieldValidation=Strict`, odd))).toBe(
    'Service in version "v1" cannot be handled as a Service: strict decoding error: unknown field "spec.prots", unknown field "spec.ports[0].prot"',
  )
  const warned = client.request({ method: 'POST', path: SERVICES, body: odd as unknown as Json })
  expect([warned.status, warned.warnings]).toEqual([201, ['unknown field "spec.prots"', 'unknown field "spec.ports[0].prot"']])
  expect(words(send('POST', SERVICES, service('y', { ports: [{ port: 'http' }] })))).toBe(
    'Service in version "v1" cannot be handled as a Service: json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32',
  )
  const bad = client.request({
    method: 'PATCH',
    path: `${SERVICES}/x`,
    body: [{ op: 'replace', path: '/spec/nosuch/0', value: 80 }],
    headers: { 'Content-Type': 'application/json-patch+json' },
  })
  expect([bad.status, words(bad.body)]).toEqual([422, 'the server rejected our request due to an error in our request'])
  expect(words(send('PATCH', `${SERVICES}/x`, '"not json"', 'strategic-merge-patch+json'))).toBe(
    'json: cannot unmarshal string into Go value of type map[string]interface {}',
  )
})

test('deployments: names, selectors, generation, scale, conflicts', () => {
  const path = '/apis/apps/v1/namespaces/lab/deployments'
  const deployment = (name: string, labels: object) => ({
    metadata: { name },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
    },
  })
  expect(words(send('POST', path, deployment('m', { a: 'c' })))).toBe(
    'Deployment.apps "m" is invalid: spec.template.metadata.labels: Invalid value: {"a":"c"}: `selector` does not match template `labels`',
  )
  expect(words(send('POST', path, deployment('bad_name', { a: 'b' })))).toMatch(
    /^Deployment\.apps "bad_name" is invalid: metadata\.name: Invalid value: "bad_name": a lowercase RFC 1123 subdomain/,
  )
  const made = send('POST', path, deployment('web', { a: 'b' }))
  expect(made.metadata.generation).toBe(1)
  expect(made.spec.template.spec.containers[0]).toMatchObject({
    imagePullPolicy: 'Always',
    terminationMessagePolicy: 'File',
    resources: {},
  })
  const scaled = send('PATCH', `${path}/web/scale`, { spec: { replicas: 3 } }, 'merge-patch+json')
  expect(scaled).toMatchObject({ kind: 'Scale', spec: { replicas: 3 }, status: { replicas: 0, selector: 'a=b' } })
  const after = send('GET', `${path}/web`)
  expect([after.metadata.generation, after.spec.replicas]).toEqual([2, 3])
  expect(words(send('PUT', `${path}/web`, made))).toBe(
    'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
  )
  const again = send('PUT', `${path}/web`, after)
  expect(again.metadata.resourceVersion).toBe(after.metadata.resourceVersion)
  const status = send('PUT', `${path}/web/status`, { ...after, spec: { ...after.spec, replicas: 9 }, status: { replicas: 3 } })
  expect([status.spec.replicas, status.status.replicas, status.metadata.generation]).toEqual([3, 3, 2])
})

test('pods: admission, graceful deletion, namespaces that end', () => {
  const path = '/api/v1/namespaces/lab/pods'
  const made = send('POST', path, {
    metadata: { generateName: 'web-' },
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'nginx:1.27' }] },
  })
  expect(made.metadata.name).toMatch(/^web-[a-z0-9]{5}$/)
  expect(made.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' })
  expect(made.spec).toMatchObject({ serviceAccountName: 'default', priority: 0, enableServiceLinks: true })
  const going = send('DELETE', `${path}/${made.metadata.name}`)
  expect([going.metadata.deletionTimestamp, going.metadata.deletionGracePeriodSeconds, going.metadata.generation]).toEqual([
    '2026-11-22T16:00:30Z',
    30,
    2,
  ])
  const now = send('DELETE', `${path}/${made.metadata.name}`, { gracePeriodSeconds: 0 })
  expect(now.metadata.name).toBe(made.metadata.name)
  expect(words(send('GET', `${path}/${made.metadata.name}`))).toBe(`pods "${made.metadata.name}" not found`)
  expect(words(send('POST', '/api/v1/namespaces/none/pods', { metadata: { name: 'x' } }))).toBe('namespaces "none" not found')
  const ended = send('DELETE', '/api/v1/namespaces/lab')
  expect(ended.status.phase).toBe('Terminating')
  expect(words(send('POST', '/api/v1/namespaces/lab/configmaps', { metadata: { name: 'late' } }))).toBe(
    'configmaps "late" is forbidden: unable to create new content in namespace lab because it is being terminated',
  )
})

test('evictions delete, unless a budget has nothing left', () => {
  const path = '/api/v1/namespaces/lab/pods'
  const eviction = (name: string) =>
    send('POST', `${path}/${name}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'lab' } })
  send('POST', path, {
    metadata: { name: 'x', labels: { app: 'x' } },
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] },
  })
  send(
    'PATCH',
    `${path}/x/status`,
    { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } },
    'merge-patch+json',
  )
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b', namespace: 'lab' },
    spec: { selector: { matchLabels: { app: 'x' } } },
  }
  store.put('poddisruptionbudgets.policy', { ...budget, status: { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1 } })
  const refused = eviction('x')
  expect([refused.code, words(refused)]).toEqual([429, "Cannot evict pod as it would violate the pod's disruption budget."])
  store.put('poddisruptionbudgets.policy', { ...budget, status: { disruptionsAllowed: 1 } })
  expect(eviction('x').status).toBe('Success')
  expect(send('GET', `${path}/x`).metadata.deletionGracePeriodSeconds).toBe(30)
})

test('watches see objects come, change and leave their selector', () => {
  const seen: string[] = []
  const path = `${SERVICES}?labelSelector=tier%3Dfront`
  const started = client.watch({ method: 'GET', path }, ({ type, object }) => {
    seen.push(`${type} ${(object as { metadata: { name: string } }).metadata.name}`)
  })
  send('POST', SERVICES, service('other', { ports: [{ port: 80 }] }))
  send('POST', SERVICES, { ...service('web', { ports: [{ port: 80 }] }), metadata: { name: 'web', labels: { tier: 'front' } } })
  send('PATCH', `${SERVICES}/web`, { metadata: { annotations: { a: 'b' } } }, 'merge-patch+json')
  send('PATCH', `${SERVICES}/web`, { metadata: { labels: { tier: null } } }, 'merge-patch+json')
  if ('stop' in started) started.stop()
  send('PATCH', `${SERVICES}/web`, { metadata: { labels: { tier: 'front' } } }, 'merge-patch+json')
  expect(seen).toEqual(['ADDED web', 'MODIFIED web', 'DELETED web'])
})

test('a list in pages is the whole list', () => {
  for (let i = 0; i < 25; i++)
    send('POST', '/api/v1/namespaces/lab/configmaps', { metadata: { name: `c${String(i).padStart(2, '0')}` } })
  const names: string[] = []
  let next = ''
  do {
    const page = send('GET', `/api/v1/configmaps?limit=10&continue=${next}`)
    names.push(...page.items.map((i: { metadata: { name: string } }) => i.metadata.name))
    next = page.metadata.continue ?? ''
  } while (next !== '')
  expect(names).toHaveLength(25)
  expect(new Set(names).size).toBe(25)
})

test('who may not is told so', () => {
  store.put('clusterroles.rbac.authorization.k8s.io', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'x' },
  })
  const robot = server.client({ name: 'system:serviceaccount:prod:robot', groups: [] })
  expect(words(robot.request({ method: 'GET', path: '/api/v1/namespaces/prod/secrets' }).body)).toBe(
    'secrets is forbidden: User "system:serviceaccount:prod:robot" cannot list resource "secrets" in API group "" in the namespace "prod"',
  )
})
