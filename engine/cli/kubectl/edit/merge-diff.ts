import { isMap, type Obj } from '../values.ts'

/** The JSON merge patch (RFC 7386) that makes `modified` of `original`; undefined when they are the same. */
export function mergeDiff(original: Obj, modified: Obj): Obj {
  if (!isMap(original) || !isMap(modified)) return same(original, modified) ? undefined : modified
  const out: Obj = {}
  for (const key of Object.keys(original)) if (!Object.hasOwn(modified, key)) out[key] = null
  for (const [key, value] of Object.entries(modified)) {
    const part = Object.hasOwn(original, key) ? mergeDiff(original[key], value) : value
    if (part !== undefined) out[key] = part
  }
  return Object.keys(out).length === 0 ? undefined : out
}

function same(a: Obj, b: Obj): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]))
  if (isMap(a) && isMap(b)) return mergeDiff(a, b) === undefined
  return a === b
}
