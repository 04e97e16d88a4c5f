import { expect, test } from 'vitest'
import { MemoryStore } from '../api/memory-store.ts'
import { Clock } from '../clock/clock.ts'
import { Dice } from '../clock/dice.ts'
import type { ApiResponse, WatchEvent } from './client.ts'
import { ApiServer } from './server.ts'

function made() {
  const store = new MemoryStore()
  const profile = { kubernetes: '1.35.4', serviceCIDR: '10.96.0.0/12' }
  const server = new ApiServer({ store, clock: new Clock(0), dice: new Dice('watch'), profile })
  const client = server.client({ name: 'admin', groups: ['system:masters'] })
  client.request({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'lab' } } })
  const put = (name: string) =>
    store.put('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'lab' } })
  const watch = (query: string) => {
    const events: WatchEvent[] = []
    const opened = client.watch({ method: 'GET', path: `/api/v1/namespaces/lab/configmaps?${query}` }, (e) => events.push(e))
    return { events, opened, types: () => events.map((e) => e.type) }
  }
  return { store, client, put, watch }
}

const INITIAL = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan'

test('10,000 watches opened and closed leave no listener behind', () => {
  const { store, watch } = made()
  const before = store.listening
  for (let i = 0; i < 10_000; i++) {
    const { opened } = watch(`resourceVersion=${store.revision}`)
    if (i === 0) expect(store.listening).toBe(before + 1)
    ;(opened as { stop: () => void }).stop()
  }
  expect(store.listening).toBe(before)
})

test('a watch refused or too old listens to nothing', () => {
  const { store, put, watch } = made()
  const before = store.listening
  for (let i = 0; i < 20_100; i++) put('same')
  const old = watch('resourceVersion=2')
  expect(old.types()).toEqual(['ERROR'])
  expect(old.events[0]?.object).toMatchObject({
    code: 410,
    reason: 'Expired',
    message: `too old resource version: 2 (${store.revision})`,
  })
  for (const query of [
    'sendInitialEvents=true',
    'resourceVersionMatch=NotOlderThan',
    'continue=x',
    'timeoutSeconds=x',
    'labelSelector=!!',
  ])
    expect((watch(query).opened as ApiResponse).status, query).toBeGreaterThanOrEqual(400)
  expect(store.listening).toBe(before)
})

test('initial events end with a bookmark where the client wants bookmarks', () => {
  const { store, put, watch } = made()
  put('a')
  put('b')
  const plain = watch(INITIAL)
  const marked = watch(`${INITIAL}&allowWatchBookmarks=true`)
  expect(plain.types()).toEqual(['ADDED', 'ADDED'])
  expect(marked.types()).toEqual(['ADDED', 'ADDED', 'BOOKMARK'])
  expect(marked.events[2]?.object).toMatchObject({
    kind: 'ConfigMap',
    metadata: { resourceVersion: String(store.revision), annotations: { 'k8s.io/initial-events-end': 'true' } },
  })
  put('c')
  for (const { opened } of [plain, marked]) (opened as { bookmark: () => void }).bookmark()
  expect(plain.types()).toEqual(['ADDED', 'ADDED', 'ADDED'])
  expect(marked.types()).toEqual(['ADDED', 'ADDED', 'BOOKMARK', 'ADDED', 'BOOKMARK'])
})

test('a watch goes on from the version it names, also one that is still to come', () => {
  const { store, put, watch } = made()
  put('a')
  const from = store.revision
  put('b')
  expect(watch(`resourceVersion=${from}`).events.map((e) => (e.object as { metadata: { name: string } }).metadata.name)).toEqual([
    'b',
  ])
  const later = watch(`resourceVersion=${store.revision + 1}`)
  put('c')
  expect(later.types()).toEqual([])
  put('d')
  expect(later.types()).toEqual(['ADDED'])
})

test('pages show one state, whatever is written between them, until that state is compacted', () => {
  const { client, put } = made()
  for (const name of ['a', 'b', 'c', 'd']) put(name)
  const page = (query: string) => client.request({ method: 'GET', path: `/api/v1/namespaces/lab/configmaps?limit=2${query}` })
  interface List {
    readonly items: readonly { readonly metadata: { readonly name: string } }[]
    readonly metadata: { readonly continue: string }
  }
  const names = (r: ApiResponse) => (r.body as unknown as List).items.map((o) => o.metadata.name)
  const token = (r: ApiResponse) => encodeURIComponent((r.body as unknown as List).metadata.continue)
  const first = page('')
  client.request({ method: 'DELETE', path: '/api/v1/namespaces/lab/configmaps/c' })
  put('cc')
  expect([names(first), names(page(`&continue=${token(first)}`))]).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ])
  for (let i = 0; i < 20_100; i++) put('same')
  const expired = page(`&continue=${token(first)}`)
  expect([expired.status, (expired.body as { reason: string }).reason]).toEqual([410, 'Expired'])
  expect(names(page(`&continue=${token(expired)}`))).toEqual(['cc', 'd'])
})
