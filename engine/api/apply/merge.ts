import type { Field } from '../schema/schema.ts'
import { atomOf, DEDUCED, fieldAt, isMap, itemElement, type Values } from './atom.ts'

/** What the applied configuration makes of the live object (TypedValue.Merge): the right side wins, keyed lists go item by item. */
export function mergeApplied(live: unknown, config: unknown, field: Field): unknown {
  if (config === undefined) return live
  const atom = atomOf(field, config ?? live)
  if (atom.is === 'scalar' || atom.atomic) return config
  if (atom.is === 'list') {
    const left = Array.isArray(live) ? live : []
    const right = Array.isArray(config) ? config : []
    if (left.length === 0 && right.length === 0) return config
    return mergeItems(left, right, atom)
  }
  const left = isMap(live) ? live : {}
  const right = isMap(config) ? config : {}
  if (Object.keys(left).length === 0 && Object.keys(right).length === 0) return config
  return mergeMaps(left, right, (key) => fieldAt(atom, key) ?? DEDUCED)
}

function mergeMaps(left: Values, right: Values, of: (key: string) => Field): Values {
  const out: Record<string, unknown> = {}
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const value = mergeApplied(left[key], right[key], of(key))
    if (value !== undefined) out[key] = value
  }
  return out
}

/** visitListItems: the applied order, with items that only the live list has where they were among the shared ones. */
function mergeItems(
  left: readonly unknown[],
  right: readonly unknown[],
  atom: Extract<ReturnType<typeof atomOf>, { is: 'list' }>,
) {
  const leftKeys = left.map((item) => itemElement(atom, item))
  const rightKeys = right.map((item) => itemElement(atom, item))
  const lefts = new Map<string, unknown>()
  // items that the live list holds twice are not merged with the new one
  for (const [i, key] of leftKeys.entries()) lefts.set(key, lefts.has(key) ? undefined : left[i])
  const rights = new Map(rightKeys.map((key, i) => [key, right[i]]))
  const shared = rightKeys.filter((key) => lefts.has(key))
  let next = shared.shift()
  const done = new Set<string>()
  const out: unknown[] = []
  let l = 0
  let r = 0
  while (l < left.length || r < right.length) {
    const key = leftKeys[l]
    if (key !== undefined && r < right.length) {
      if (key === rightKeys[r]) {
        done.add(key)
        out.push(mergeApplied(lefts.get(key), rights.get(key), atom.of))
        l++
        r++
        next = shared.shift()
        continue
      }
      if (rights.has(key) && next !== undefined && next !== key) {
        l++
        continue
      }
    }
    if (key !== undefined) {
      if (!rights.has(key)) {
        out.push(left[l])
        l++
        continue
      }
      if (done.has(key)) l++
    }
    const mine = rightKeys[r]
    if (mine !== undefined) {
      done.add(mine)
      out.push(mergeApplied(lefts.get(mine), rights.get(mine), atom.of))
      r++
      if (next === mine) next = shared.shift()
    }
  }
  return out
}
