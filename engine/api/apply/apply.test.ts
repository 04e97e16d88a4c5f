import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Clock } from '../../clock/clock.ts'
import { Dice } from '../../clock/dice.ts'
import { MemoryStore } from '../memory-store.ts'
import type { KubeObject } from '../object.ts'
import { isStatus } from '../status.ts'
import { applyConfiguration } from './apply.ts'
import type { Entry } from './managers.ts'

const context = {
  store: new MemoryStore(),
  clock: new Clock(Date.parse('2026-11-22T16:00:00Z')),
  dice: new Dice('a'),
  serviceCIDR: '10.96.0.0/12',
  minor: 35,
}

const ONE = { manager: 'one', force: false }

/** What a user would have in a file: no status, nothing that the server owns. */
function configuration(object: KubeObject): KubeObject {
  const { name, namespace, labels, annotations } = object.metadata
  const { status: _status, ...rest } = object
  return {
    ...rest,
    metadata: { name, namespace, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) },
  } as KubeObject
}

const recorded = ['seed', 'services', 'workloads'].flatMap((name) => {
  const url = new URL(`../../../test/golden/kubectl/${name}.objects.json.gz`, import.meta.url)
  return (JSON.parse(gunzipSync(readFileSync(url)).toString()) as { items: readonly KubeObject[] }).items
})

const entries = (object: KubeObject) => (object.metadata.managedFields ?? []) as readonly Entry[]

test('applying the same configuration again changes nothing, for every recorded object', () => {
  expect(recorded.length).toBeGreaterThan(300)
  for (const object of recorded) {
    const config = configuration(object)
    const first = applyConfiguration(context, undefined, config, ONE)
    context.clock.advanceTo(context.clock.now + 1000)
    expect(applyConfiguration(context, first, config, ONE), `${object.kind} ${object.metadata.name}`).toEqual(first)
  }
})

test('what nobody else owns goes with the configuration that held it, and all of it comes back with it', () => {
  for (const object of recorded) {
    const config = configuration(object)
    if (config.spec === undefined || Object.keys(config.spec).length === 0) continue
    const first = applyConfiguration(context, undefined, config, ONE)
    const { spec: _spec, ...bare } = config
    const emptied = applyConfiguration(context, first, bare as KubeObject, ONE)
    expect(emptied.spec ?? null, `${object.kind} ${object.metadata.name}`).toBe(null)
    expect(applyConfiguration(context, emptied, config, ONE).spec).toEqual(first.spec)
  }
})

const map = (data: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'm', namespace: 'lab' },
  data,
})

test('by force the last applier owns what it names, and values are those of their owners', () => {
  const data = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'), { maxKeys: 3 })
  const steps = fc.array(fc.record({ manager: fc.constantFrom('one', 'two', 'three'), data, force: fc.boolean() }), {
    maxLength: 8,
  })
  fc.assert(
    fc.property(steps, (list) => {
      let live: KubeObject | undefined
      const applied = new Map<string, Readonly<Record<string, string>>>()
      for (const { manager, data: wanted, force } of list) {
        try {
          live = applyConfiguration(context, live, map(wanted), { manager, force })
        } catch (error) {
          if (!isStatus(error, 'Conflict')) throw error
          // a conflict names a field that another holds with another value
          expect(force).toBe(false)
          continue
        }
        applied.set(manager, wanted)
        const held = live.data ?? {}
        for (const [key, value] of Object.entries(wanted)) expect(held[key]).toBe(value)
        const owned = new Set(
          entries(live).flatMap((e) => Object.keys(((e.fieldsV1 as Record<string, object>)['f:data'] ?? {}) as object)),
        )
        for (const key of Object.keys(held)) expect(owned.has(`f:${key}`), `${key} is owned`).toBe(true)
      }
    }),
    { numRuns: 300 },
  )
})
