import { expect, test } from 'vitest'
import { gatewayApiDefinitions } from '../api/crd/gateway-api/definitions.ts'
import { kindsOf } from '../api/kinds/kinds.ts'
import { MemoryStore } from '../api/memory-store.ts'
import type { Json } from '../base/json.ts'
import { Clock } from '../clock/clock.ts'
import { Dice } from '../clock/dice.ts'
import type { ApiRequest } from './client.ts'
import { ApiServer } from './server.ts'

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

function cluster() {
  const store = new MemoryStore()
  const clock = new Clock(Date.parse('2026-11-23T00:00:00Z'))
  const profile = { kubernetes: '1.35.4', serviceCIDR: '10.96.0.0/12' }
  const server = new ApiServer({ store, clock, dice: new Dice(1), profile })
  const client = server.client({ name: 'kubernetes-admin', groups: ['system:masters'] })
  for (const name of ['default', 'metallb-system'])
    store.put('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, status: { phase: 'Active' } })
  // biome-ignore lint/suspicious/noExplicitAny: answers are open structures
  const ask = (method: ApiRequest['method'], path: string, body?: unknown, headers: Record<string, string> = {}): any => {
    const { status, body: answer } = client.request({
      method,
      path,
      headers,
      ...(body === undefined ? {} : { body: body as Json }),
    })
    return { code: status, ...(typeof answer === 'object' ? answer : {}) }
  }
  return { store, clock, ask }
}

/** A definition as operators ship them, cut down to what a test needs. */
function definition(group: string, kind: string, plural: string, spec: object, more: object = {}, scope = 'Namespaced') {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope,
      names: { kind, plural },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', ...spec } } } },
          ...more,
        },
      ],
    },
  }
}

const POOL = definition(
  'metallb.example.io',
  'IPAddressPool',
  'ipaddresspools',
  {
    required: ['addresses'],
    properties: {
      addresses: { type: 'array', items: { type: 'string' } },
      autoAssign: { type: 'boolean', default: true },
    },
  },
  {
    additionalPrinterColumns: [
      { name: 'Auto Assign', type: 'boolean', jsonPath: '.spec.autoAssign' },
      { name: 'Addresses', type: 'string', jsonPath: '.spec.addresses' },
    ],
  },
)
const ENDPOINT = definition(
  'cilium.example.io',
  'CiliumNetworkPolicy',
  'ciliumnetworkpolicies',
  { 'x-kubernetes-preserve-unknown-fields': true },
  {},
)
const ISSUER = definition(
  'certs.example.io',
  'ClusterIssuer',
  'clusterissuers',
  { 'x-kubernetes-preserve-unknown-fields': true },
  {},
  'Cluster',
)

test('objects of operators can exist: written, defaulted, shown in their columns', () => {
  const { ask } = cluster()
  for (const d of [POOL, ENDPOINT, ISSUER]) expect(ask('POST', CRDS, d).code).toBe(201)
  const pools = '/apis/metallb.example.io/v1/namespaces/metallb-system/ipaddresspools'
  const pool = { apiVersion: 'metallb.example.io/v1', kind: 'IPAddressPool', metadata: { name: 'first' } }
  expect(ask('POST', pools, { ...pool, spec: {} }).message).toContain('spec.addresses: Required value')
  const made = ask('POST', pools, { ...pool, spec: { addresses: ['192.168.56.240-192.168.56.250'] } })
  expect(made.spec).toEqual({ addresses: ['192.168.56.240-192.168.56.250'], autoAssign: true })
  const table = ask('GET', pools, undefined, { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' })
  expect(table.columnDefinitions.map((c: { name: string }) => c.name)).toEqual(['Name', 'Auto Assign', 'Addresses'])
  expect(table.rows[0].cells).toEqual(['first', true, '["192.168.56.240-192.168.56.250"]'])
  const policies = '/apis/cilium.example.io/v1/namespaces/default/ciliumnetworkpolicies'
  const policy = { apiVersion: 'cilium.example.io/v1', kind: 'CiliumNetworkPolicy', metadata: { name: 'l7' } }
  const spec = { endpointSelector: {}, ingress: [{ toPorts: [{ rules: { http: [{ method: 'GET' }] } }] }] }
  expect(ask('POST', policies, { ...policy, spec }).spec).toEqual(spec)
  const issuers = '/apis/certs.example.io/v1/clusterissuers'
  const issuer = { apiVersion: 'certs.example.io/v1', kind: 'ClusterIssuer', metadata: { name: 'own' }, spec: { selfSigned: {} } }
  expect(ask('POST', issuers, issuer).code).toBe(201)
  expect(ask('GET', '/apis').groups.map((g: { name: string }) => g.name)).toEqual(
    expect.arrayContaining(['metallb.example.io', 'cilium.example.io', 'certs.example.io']),
  )
})

test('a definition takes its objects along, except what finalizers hold, and then itself', () => {
  const { ask, store } = cluster()
  ask('POST', CRDS, POOL)
  const pools = '/apis/metallb.example.io/v1/namespaces/default/ipaddresspools'
  const pool = (name: string, finalizers: readonly string[]) => ({
    apiVersion: 'metallb.example.io/v1',
    kind: 'IPAddressPool',
    metadata: { name, finalizers },
    spec: { addresses: [] },
  })
  ask('POST', pools, pool('free', []))
  ask('POST', pools, pool('held', ['example.io/hold']))
  const deleted = ask('DELETE', `${CRDS}/ipaddresspools.metallb.example.io`)
  expect(deleted.code).toBe(200)
  expect(ask('GET', pools).items.map((o: { metadata: { name: string } }) => o.metadata.name)).toEqual(['held'])
  const headers = { 'Content-Type': 'application/merge-patch+json' }
  ask('PATCH', `${pools}/held`, { metadata: { finalizers: [] } }, headers)
  expect(store.list('customresourcedefinitions.apiextensions.k8s.io')).toEqual([])
  expect(ask('GET', pools).code).toBe(404)
})

test('a second definition with a taken name is not served', () => {
  const { ask } = cluster()
  ask('POST', CRDS, POOL)
  const other = definition('metallb.example.io', 'IPAddressPool', 'pools', {})
  ask('POST', CRDS, other)
  const conditions = ask('GET', `${CRDS}/pools.metallb.example.io`).status
  expect(conditions).toEqual(
    expect.objectContaining({
      conditions: [
        expect.objectContaining({
          type: 'NamesAccepted',
          status: 'False',
          reason: 'SingularConflict',
          message: '"ipaddresspool" is already in use',
        }),
        expect.objectContaining({ type: 'Established', status: 'False', reason: 'NotAccepted' }),
      ],
    }),
  )
})

test('the Gateway API as Chainwalk ships it is a valid set of definitions', () => {
  const { ask, store } = cluster()
  for (const d of gatewayApiDefinitions()) expect(ask('POST', CRDS, d).kind).toBe('CustomResourceDefinition')
  expect(kindsOf(store).custom.map((k) => `${k.apiVersion} ${k.kind}`)).toEqual([
    'gateway.networking.k8s.io/v1 GatewayClass',
    'gateway.networking.k8s.io/v1beta1 GatewayClass',
    'gateway.networking.k8s.io/v1 Gateway',
    'gateway.networking.k8s.io/v1beta1 Gateway',
    'gateway.networking.k8s.io/v1 HTTPRoute',
    'gateway.networking.k8s.io/v1beta1 HTTPRoute',
    'gateway.networking.k8s.io/v1beta1 ReferenceGrant',
  ])
  const routes = '/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes'
  const route = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: { name: 'r' } }
  const made = ask('POST', routes, { ...route, spec: { rules: [{ backendRefs: [{ name: 'svc', port: 80 }] }] } })
  expect(made.spec.rules).toEqual([
    {
      matches: [{ path: { type: 'PathPrefix', value: '/' } }],
      backendRefs: [{ group: '', kind: 'Service', name: 'svc', port: 80, weight: 1 }],
    },
  ])
  const older = ask('GET', '/apis/gateway.networking.k8s.io/v1beta1/namespaces/default/httproutes/r')
  expect([older.apiVersion, older.spec]).toEqual(['gateway.networking.k8s.io/v1beta1', made.spec])
})

test('kinds are worked out once for a state of the definitions', () => {
  const { ask, store } = cluster()
  ask('POST', CRDS, POOL)
  const kinds = kindsOf(store)
  expect(kindsOf(store)).toBe(kinds)
  ask('POST', CRDS, ISSUER)
  expect(kindsOf(store)).not.toBe(kinds)
  expect(kindsOf(store).named('metallb.example.io/v1', 'IPAddressPool')).toBe(
    kinds.named('metallb.example.io/v1', 'IPAddressPool'),
  )
})
