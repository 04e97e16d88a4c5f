import { applyPatch } from 'rfc6902'
import { badRequest, unprocessable } from '../status.ts'

/** client-go's words for 422 without a message of its own (NewGenericServerResponse). */
const REJECTED = 'the server rejected our request due to an error in our request'

const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test']

/** RFC 6902 on a copy; an operation that cannot be done refuses the whole patch. */
export function applyJsonPatch<T>(object: T, operations: readonly unknown[]): T {
  const copy = structured(object)
  for (const operation of operations) {
    const { op, path } = (operation ?? {}) as { op?: unknown; path?: unknown }
    if (typeof path !== 'string') throw badRequest('json patch: missing path')
    if (typeof op !== 'string' || !OPERATIONS.includes(op)) throw unprocessable(REJECTED)
  }
  const errors = applyPatch(copy, operations as never)
  if (errors.some((error) => error !== null)) throw unprocessable(REJECTED)
  return copy
}

/** A deep copy of plain data: the patch library changes what it is given. */
function structured<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}
