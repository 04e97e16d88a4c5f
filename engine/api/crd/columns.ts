// biome-ignore-all lint/suspicious/noExplicitAny: a version of a definition as it is in the store
import { humanDuration } from '../../base/duration.ts'
import type { Json } from '../../base/json.ts'
import { JsonPath, pathText } from '../../base/jsonpath/run.ts'
import type { RowContext } from '../kinds/kind.ts'
import type { Column } from '../kinds/registry.ts'
import type { KubeObject } from '../object.ts'

const AGE = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }

function given(version: any): readonly any[] {
  const columns: readonly any[] = version.additionalPrinterColumns ?? []
  return columns.length === 0 ? [AGE] : columns
}

/** The columns of a custom kind's table: the name, then those of its definition (apiextensions tableconvertor). */
export function columnsOf(version: any): readonly Column[] {
  return [
    { name: 'Name', type: 'string', format: 'name', priority: 0 },
    ...given(version).map((c) => ({ name: c.name, type: c.type, format: c.format ?? '', priority: c.priority ?? 0 })),
  ]
}

/** A row's maker: every column shows the first thing that its path finds, and nothing where it finds none. */
export function cellsOf(version: any): (object: KubeObject, at: RowContext) => readonly Json[] {
  const columns = given(version).map((c) => ({ type: c.type as string, path: new JsonPath(`{${c.jsonPath}}`, true) }))
  return (object, at) => [object.metadata.name, ...columns.map(({ type, path }) => cell(object, type, path, at))]
}

function cell(object: KubeObject, type: string, path: JsonPath, at: RowContext): Json {
  let value: unknown
  try {
    value = path.results(object)[0]?.[0]
  } catch {
    return null
  }
  if (value === undefined) return null
  if (type === 'string') return pathText(value)
  if (type === 'integer') return typeof value === 'number' ? Math.trunc(value) : null
  if (type === 'number') return typeof value === 'number' ? value : null
  if (type === 'boolean') return typeof value === 'boolean' ? value : null
  if (type !== 'date') return null
  if (typeof value !== 'string') return null
  const time = Date.parse(value)
  return Number.isNaN(time) ? '<invalid>' : humanDuration(at.now - time)
}
