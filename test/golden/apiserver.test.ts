import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { MemoryStore } from '../../engine/api/memory-store.ts'
import type { ApiRequest } from '../../engine/apiserver/client.ts'
import { ApiServer } from '../../engine/apiserver/server.ts'
import { Clock } from '../../engine/clock/clock.ts'
import { Dice } from '../../engine/clock/dice.ts'

interface Recording {
  readonly scenario: string
  /** Method, path, body, content type, accepted types. */
  readonly request: { readonly m?: string; readonly p: string; readonly b?: unknown; readonly t?: string; readonly a?: string }
  readonly status: number
  readonly type: string
  readonly warnings: string
  readonly body: string
}

/** Requests whose answer is not due, by a rule: counted, never hidden. */
const NOT_DUE: readonly { readonly rule: (r: Recording) => boolean; readonly why: string }[] = [
  { rule: (r) => r.body.includes('pkg/runtime/scheme.go'), why: 'a path inside the build: official builds say pkg/api/legacyscheme/scheme.go' },
  { rule: (r) => /"(kind":"Secret|apiVersion":"v2)"}/.test(String(r.request.b)) && r.request.t !== undefined, why: 'a patch to another kind: how its decoding fails' },
  { rule: (r) => r.body.includes(' yaml: line '), why: 'where a YAML parser finds its mistake' },
  { rule: (r) => /protobuf/.test(r.request.t ?? r.type), why: 'bodies in protobuf are read and written by the host' },
  {
    rule: (r) => /^\/(version\/?|debug\/.*|openid\/.*|\.well-known\/.*|api\/|apis\/|api\/v1\/watch\/.*)?$/.test(r.request.p.split('?')[0] ?? ''),
    why: 'the address, build, keys and groups of the recorded server; its profiles; the old form of watches',
  },
  { rule: (r) => r.scenario === 'paths' && /configmaps\/?$/.test(r.request.p) && r.request.m === undefined, why: 'what the recorded server had left' },
  { rule: (r) => /\/\/|\.\.|%/.test(r.request.p.split('?')[0] ?? ''), why: 'paths that the HTTP library cleans or refuses' },
  { rule: (r) => r.scenario === 'lists' && /resourceVersion=(1|\$\{rv\})&/.test(r.request.p), why: 'revisions of the recorded server' },
  { rule: (r) => r.scenario === 'shapes' && /^\/api\/v1\/(nodes|namespaces\/core-b)$/.test(r.request.p), why: 'what others had on the recorded server' },
  { rule: (r) => r.scenario === 'v1 PersistentVolume', why: 'hostPath.type set to nothing is owned: which strings are pointers the schema does not say' },
  { rule: (r) => r.scenario === 'batch/v1 Job' && r.status === 422, why: 'all causes of a changed Job template' },
  { rule: (r) => r.body.includes('ownerReferences.apiVersion') && r.scenario === 'bodies', why: 'causes that ConfigMaps find twice' },
]

const recordings = gunzipSync(readFileSync(new URL('./apiserver/requests.jsonl.gz', import.meta.url)))
  .toString('utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Recording)

function masked(text: string): string {
  return text
    .replace(/(resourceVersion\\*":\\*")\d+/g, '$1RV')
    .replace(/\b(A|a_|a\.|x{40,})[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1SUFFIX')
    .replace(/record \(\d+\)/g, 'record (RV)')
    .replace(/"description":"(?:[^"\\]|\\.)*"/g, '"description":""')
    .replace(/"continue":"[^"]*"/g, '"continue":"C"')
    .replace(/"\d+m?\d*s"/g, '"AGE"')
    .replace(/resourceVersion: "\d+"/g, 'resourceVersion: RV')
    .replace(/"resourceVersion": "\d+"/g, '"resourceVersion": "RV"')
    .replace(/current: \d+/g, 'current: N')
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UID')
    .replace(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
    .replace(/\b10\.(9[6-9]|1[01]\d)\.\d+\.\d+\b/g, 'VIP')
    .replace(/"nodePort":3\d{4}/g, '"nodePort":NP')
    .replace(/-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-SUFFIX')
}

/** JSON whatever the order of its keys, and of managers, who are sorted by seconds that the recording does not have; other text as it is. */
function comparable(text: string): string {
  const byText = (a: unknown, b: unknown) => (JSON.stringify(a, sorted) < JSON.stringify(b, sorted) ? -1 : 1)
  const sorted = (key: string, value: unknown): unknown =>
    (key === 'managedFields' || key === 'causes') && Array.isArray(value)
      ? [...value].sort(byText)
      : value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value
  try {
    return JSON.stringify(JSON.parse(text), sorted)
  } catch {
    return text
  }
}

function play() {
  const clock = new Clock(Date.parse('2026-11-23T01:00:00Z'))
  const profile = { kubernetes: '1.35.4', serviceCIDR: '10.96.0.0/12' }
  const server = new ApiServer({ store: new MemoryStore(), clock, dice: new Dice(7), profile })
  const client = server.client({ name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:masters'] })
  const make = (path: string, name: string) => client.request({ method: 'POST', path, body: { metadata: { name } }, headers: { 'User-Agent': 'kubectl/v1.35.4' } })
  for (const name of ['default', 'kube-system', 'core-a', 'core-b', 'core-c', 'core-k']) {
    make('/api/v1/namespaces', name)
    make(`/api/v1/namespaces/${name}/serviceaccounts`, 'default')
  }
  const last: Record<string, string> = {}
  const failed: string[] = []
  let passed = 0
  let notDue = 0
  for (const r of recordings) {
    clock.advanceTo(clock.now + 1000)
    const text = JSON.stringify(r.request).replace(/\$\{(\w+)\}/g, (whole, name: string) => last[name] ?? whole)
    const { m = 'GET', p, b, t, a } = JSON.parse(text) as Recording['request']
    const headers: Record<string, string> = { 'User-Agent': 'kubectl/v1.35.4', Accept: a || 'application/json' }
    if (b !== undefined) headers['Content-Type'] = t ?? 'application/json'
    const body = b === undefined ? undefined : typeof b === 'string' ? b : JSON.stringify(b)
    const got = client.request({ method: m as ApiRequest['method'], path: p, headers, body })
    const { metadata } = (typeof got.body === 'string' ? {} : (got.body ?? {})) as { metadata?: Record<string, string> }
    if (metadata?.resourceVersion) last.rv = metadata.resourceVersion
    if (metadata?.uid) last.uid = metadata.uid
    if (metadata?.continue) last.cont = encodeURIComponent(metadata.continue)
    if (NOT_DUE.some(({ rule }) => rule(r))) {
      notDue++
      continue
    }
    const ours = {
      status: got.status,
      type: got.headers['content-type'] ?? '',
      warnings: masked(got.warnings.map((w) => `299 - "${w.replace(/["\\]/g, '\\$&')}"`).join(', ')),
      body: comparable(masked(typeof got.body === 'string' ? got.body : `${JSON.stringify(got.body)}\n`)),
    }
    const theirs = { status: r.status, type: r.type, warnings: r.warnings, body: comparable(r.body) }
    if (JSON.stringify(ours) === JSON.stringify(theirs)) passed++
    else failed.push(`${r.scenario}: ${m} ${p} ${text.slice(0, 200)}\n want ${difference(theirs, ours)}\n got  ${difference(ours, theirs)}`)
  }
  return { passed, notDue, failed }
}

/** The part of an answer where it leaves the other. */
function difference(a: object, b: object): string {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)]
  let at = 0
  while (at < left.length && left[at] === right[at]) at++
  return left.slice(Math.max(0, at - 60), at + 240)
}

test('the API answers requests as the recorded server did', () => {
  const { passed, notDue, failed } = play()
  console.log(`apiserver: ${passed} passed, ${notDue} not yet due, ${failed.length} failed`)
  expect(failed).toEqual([])
  expect(passed).toBeGreaterThanOrEqual(960)
})
