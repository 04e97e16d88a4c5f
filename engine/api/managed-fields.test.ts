import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { Clock } from '../clock/clock.ts'
import { Dice } from '../clock/dice.ts'
import { encodeFields, parseFields } from './field-set.ts'
import { resourceOf } from './kinds/registry.ts'
import { trackUpdate } from './managed-fields.ts'
import { MemoryStore } from './memory-store.ts'
import type { KubeObject } from './object.ts'
import { updateObject } from './write.ts'

const context = {
  store: new MemoryStore(),
  clock: new Clock(Date.parse('2026-11-22T16:00:00Z')),
  dice: new Dice('m'),
  serviceCIDR: '10.96.0.0/12',
  minor: 35,
}

function dump(name: string): readonly KubeObject[] {
  const url = new URL(`../../test/golden/kubectl/${name}.objects.json.gz`, import.meta.url)
  return (JSON.parse(gunzipSync(readFileSync(url)).toString()) as { items: readonly KubeObject[] }).items
}

interface Entry {
  readonly manager: string
  readonly operation: string
  readonly apiVersion: string
  readonly subresource?: string
  readonly fieldsV1: Record<string, never>
}

test('recorded FieldsV1 survive parsing', () => {
  for (const object of dump('seed')) {
    for (const { fieldsV1 } of (object.metadata.managedFields ?? []) as readonly Entry[]) {
      expect(encodeFields(parseFields(fieldsV1))).toEqual(fieldsV1)
    }
  }
})

/** Objects that one client made and nobody changed: their only entry is what creation noted. */
test('what a creation owns is what the real server noted', () => {
  const wrong: string[] = []
  let compared = 0
  for (const name of ['seed', 'services', 'workloads']) {
    for (const object of dump(name)) {
      const entries = (object.metadata.managedFields ?? []) as readonly Entry[]
      const only = entries[0]
      if (entries.length !== 1 || only?.operation !== 'Update' || only.subresource !== undefined) continue
      if (only.apiVersion !== object.apiVersion) continue
      const { managedFields: _fields, ...metadata } = object.metadata
      const { status: _status, ...rest } = object
      const spec = sent(object)
      const created = trackUpdate(context, undefined, { ...rest, spec, metadata } as KubeObject, { manager: only.manager })
      const got = (created.metadata.managedFields as readonly Entry[] | undefined)?.[0]?.fieldsV1
      compared++
      if (JSON.stringify(sorted(got)) !== JSON.stringify(sorted(only.fieldsV1))) {
        wrong.push(
          `${object.kind} ${object.metadata.name}\n want ${JSON.stringify(sorted(only.fieldsV1))}\n got  ${JSON.stringify(sorted(got))}`,
        )
      }
    }
  }
  console.log(`${compared - wrong.length} of ${compared} creations note the recorded fields`)
  expect(wrong.slice(0, 5)).toEqual([])
})

/** The spec as its creator sent it: without what allocation and strategies added after fields were noted. */
function sent(object: KubeObject): unknown {
  if (object.kind === 'Namespace') return undefined
  if (object.kind !== 'Service') return object.spec
  const { ipFamilies: _families, ipFamilyPolicy, clusterIPs: _ips, healthCheckNodePort: _port, ...rest } = object.spec
  // the API server itself makes this one, and names its policy
  return object.metadata.name === 'kubernetes' ? { ...rest, ipFamilyPolicy } : rest
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, sorted(v)]),
  )
}

test('an update takes the fields it changes', () => {
  const service = dump('seed').find((o) => o.kind === 'Service' && o.metadata.name === 'back-end-service') as KubeObject
  for (const object of dump('seed')) context.store.putRaw(resourceOf(object.apiVersion, object.kind) as string, object)
  const after = updateObject(
    context,
    'services',
    { ...service, spec: { ...service.spec, selector: { app: 'other' } } },
    { manager: 'kubectl-edit' },
  )
  const entries = after.metadata.managedFields as readonly Entry[]
  expect(entries.map((e) => e.manager)).toEqual(['node', 'kubectl-edit'])
  expect(entries[1]?.fieldsV1).toEqual({ 'f:spec': { 'f:selector': {} } })
  expect(JSON.stringify(entries[0])).not.toContain('f:selector')
})
