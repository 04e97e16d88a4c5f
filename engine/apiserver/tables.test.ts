import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { heldKinds, resourceOf } from '../api/kinds/registry.ts'
import { MemoryStore } from '../api/memory-store.ts'
import type { KubeObject } from '../api/object.ts'
import { TABLE_LAYOUT, TabWriter } from '../base/tabwriter.ts'
import { Clock } from '../clock/clock.ts'
import { Dice } from '../clock/dice.ts'
import type { ApiClient } from './client.ts'
import { ApiServer } from './server.ts'

interface Recording {
  readonly id: string
  readonly now: string
  readonly line: string
  readonly stdout: string
  readonly stderr: string
}

interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[]
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: KubeObject }[]
}

const golden = (name: string) =>
  gunzipSync(readFileSync(new URL(`../../test/golden/kubectl/${name}`, import.meta.url))).toString()
const ACCEPT = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' }
const LINE = /^kubectl get ([a-z]+)((?: -n [a-z-]+| -A| -o wide| --no-headers)*)$/

function cluster(name: string): MemoryStore {
  const store = new MemoryStore()
  const list = JSON.parse(golden(`${name}.objects.json.gz`)) as { items: readonly KubeObject[] }
  for (const object of list.items) store.putRaw(resourceOf(object.apiVersion, object.kind) as string, object)
  return store
}

/** The path of a resource as typed (plural, singular or short name), found through discovery. */
function pathOf(client: ApiClient, word: string): { path: string; namespaced: boolean } | undefined {
  const groups = client.request({ method: 'GET', path: '/apis' }).body as {
    groups: { preferredVersion: { groupVersion: string } }[]
  }
  for (const root of ['/api/v1', ...groups.groups.map((g) => `/apis/${g.preferredVersion.groupVersion}`)]) {
    const list = client.request({ method: 'GET', path: root }).body as {
      resources: { name: string; singularName: string; shortNames?: string[]; namespaced: boolean }[]
    }
    const found = list.resources.find((r) => r.name === word || r.singularName === word || r.shortNames?.includes(word))
    if (found !== undefined) return { path: `${root}|${found.name}`, namespaced: found.namespaced }
  }
  return undefined
}

/** "/apis/apps/v1|deployments" is kept as "deployments.apps". */
function keyOf(path: string): string {
  const [root = '', resource = ''] = path.split('|')
  const [, api, group] = root.split('/')
  return api === 'apis' ? `${resource}.${group}` : resource
}

function print(table: Table, wide: boolean, headers: boolean, namespaces: boolean): string {
  const writer = new TabWriter(TABLE_LAYOUT)
  const shown = table.columnDefinitions.map((c, i) => ({ ...c, i })).filter((c) => wide || c.priority === 0)
  const line = (cells: readonly unknown[]) => writer.write(`${cells.join('\t')}\n`)
  if (headers) line([...(namespaces ? ['NAMESPACE'] : []), ...shown.map((c) => c.name.toUpperCase())])
  for (const row of table.rows)
    line([...(namespaces ? [row.object.metadata.namespace] : []), ...shown.map((c) => row.cells[c.i])])
  return writer.flush()
}

/** Kinds of which at least one recorded row was compared. */
const compared = new Set<string>()

for (const name of ['seed', 'services', 'workloads']) {
  test(`server-side tables of ${name} are what kubectl get printed`, () => {
    const store = cluster(name)
    const records = golden(`${name}.read.jsonl.gz`)
      .split('\n')
      .filter((l) => l !== '')
      .map((l) => JSON.parse(l) as Recording)
    const clock = new Clock(Date.parse(records[0]?.now as string))
    const profile = { kubernetes: '1.35.4', serviceCIDR: '10.96.0.0/12' }
    const server = new ApiServer({ store, clock, dice: new Dice('t'), profile })
    // nothing but the API server ran while these were recorded
    server.componentRuns = () => false
    const client = server.client({ name: 'admin', groups: ['system:masters'] })
    let tables = 0
    for (const record of records) {
      const match = LINE.exec(record.line)
      const flags = match?.[2] ?? ''
      if (match === null || record.stdout === '' || match[1] === 'all') continue
      clock.advanceTo(Date.parse(record.now))
      const found = pathOf(client, match[1] as string)
      if (found === undefined) continue
      const namespace = /-n ([a-z-]+)/.exec(flags)?.[1] ?? 'default'
      const all = flags.includes('-A')
      const scope = found.namespaced && !all ? `/namespaces/${namespace}` : ''
      const path = `${found.path.replace('|', `${scope}/`)}?limit=500`
      const table = client.request({ method: 'GET', path, headers: ACCEPT }).body as unknown as Table
      if (table.columnDefinitions === undefined) throw new Error(`${record.line}: ${JSON.stringify(table)}`)
      const got = print(table, flags.includes('wide'), !flags.includes('--no-headers'), all)
      expect(got, record.line).toBe(record.stdout)
      tables++
      if (table.rows.length > 0) compared.add(keyOf(found.path))
    }
    console.log(`${name}: ${tables} tables compared`)
    expect(tables).toBeGreaterThan(20)
  })
}

test('every kind that names this suite had a row compared', () => {
  const named = heldKinds().filter((k) => k.suite === 'kubectl')
  expect(named.map((k) => k.resource).filter((resource) => !compared.has(resource))).toEqual([])
})
