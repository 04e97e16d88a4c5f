import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { MemoryStore } from '../../engine/api/memory-store.ts'
import type { ApiRequest } from '../../engine/apiserver/client.ts'
import { ApiServer } from '../../engine/apiserver/server.ts'
import type { Json } from '../../engine/base/json.ts'
import { Clock } from '../../engine/clock/clock.ts'
import { Dice } from '../../engine/clock/dice.ts'
import { addNewClusterObjects } from '../../engine/cluster/defaults.ts'

/**
 * Requests about Services, Ingresses, policies, addresses, certificates and RBAC, good and bad, as a kube-apiserver v1.35.4 answered
 * them: the stored object whole or the Status, and the warnings. A case of kinds/network.jsonl.gz is a new cluster with the service
 * ranges that it names, and requests in order; what is drawn at random was masked when it was recorded.
 */
interface Case {
  readonly id: string
  readonly cidr: string
  readonly steps: readonly {
    readonly m?: ApiRequest['method']
    readonly p: string
    readonly b?: Json
    readonly t?: string
    readonly as?: string
    readonly groups?: readonly string[]
    readonly want: { readonly code: number; readonly body: Json; readonly warnings: readonly string[] }
  }[]
}

/** What differs for a reason. */
const NOT_DUE: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: /^Service dryrun/, why: 'a dry run shows a free address here, the range itself there' },
  { pattern: /^Ingress (rules empty|up)/, why: 'an empty list of rules is told as null in the refusal' },
  { pattern: /^NetworkPolicy up/, why: 'an empty list and none are one thing here, so the generation counts once less' },
]

const NAMESPACE = 'network-t'
const NOW = '2026-11-20T10:00:00Z'
/** Ports and addresses that the requests name themselves. */
const KEPT_PORTS = [30080, 30081, 30082, 30100, 30101]
const KEPT_IPS = ['10.96.0.0', '10.96.0.1', '10.96.10.10', '10.96.10.11', '10.96.10.12', '10.111.255.255']
const KEPT_IPV6 = ['fd00:10:96::', 'fd00:10:96::10', 'fd00:10:96::11']

function maskedText(text: string): string {
  return text
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UID')
    .replace(/\b10\.(9[6-9]|10\d|11[01])\.(\d+)\.(\d+)\b/g, (ip) => (KEPT_IPS.includes(ip) ? ip : 'VIP'))
    .replace(/\b20\d\d-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/\bfd00:[0-9a-f:]+/g, (ip) => (KEPT_IPV6.includes(ip) ? ip : 'VIP6'))
}

const RULES = ['resourceRules', 'nonResourceRules']
const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked)
  if (typeof value === 'string') return maskedText(value)
  if (typeof value === 'number') return value >= 30000 && value <= 32767 && !KEPT_PORTS.includes(value) ? 'NODEPORT' : value
  if (typeof value !== 'object' || value === null) return value
  const out: Record<string, unknown> = {}
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key]
    const text = typeof member === 'string'
    if (key === 'managedFields' || member === undefined) continue
    if (key === 'token' && text && member.length > 50) out[key] = 'TOKEN'
    else if (key === 'uid' && text) out[key] = 'UID'
    else if (key === 'resourceVersion' && text) out[key] = 'RV'
    else if (/Timestamp$|Time$/.test(key) && text) out[key] = 'TIME'
    else out[key] = RULES.includes(key) && Array.isArray(member) ? member.map(masked).sort(byText) : masked(member)
  }
  return out
}

/** A server of one case, and how a request is sent to it. */
function cluster(cidr: string) {
  const store = new MemoryStore()
  const clock = new Clock(Date.parse(NOW))
  const dice = new Dice('network')
  const server = new ApiServer({ store, clock, dice, profile: { kubernetes: '1.35.4', serviceCIDR: cidr } })
  addNewClusterObjects(store, dice, { now: NOW, serviceCIDR: cidr, server: undefined })
  const labels = { 'kubernetes.io/metadata.name': NAMESPACE }
  store.put('namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE, uid: dice.uuid(), creationTimestamp: NOW, labels },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  })
  const groups = ['kubeadm:cluster-admins', 'system:masters', 'system:authenticated']
  const client = server.client({ name: 'kubernetes-admin', uid: 'admin', groups })
  return ({ m, p, b, t = 'application/json', as, groups: asGroups = [] }: Case['steps'][number]) => {
    const { status, body, warnings } = client.request({
      method: m ?? (b === undefined ? 'GET' : 'POST'),
      path: p,
      ...(b === undefined ? {} : { body: b }),
      headers: {
        'User-Agent': 'kubectl/x',
        Accept: 'application/json',
        ...(b === undefined ? {} : { 'Content-Type': t }),
        ...(as === undefined ? {} : { 'Impersonate-User': as }),
        ...(asGroups.length === 0 ? {} : { 'Impersonate-Group': asGroups.join(',') }),
      },
    })
    return masked({ code: status, body, warnings })
  }
}

test('kinds of networking and access are defaulted, judged, allocated and authorized as recorded', () => {
  const cases: readonly Case[] = gunzipSync(readFileSync(new URL('kinds/network.jsonl.gz', import.meta.url)))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const failed: string[] = []
  let passed = 0
  let notDue = 0
  for (const { id, cidr, steps } of cases) {
    const send = cluster(cidr)
    const wrong = steps.map((step) => ({ step, got: send(step) })).find(({ step, got }) => JSON.stringify(got) !== JSON.stringify(step.want))
    if (wrong === undefined) passed++
    else if (NOT_DUE.some(({ pattern }) => pattern.test(id))) notDue++
    else failed.push(`${id}\n  want ${JSON.stringify(wrong.step.want)}\n  got  ${JSON.stringify(wrong.got)}`)
  }
  console.log(`kinds of networking and access: ${passed} passed, ${notDue} not yet due, ${failed.length} failed`)
  expect(failed).toEqual([])
  expect(passed).toBeGreaterThan(800)
}, 120_000)
