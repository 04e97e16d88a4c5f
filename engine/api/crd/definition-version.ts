// biome-ignore-all lint/suspicious/noExplicitAny: a version of a definition as it was sent
import { type FieldError, invalid, required } from '../status.ts'
import { definitionSchemaErrors } from './definition-schema.ts'

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string']
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']
/** Paths of dots and names, with quoted filters (apiextensions validation simpleJSONPath). */
const SIMPLE_PATH = /^\.\S*$|^\.[^[\]]*(\[[^\]]*\][^[\]]*)*$/

function columnErrors(column: any, path: string): FieldError[] {
  const out: FieldError[] = []
  if (!column.name) out.push(required(`${path}.name`))
  const types = `must be one of ${COLUMN_TYPES.join(',')}`
  if (!column.type) out.push(required(`${path}.type`, types))
  else if (!COLUMN_TYPES.includes(column.type)) out.push(invalid(`${path}.type`, column.type, types))
  if (column.format && !COLUMN_FORMATS.includes(column.format))
    out.push(invalid(`${path}.format`, column.format, `must be one of ${COLUMN_FORMATS.join(',')}`))
  if (!column.jsonPath) out.push(required(`${path}.JSONPath`))
  else if (!SIMPLE_PATH.test(column.jsonPath))
    out.push(invalid(`${path}.JSONPath`, column.jsonPath, 'must be a simple json path starting with .'))
  return out
}

function scalePathErrors(value: string | undefined, path: string, under: readonly string[]): FieldError[] {
  if (!value) return [required(path)]
  if (!SIMPLE_PATH.test(value)) return [invalid(path, value, 'should be a json path without array notation')]
  if (under.some((part) => value.startsWith(`${part}.`))) return []
  return [invalid(path, value, `should be a json path under ${under.join(' or ')}`)]
}

function subresourceErrors(subresources: any, path: string): FieldError[] {
  const scale = subresources?.scale
  if (scale === undefined) return []
  const selector = scale.labelSelectorPath
  return [
    ...scalePathErrors(scale.specReplicasPath, `${path}.scale.specReplicasPath`, ['.spec']),
    ...scalePathErrors(scale.statusReplicasPath, `${path}.scale.statusReplicasPath`, ['.status']),
    ...(selector ? scalePathErrors(selector, `${path}.scale.labelSelectorPath`, ['.spec', '.status']) : []),
  ]
}

function selectableErrors(fields: readonly any[], schema: any, path: string): FieldError[] {
  return fields.flatMap(({ jsonPath }, i) => {
    const at = `${path}[${i}].jsonPath`
    if (!jsonPath) return [required(at)]
    let inner = schema
    for (const name of jsonPath.split('.').slice(1)) inner = inner?.properties?.[name]
    return inner === undefined ? [invalid(at, jsonPath, 'is an invalid path: does not refer to a valid field')] : []
  })
}

function same(versions: readonly any[], part: string): boolean {
  const [first, ...rest] = versions.map((v) => JSON.stringify(v[part] ?? null))
  return rest.every((text) => text === first)
}

/**
 * What versions say each for themselves. Where all of them say the same, the server keeps (and blames) one for all:
 * spec.validation, spec.subresources and so on.
 */
export function versionErrors(versions: readonly any[]): FieldError[] {
  const out: FieldError[] = []
  const place = (part: string, i: number, own: string, shared: string) =>
    same(versions, part) ? { path: `spec.${shared}`, skip: i > 0 } : { path: `spec.versions[${i}].${own}`, skip: false }
  const each = (part: string, own: string, shared: string, check: (version: any, path: string) => FieldError[]) => {
    versions.forEach((version, i) => {
      const { path, skip } = place(part, i, own, shared)
      if (!skip && version[part] !== undefined && version[part] !== null) out.push(...check(version, path))
    })
  }
  each('schema', 'schema.openAPIV3Schema', 'validation.openAPIV3Schema', (v, path) =>
    v.schema.openAPIV3Schema === undefined ? [] : definitionSchemaErrors(v.schema.openAPIV3Schema, path),
  )
  each('subresources', 'subresources', 'subresources', (v, path) => subresourceErrors(v.subresources, path))
  each('additionalPrinterColumns', 'additionalPrinterColumns', 'additionalPrinterColumns', (v, path) =>
    v.additionalPrinterColumns.flatMap((c: any, i: number) => columnErrors(c, `${path}[${i}]`)),
  )
  each('selectableFields', 'selectableFields', 'selectableFields', (v, path) =>
    selectableErrors(v.selectableFields, v.schema?.openAPIV3Schema, path),
  )
  return out
}
