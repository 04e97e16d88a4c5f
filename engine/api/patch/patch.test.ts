import { expect, test } from 'vitest'
import { applyJsonPatch } from './json.ts'
import { mergePatch } from './merge.ts'
import { strategicMerge } from './strategic.ts'

const DEPLOYMENT = 'apps.v1.Deployment'
const pod = (...containers: object[]) => ({ spec: { template: { spec: { containers } } } })
const names = (value: unknown) =>
  (value as ReturnType<typeof pod>).spec.template.spec.containers.map((c) => (c as { name: string }).name)
const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ name, image: `${name}:1` })) as [object, object, object]

test('items merge by key and keep the server’s order; new ones come first', () => {
  const merged = strategicMerge(pod(a, b, c), pod({ name: 'b', image: 'b:2' }, { name: 'new' }), DEPLOYMENT)
  expect(merged).toEqual(pod(a, { name: 'b', image: 'b:2' }, { name: 'new' }, c))
  expect(names(strategicMerge(pod(a), pod({ name: 'new' }), DEPLOYMENT))).toEqual(['new', 'a'])
})

test('$patch deletes and replaces, $setElementOrder orders', () => {
  expect(names(strategicMerge(pod(a, b, c), pod({ name: 'b', $patch: 'delete' }), DEPLOYMENT))).toEqual(['a', 'c'])
  const ordered = {
    spec: { template: { spec: { '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }, { name: 'b' }] } } },
  }
  expect(names(strategicMerge(pod(a, b, c), ordered, DEPLOYMENT))).toEqual(['c', 'a', 'b'])
  expect(names(strategicMerge(pod(a, b), pod({ $patch: 'replace' }, c), DEPLOYMENT))).toEqual(['c'])
  const strategy = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }
  expect(strategicMerge({ spec: { strategy: { type: 'RollingUpdate', rollingUpdate: {} } } }, strategy, DEPLOYMENT)).toEqual({
    spec: { strategy: { type: 'Recreate' } },
  })
})

test('maps merge, null removes, atomic lists are replaced', () => {
  const service = { spec: { selector: { a: 'b', c: 'd' }, externalIPs: ['1.1.1.1'] } }
  const patch = { spec: { selector: { a: null, e: 'f' }, externalIPs: ['2.2.2.2'] } }
  const wanted = { spec: { selector: { c: 'd', e: 'f' }, externalIPs: ['2.2.2.2'] } }
  expect(strategicMerge(service, patch, 'core.v1.Service')).toEqual(wanted)
  expect(mergePatch(service, patch)).toEqual(wanted)
})

test('sets of strings merge and lose named values', () => {
  const object = { metadata: { finalizers: ['x', 'y'] } }
  expect(strategicMerge(object, { metadata: { finalizers: ['z'] } }, 'core.v1.Pod')).toEqual({
    metadata: { finalizers: ['z', 'x', 'y'] },
  })
  const drop = { metadata: { '$deleteFromPrimitiveList/finalizers': ['x'] } }
  expect(strategicMerge(object, drop, 'core.v1.Pod')).toEqual({ metadata: { finalizers: ['y'] } })
})

test('a merge item without its key is refused', () => {
  expect(() => strategicMerge(pod(a), pod({ image: 'x' }), DEPLOYMENT)).toThrow(
    'map: map[image:x] does not contain declared merge key: name',
  )
})

test('a JSON patch changes a copy, all or nothing', () => {
  const object = { spec: { ports: [{ port: 1 }] } }
  expect(applyJsonPatch(object, [{ op: 'replace', path: '/spec/ports/0/port', value: 2 }])).toEqual({
    spec: { ports: [{ port: 2 }] },
  })
  expect(() => applyJsonPatch(object, [{ op: 'test', path: '/spec/ports/0/port', value: 3 }])).toThrow(
    'the server rejected our request',
  )
  expect(object.spec.ports[0]?.port).toBe(1)
})
