import { fail } from './errors.ts'
import type { Invocation } from './invocation.ts'
import { isMap, type Obj } from './values.ts'

/** What --overrides makes of a generated object: a JSON merge patch (genericclioptions NewOverrider). */
export function overridden(call: Invocation, object: Obj): Obj {
  const text = call.flags.text('overrides')
  if (text === '') return object
  const type = call.flags.text('override-type')
  if (type !== 'merge' && type !== '') throw call.notEmulated(`--override-type=${type}`)
  let patch: Obj
  try {
    patch = JSON.parse(text)
  } catch {
    throw fail('Invalid JSON Patch')
  }
  return merged(object, patch)
}

/** RFC 7386. */
export function merged(target: Obj, patch: Obj): Obj {
  if (!isMap(patch)) return patch
  const out: Record<string, Obj> = isMap(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete out[key]
    else out[key] = merged(out[key], value)
  }
  return out
}
