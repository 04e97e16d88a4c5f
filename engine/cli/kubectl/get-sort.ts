import { goSort } from '../../base/gosort.ts'
import { parseQuantity } from '../../base/quantity.ts'
import { fail, KubectlError } from './errors.ts'
import type { Invocation } from './invocation.ts'
import { klogHead } from './klog.ts'
import { JsonPath, PathError, relaxedJsonPath } from './print/jsonpath/run.ts'
import { byteOrder, type Obj } from './values.ts'

/** Two values that have no order: kubectl ends at once, in klog's words (sorter.go Less). */
export class UnsortableError extends Error {
  readonly told: Error
  constructor(told: Error) {
    super(told.message)
    this.told = told
  }
}

/** Rows of a Table whose rows carry whole objects, by --sort-by. */
export function sortRows(rows: readonly Obj[], path: string, call: Invocation): Obj[] {
  return sortBy(rows, path, (row) => row.object, call, '[][][]reflect.Value', 375)
}

export function sortObjects(objects: readonly Obj[], path: string, call: Invocation): Obj[] {
  return path === '' ? [...objects] : sortBy(objects, path, (object) => object, call, '*unstructured.Unstructured', 321)
}

/** kubectl/pkg/cmd/get/sorter.go: an unstable sort by the first value found; what lacks the field comes first. */
function sortBy(
  items: readonly Obj[],
  path: string,
  objectOf: (item: Obj) => Obj,
  call: Invocation,
  holder: string,
  line: number,
): Obj[] {
  if (items.length === 0) return []
  let parsed: JsonPath
  let field: string
  try {
    field = relaxedJsonPath(path)
    parsed = new JsonPath(field, true)
  } catch (error) {
    if (error instanceof PathError) throw fail(error.message)
    throw error
  }
  const keyed = items.map((item) => ({ item, found: parsed.results(objectOf(item))[0] ?? [] }))
  if (keyed.every((k) => k.found.length === 0)) throw fail(`couldn't find any field with path "${field}" in the list of objects`)
  const unsortable = (why: string) =>
    new UnsortableError(
      new KubectlError(
        `${klogHead(call, 'F', `sorter.go:${line}`)} Field ${field} in ${holder} is an unsortable type: interface, err: ${why}`,
      ),
    )
  const less = (x: readonly Obj[], y: readonly Obj[]): boolean => {
    if (x.length === 0) return true
    return y.length === 0 ? false : lessThan(x[0], y[0], unsortable)
  }
  return goSort(keyed, (x, y) => less(x.found, y.found)).map((k) => k.item)
}

function lessThan(x: Obj, y: Obj, unsortable: (why: string) => Error): boolean {
  if (x === undefined || x === null) return y !== undefined && y !== null
  if (y === undefined || y === null) return false
  if (typeof x === 'string' && typeof y === 'string') {
    const qx = parseQuantity(x)
    const qy = qx === undefined ? undefined : parseQuantity(y)
    return qx !== undefined && qy !== undefined ? qx.value < qy.value : byteOrder(x, y) < 0
  }
  if (typeof x === 'number' && typeof y === 'number' && Number.isInteger(x) === Number.isInteger(y)) return x < y
  if (typeof x === 'string' || typeof x === 'number') throw unsortable('unsortable interface: interface')
  throw unsortable(
    `unsortable type: ${typeof x === 'boolean' ? 'bool' : Array.isArray(x) ? '[]interface {}' : 'map[string]interface {}'}`,
  )
}
