import { TABLE_LAYOUT, tabbed } from '../../../base/tabwriter.ts'
import { fail } from '../errors.ts'
import { goValue, type Obj } from '../values.ts'
import { JsonPath, PathError, relaxedJsonPath } from './jsonpath/run.ts'

interface Column {
  readonly header: string
  readonly path: JsonPath
}

/** `-o custom-columns=NAME:.metadata.name,…` */
export function parseColumns(spec: string): Column[] {
  if (spec === '') throw fail('custom-columns format specified but no custom columns given')
  return spec.split(',').map((part) => {
    const at = part.indexOf(':')
    if (at < 0) throw fail(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`)
    return column(part.slice(0, at), part.slice(at + 1))
  })
}

/** `-o custom-columns-file=…`: a line of headers, a line of paths. */
export function parseColumnFile(text: string, unnamed = false): Column[] {
  if (unnamed) throw fail('custom-columns format specified but no custom columns given')
  const lines = text.split('\n')
  const words = (line: string | undefined) => (line ?? '').split(/\s+/).filter((w) => w !== '')
  const shape = 'Expected format is one line of space separated headers, one line of space separated column specs.'
  if (text === '') throw fail(`invalid template, missing header line. ${shape}`)
  const headers = words(lines[0])
  if (lines.length < 2 || (lines.length === 2 && lines[1] === '')) throw fail(`invalid template, missing spec line. ${shape}`)
  const specs = words(lines[1])
  if (headers.length !== specs.length)
    throw fail(`number of headers (${headers.length}) and field specifications (${specs.length}) don't match`)
  return headers.map((header, i) => column(header, specs[i]!))
}

function column(header: string, spec: string): Column {
  try {
    return { header, path: new JsonPath(relaxedJsonPath(spec), true) }
  } catch (error) {
    if (error instanceof PathError) throw fail(error.message)
    throw error
  }
}

/** Prints the objects as rows of the columns. */
export function printColumns(columns: readonly Column[], objects: readonly Obj[], noHeaders: boolean): string {
  let out = noHeaders ? '' : `${columns.map((c) => c.header).join('\t')}\n`
  for (const object of objects) out += `${columns.map((c) => cell(c, object)).join('\t')}\n`
  return tabbed(out, TABLE_LAYOUT)
}

function cell(column: Column, object: Obj): string {
  const values = column.path.results(object).flat()
  return values.length === 0 ? '<none>' : values.map(goValue).join(',')
}
