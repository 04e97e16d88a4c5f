import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { MemoryStore } from '../../engine/api/memory-store.ts'
import { ApiServer } from '../../engine/apiserver/server.ts'
import type { Json } from '../../engine/base/json.ts'
import { Clock } from '../../engine/clock/clock.ts'
import { Dice } from '../../engine/clock/dice.ts'

interface Answer {
  readonly body: { readonly apiVersion: string }
  readonly mode?: string
  readonly code: number
  // biome-ignore lint/suspicious/noExplicitAny: recorded answers
  readonly answer: any
  readonly warnings: readonly string[] | null
}

const golden = JSON.parse(gunzipSync(readFileSync(new URL('./crd/answers.json.gz', import.meta.url))).toString()) as {
  readonly definition: Json
  readonly definitions: readonly Answer[]
  readonly objects: readonly Answer[]
}

/** Answers that are not this suite's to give, by a rule and its reason. */
const NOT_DUE: readonly { readonly matches: (a: Answer) => boolean; readonly why: string }[] = [
  { matches: (a) => JSON.stringify(a.body).includes('x-kubernetes-validations'), why: 'CEL rules are not evaluated' },
]

function server() {
  const store = new MemoryStore()
  const clock = new Clock(Date.parse('2026-11-23T00:00:00Z'))
  const profile = { kubernetes: '1.35.4', serviceCIDR: '10.96.0.0/12' }
  const api = new ApiServer({ store, clock, dice: new Dice(1), profile })
  const client = api.client({ name: 'kubernetes-admin', groups: ['system:masters'] })
  store.put('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' }, status: { phase: 'Active' } })
  return client
}

/** JSON with keys in order. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, v) =>
    v !== null && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v as object).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  )

// the server walks fields in the order of a Go map, so several complaints come in any order
function comparable(code: number, answer: Answer['answer'], warnings: readonly string[]): unknown {
  if (code < 400 || typeof answer !== 'object')
    return { code, answer: typeof answer === 'object' ? { spec: answer.spec, status: answer.status } : '', warnings: [...warnings].sort() }
  const causes = [...(answer.details?.causes ?? [])].map((c) => `${c.field} ${c.reason} ${c.message}`).sort()
  const message = causes.length > 1 ? '' : answer.message
  return { code, message, causes, reason: answer.reason, warnings: [...warnings].sort() }
}

function check(name: string, answers: readonly Answer[], path: (a: Answer) => string, prepare: (c: ReturnType<typeof server>) => void) {
  test(`${name} are answered as the real server answers`, () => {
    const client = server()
    prepare(client)
    let passed = 0
    let waiting = 0
    const failed: string[] = []
    for (const a of answers) {
      if (NOT_DUE.some((n) => n.matches(a))) {
        waiting++
        continue
      }
      const got = client.request({ method: 'POST', path: path(a), body: a.body as Json })
      const body = got.status === 404 && typeof a.answer === 'string' ? a.answer : got.body
      const warned = (a.warnings ?? []).map((w) => JSON.parse(w.replace(/^299 - /, '')) as string)
      const ours = canonical(comparable(got.status, body, got.warnings))
      const real = canonical(comparable(a.code, a.answer, warned))
      if (ours === real) passed++
      else failed.push(`${JSON.stringify(a.body).slice(0, 600)}\n  real ${real}\n  ours ${ours}`)
    }
    console.log(`crd ${name}: ${passed} passed, ${waiting} not yet due, ${failed.length} failed`)
    expect(failed).toEqual([])
  })
}

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const QUERY = 'dryRun=All&fieldManager=m&fieldValidation='
check('definitions', golden.definitions, () => `${CRDS}?${QUERY}Warn`, () => {})
check(
  'objects',
  golden.objects,
  (a) => `/apis/${a.body.apiVersion}/namespaces/default/widgets?${QUERY}${a.mode}`,
  (client) => expect(client.request({ method: 'POST', path: CRDS, body: golden.definition }).status).toBe(201),
)

test('values are judged by a schema as the real server judges them', () => {
  const { definition, rows } = JSON.parse(gunzipSync(readFileSync(new URL('./crd/values.json.gz', import.meta.url))).toString()) as {
    readonly definition: Json
    readonly rows: readonly (readonly [string, Json, number, Json])[]
  }
  /** Two that are known: strfmt finds a duration in a uuid, and an enum of integers says nothing of a fraction. */
  const known = ['fdur "123e4567-e89b-12d3-a456-426614174000"', 'en 1.5']
  const client = server()
  expect(client.request({ method: 'POST', path: CRDS, body: definition }).status).toBe(201)
  const failed: string[] = []
  for (const [field, value, code, wanted] of rows) {
    if (known.includes(`${field} ${JSON.stringify(value)}`)) continue
    const body = { apiVersion: 'schema-f.example.com/v1', kind: 'Probe', metadata: { name: 'p' }, spec: { [field]: value } }
    const got = client.request({ method: 'POST', path: '/apis/schema-f.example.com/v1/probes?dryRun=All&fieldValidation=Warn', body })
    const answer = got.body as Answer['answer']
    const causes = (answer.details?.causes ?? []).map((c: Answer['answer']) => [c.field ?? '', c.reason ?? '', c.message ?? ''])
    const ours = got.status === 422 ? causes.sort((a: string[], b: string[]) => (a.join('\0') < b.join('\0') ? -1 : 1)) : answer.spec
    if (got.status !== code || canonical(ours) !== canonical(wanted)) failed.push(`${field} ${JSON.stringify(value)}\n  real ${code} ${canonical(wanted)}\n  ours ${got.status} ${canonical(ours)}`)
  }
  console.log(`crd values: ${rows.length - known.length - failed.length} passed, ${known.length} not yet due, ${failed.length} failed`)
  expect(failed).toEqual([])
})
