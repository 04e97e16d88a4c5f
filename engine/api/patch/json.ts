import { applyPatch } from 'rfc6902'
import { unprocessable } from '../status.ts'

/** client-go's words for 422 without a message of its own (NewGenericServerResponse). */
const REJECTED = 'the server rejected our request due to an error in our request'

const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test']

const REFUSED = () => unprocessable(REJECTED)

/** RFC 6902 on a copy; an operation that cannot be done refuses the whole patch (evanphx/json-patch, whose reasons the server drops). */
export function applyJsonPatch<T>(object: T, operations: readonly unknown[]): T {
  const copy = structured(object)
  for (const operation of operations) {
    const { op, path, from } = (operation ?? {}) as { op?: unknown; path?: unknown; from?: unknown }
    if (typeof op !== 'string' || !OPERATIONS.includes(op)) throw REFUSED()
    if (typeof path !== 'string' || !path.startsWith('/')) throw REFUSED()
    if ((op === 'move' || op === 'copy') && (typeof from !== 'string' || !from.startsWith('/'))) throw REFUSED()
    if ((op === 'add' || op === 'replace') && !Object.hasOwn(operation as object, 'value')) throw REFUSED()
  }
  const errors = applyPatch(copy, operations as never)
  if (errors.some((error) => error !== null)) throw REFUSED()
  return copy
}

/** A deep copy of plain data: the patch library changes what it is given. */
function structured<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}
