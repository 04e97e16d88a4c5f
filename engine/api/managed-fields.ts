import type { KubeObject } from './object.ts'
import type { WriteContext, WriteOptions } from './write-context.ts'

/** Notes in managedFields who wrote what; without a manager nothing is noted. */
export function trackUpdate(
  _context: WriteContext,
  _old: KubeObject | undefined,
  object: KubeObject,
  _options: WriteOptions,
): KubeObject {
  return object
}
