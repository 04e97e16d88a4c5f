import { compactJson } from './print/json.ts'
import { isMap, type Obj } from './values.ts'

/** By field: what identifies an item of a list that is merged rather than replaced (patchMergeKey in k8s.io/api). */
const MERGE_KEYS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  volumes: ['name'],
  env: ['name'],
  imagePullSecrets: ['name'],
  secrets: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  ports: ['containerPort', 'port'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  ownerReferences: ['uid'],
  conditions: ['type'],
  subjects: [],
  finalizers: [],
}

/** Kinds whose lists are all replaced whole, whatever their fields are called. */
const ATOMIC_KINDS: readonly string[] = ['EndpointSlice', 'Endpoints', 'Ingress', 'NetworkPolicy']

/** The key by which a list's items are merged, if they all have it. */
function mergeKey(field: string, items: readonly Obj[]): string | undefined {
  return (MERGE_KEYS[field] ?? []).find(
    (key) => items.length > 0 && items.every((item) => isMap(item) && item[key] !== undefined),
  )
}

/**
 * The three-way strategic merge patch of `kubectl apply`: additions and changes from live to what is applied, deletions of what
 * was applied last and is gone now (strategicpatch.CreateThreeWayMergePatch). Empty when nothing changes.
 * `custom`: a JSON merge patch, as for kinds that kubectl does not know: lists are replaced whole.
 */
export function applyPatch(original: Obj, modified: Obj, live: Obj, custom = false): Obj {
  const atomic = custom || ATOMIC_KINDS.includes(modified.kind)
  const patch = mapPatch(original ?? {}, modified, live, atomic)
  for (const key of ['apiVersion', 'kind', 'status']) delete patch[key]
  return patch
}

function mapPatch(original: Obj, modified: Obj, live: Obj, atomic: boolean): Record<string, Obj> {
  const out: Record<string, Obj> = {}
  for (const key of Object.keys(modified)) {
    const change = valuePatch(key, original?.[key], modified[key], live?.[key], atomic)
    if (change !== undefined) out[key] = change
    const order = atomic ? undefined : elementOrder(key, change, modified[key], live?.[key])
    if (order !== undefined) out[`$setElementOrder/${key}`] = order
  }
  for (const key of Object.keys(original ?? {})) {
    if (modified[key] === undefined && live?.[key] !== undefined && live[key] !== null) out[key] = null
  }
  return out
}

function valuePatch(field: string, original: Obj, modified: Obj, live: Obj, atomic: boolean): Obj {
  if (modified === null) return live === undefined || live === null ? undefined : null
  if (isMap(modified)) {
    if (!isMap(live)) return modified
    const patch = mapPatch(isMap(original) ? original : {}, modified, live, atomic)
    return Object.keys(patch).length === 0 ? undefined : patch
  }
  if (Array.isArray(modified))
    return atomic ? (same(modified, live) ? undefined : modified) : listPatch(field, original, modified, live)
  return same(modified, live) ? undefined : modified
}

function listPatch(field: string, original: Obj, modified: readonly Obj[], live: Obj): Obj {
  if (!Array.isArray(live)) return modified
  const before: readonly Obj[] = Array.isArray(original) ? original : []
  const key = mergeKey(field, [...modified, ...live])
  if (key === undefined) return same(modified, live) ? undefined : modified
  const out: Obj[] = []
  for (const item of modified) {
    const held = live.find((l) => l[key] === item[key])
    if (held === undefined) {
      out.push(item)
      continue
    }
    const patch = mapPatch(before.find((o) => o?.[key] === item[key]) ?? {}, item, held, false)
    if (Object.keys(patch).length > 0) out.push({ ...patch, [key]: item[key] })
  }
  for (const item of before) {
    const gone = !modified.some((m) => m[key] === item?.[key]) && live.some((l) => l[key] === item?.[key])
    if (gone) out.push({ $patch: 'delete', [key]: item[key] })
  }
  return out.length === 0 ? undefined : out
}

/** Where a merged list changes, the order of its items goes along (strategicpatch diffLists). */
function elementOrder(field: string, change: Obj, modified: Obj, live: Obj): Obj[] | undefined {
  if (!Array.isArray(modified) || !Array.isArray(live)) return undefined
  const key = mergeKey(field, [...modified, ...live])
  if (key === undefined) return undefined
  const keys = (list: readonly Obj[]) => list.map((item) => item[key])
  if (change === undefined && same(keys(modified), keys(live))) return undefined
  return modified.map((item) => ({ [key]: item[key] }))
}

function same(x: Obj, y: Obj): boolean {
  return compactJson(x) === compactJson(y)
}
