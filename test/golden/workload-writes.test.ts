import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { kindNamed } from '../../engine/api/kinds/registry.ts'
import { MemoryStore } from '../../engine/api/memory-store.ts'
import type { KubeObject } from '../../engine/api/object.ts'
import { ApiServer } from '../../engine/apiserver/server.ts'
import { Clock } from '../../engine/clock/clock.ts'
import { Dice } from '../../engine/clock/dice.ts'

/** Writes of workload kinds, good and bad, as a real server answered them (workload-writes/README.md). */
interface Recorded {
  readonly verb: 'create' | 'update'
  readonly kind: string
  readonly body: KubeObject
  readonly field?: string
  readonly value?: unknown
  readonly status: number
  readonly answer?: unknown
  readonly warnings?: string
}

/** What is known to differ, and why. */
const NOT_DUE: readonly (readonly [why: string, is: (r: Recorded) => boolean])[] = [
  ['a Job shows its pods’ labels from the start, not from its first reading', (r) => r.kind === 'Job' && r.body.metadata.name?.length === 64],
  ['an empty list of policies is taken for none', (r) => JSON.stringify(r.value ?? r.body.spec?.behavior)?.includes('"policies":[]')],
]

const NAMESPACE = 'control-fuzz'
const records: Recorded[] = gunzipSync(readFileSync(new URL('./workload-writes/writes.jsonl.gz', import.meta.url)))
  .toString('utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line))

const UID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, sorted(v)]))
}

function shown(status: number, body: unknown): unknown {
  if (status >= 400) return String((body as { message?: string }).message).replace(UID, 'UID')
  const object = JSON.parse(JSON.stringify(body).replace(UID, 'UID'))
  for (const name of ['uid', 'resourceVersion', 'creationTimestamp', 'managedFields']) delete object.metadata[name]
  return sorted(object)
}

function withField(object: KubeObject, field: string, value: unknown): KubeObject {
  const copy = structuredClone(object)
  const path = field.split('.')
  let at: Record<string, unknown> = copy
  for (const name of path.slice(0, -1)) {
    at[name] ??= {}
    at = at[name] as Record<string, unknown>
  }
  if (value === undefined) delete at[path.at(-1) as string]
  else at[path.at(-1) as string] = value
  return copy
}

test('workloads are written, refused and warned of as on a real server', async () => {
  const store = new MemoryStore()
  const meta = (name: string, namespace?: string) => ({ name, uid: name, ...(namespace === undefined ? {} : { namespace }) })
  store.putRaw('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: meta(NAMESPACE), status: { phase: 'Active' } })
  store.putRaw('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta('default', NAMESPACE) })
  const profile = { kubernetes: '1.35.4', serviceCIDR: '10.96.0.0/12' }
  const clock = new Clock(Date.parse('2026-11-23T00:00:00Z'))
  const server = new ApiServer({ store, clock, dice: new Dice('writes'), profile })
  server.componentRuns = () => false
  const client = server.client({ name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] })
  const send = (method: 'POST' | 'PUT', path: string, body: KubeObject) =>
    client.request({ method, path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const failed: string[] = []
  let passed = 0
  let notDue = 0
  for (const r of records) {
    const kind = kindNamed(r.body.apiVersion, r.kind)
    if (kind === undefined) throw new Error(r.kind)
    const collection = `/api${kind.group === '' ? '' : 's'}/${kind.apiVersion}/namespaces/${NAMESPACE}/${kind.resource}`
    let got: Awaited<ReturnType<typeof send>>
    if (r.verb === 'create') got = await send('POST', `${collection}?dryRun=All`, r.body)
    else {
      let current = store.get(kind.key, NAMESPACE, 'x')
      if (current === undefined) {
        await send('POST', collection, r.body)
        current = store.get(kind.key, NAMESPACE, 'x') as KubeObject
      }
      const changed = withField(current, r.field ?? '', r.value)
      if (kind.key !== 'poddisruptionbudgets.policy') delete (changed.metadata as { resourceVersion?: string }).resourceVersion
      got = await send('PUT', `${collection}/x?dryRun=All`, changed)
    }
    const body = typeof got.body === 'string' ? JSON.parse(got.body) : got.body
    const answer = r.verb === 'update' && got.status < 400 ? undefined : shown(got.status, body)
    const want = typeof r.answer === 'object' ? sorted(r.answer) : r.answer
    const same = got.status === r.status && JSON.stringify(answer) === JSON.stringify(want) && got.warnings.length > 0 === (r.warnings !== undefined)
    if (same) passed++
    else if (NOT_DUE.some(([, is]) => is(r))) notDue++
    else failed.push(`${r.verb} ${r.kind} ${r.field ?? ''}\n want ${r.status} ${JSON.stringify(want)} ${r.warnings}\n got  ${got.status} ${JSON.stringify(answer)} ${got.warnings}`)
  }
  console.log(`workload writes: ${passed} passed, ${notDue} not yet due, ${failed.length} failed`)
  expect(failed.join('\n')).toBe('')
  expect(passed).toBeGreaterThan(600)
})
