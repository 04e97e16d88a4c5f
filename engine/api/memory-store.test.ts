import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemoryStore } from './memory-store.ts'
import type { KubeObject } from './object.ts'
import type { StoreEvent } from './store.ts'

const pod = (namespace: string, name: string, labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace, name, labels },
})

test('lists are in etcd key order and never change once handed out', () => {
  const store = new MemoryStore()
  for (const [ns, name] of [
    ['b', 'x'],
    ['a', 'z'],
    ['a-b', 'm'],
    ['a', 'y'],
  ] as const)
    store.put('pods', pod(ns, name))
  const names = (list: readonly KubeObject[]) => list.map((o) => `${o.metadata.namespace}/${o.metadata.name}`)
  const before = store.list('pods')
  // '-' sorts before '/', so namespace a-b comes before namespace a, as it does in etcd
  expect(names(before)).toEqual(['a-b/m', 'a/y', 'a/z', 'b/x'])
  expect(names(store.list('pods', 'a'))).toEqual(['a/y', 'a/z'])
  store.remove('pods', 'a', 'y')
  expect(names(before)).toHaveLength(4)
  expect(names(store.list('pods'))).toEqual(['a-b/m', 'a/z', 'b/x'])
})

test('every write has a resourceVersion, an event and a place in the history', () => {
  const store = new MemoryStore()
  const seen: StoreEvent[] = []
  const stop = store.watch((event) => seen.push(event))
  const first = store.put('pods', pod('a', 'x'))
  store.put('pods', { ...first, spec: {} })
  store.remove('pods', 'a', 'x')
  stop()
  store.put('pods', pod('a', 'later'))
  expect(seen.map((e) => [e.type, e.object.metadata.resourceVersion])).toEqual([
    ['ADDED', '2'],
    ['MODIFIED', '3'],
    ['DELETED', '4'],
  ])
  expect(seen[1]?.old).toBe(first)
  expect(store.since(2)?.map((e) => e.type)).toEqual(['MODIFIED', 'DELETED', 'ADDED'])
  expect(store.since(0)).toBeUndefined()
})

test('the next resourceVersion is above the highest loaded', () => {
  const store = new MemoryStore()
  store.putRaw('pods', { ...pod('a', 'x'), metadata: { namespace: 'a', name: 'x', resourceVersion: '900' } })
  expect(store.put('pods', pod('a', 'y')).metadata.resourceVersion).toBe('901')
})

test('load(save()) changes nothing, and a saved state outlives later writes', () => {
  const step = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), ns: fc.constantFrom('x', 'x-y', 'z'), gone: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.array(step, { maxLength: 10 }), (first, then) => {
      const store = new MemoryStore()
      const run = (steps: typeof first) => {
        for (const { ns, name, gone } of steps) gone ? store.remove('pods', ns, name) : store.put('pods', pod(ns, name))
      }
      run(first)
      const saved = store.save()
      const text = JSON.stringify(saved)
      run(then)
      expect(JSON.stringify(saved)).toBe(text)
      const other = new MemoryStore()
      other.load(JSON.parse(text))
      expect(JSON.stringify(other.save())).toBe(text)
      store.load(saved)
      expect(JSON.stringify(store.save())).toBe(text)
      expect(store.list('pods', 'x')).toEqual(other.list('pods', 'x'))
      for (const ns of ['x', 'x-y', 'z'])
        for (const name of 'abcd') expect(store.get('pods', ns, name)).toEqual(other.get('pods', ns, name))
      for (const { ns, name, gone } of then)
        for (const one of [store, other]) gone ? one.remove('pods', ns, name) : one.put('pods', pod(ns, name))
      expect(store.save()).toEqual(other.save())
    }),
  )
})

test('saving shares objects with the live store', () => {
  const store = new MemoryStore()
  const object = store.put('pods', pod('a', 'x'))
  const saved = store.save() as { objects: { pods: KubeObject[] } }
  expect(saved.objects.pods[0]).toBe(object)
})
