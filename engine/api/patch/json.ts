import { applyPatch } from 'rfc6902'
import { unprocessable } from '../status.ts'
import { isObject } from './merge.ts'

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
  for (const operation of operations as readonly { op: string; path: string }[]) {
    // evanphx/json-patch replaces what is not there as well, in an object
    const op = operation.op === 'replace' && isObject(parentOf(copy, operation.path)) ? 'add' : operation.op
    if (applyPatch(copy, [{ ...operation, op }] as never).some((error) => error !== null)) throw REFUSED()
  }
  return copy
}

function parentOf(document: unknown, path: string): unknown {
  let at = document
  for (const part of path.split('/').slice(1, -1))
    at = (at as Record<string, unknown> | undefined | null)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')]
  return at
}

/** A deep copy of plain data: the patch library changes what it is given. */
function structured<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}
