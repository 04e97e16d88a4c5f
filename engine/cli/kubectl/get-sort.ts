import { goSort } from '../../base/gosort.ts'
import { parseQuantity } from '../../base/quantity.ts'
import { fail } from './errors.ts'
import { JsonPath, PathError, relaxedJsonPath } from './print/jsonpath/run.ts'
import { byteOrder, type Obj } from './values.ts'

/** Rows of a Table whose rows carry whole objects, by --sort-by. */
export function sortRows(rows: readonly Obj[], path: string): Obj[] {
  return sortBy(rows, path, (row) => row.object)
}

export function sortObjects(objects: readonly Obj[], path: string): Obj[] {
  return path === '' ? [...objects] : sortBy(objects, path, (object) => object)
}

/** kubectl/pkg/cmd/get/sorter.go: an unstable sort by the first value found; what lacks the field comes first. */
function sortBy(items: readonly Obj[], path: string, objectOf: (item: Obj) => Obj): Obj[] {
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
  const keyed = items.map((item) => ({ item, value: parsed.results(objectOf(item)).flat()[0] }))
  if (keyed.every((k) => k.value === undefined)) throw fail(`couldn't find any field with path "${field}" in the list of objects`)
  return goSort(keyed, (x, y) => less(x.value, y.value)).map((k) => k.item)
}

function less(x: Obj, y: Obj): boolean {
  if (x === undefined || x === null) return y !== undefined && y !== null
  if (y === undefined || y === null) return false
  if (typeof x === 'number' && typeof y === 'number') return x < y
  if (typeof x === 'string' && typeof y === 'string') {
    const qx = parseQuantity(x)
    const qy = parseQuantity(y)
    if (qx !== undefined && qy !== undefined) return qx.value < qy.value
    return byteOrder(x, y) < 0
  }
  if (typeof x === 'boolean' && typeof y === 'boolean') return !x && y
  return false
}
