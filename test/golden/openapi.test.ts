import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ownKinds } from '../../engine/api/kinds/registry.ts'
import { documentOf } from '../../engine/apiserver/openapi/document.ts'
import { rootDocument } from '../../engine/apiserver/openapi/roots.ts'
import { documentV2 } from '../../engine/apiserver/openapi/v2.ts'

// biome-ignore lint/suspicious/noExplicitAny: documents are open structures
type Document = any

const golden = JSON.parse(
  gunzipSync(readFileSync(new URL('./openapi/documents.json.gz', import.meta.url))).toString(),
) as { readonly v3: Record<string, Document>; readonly roots: Record<string, Document>; readonly v2: Document }

const versions = Object.keys(golden.v3).map((path) => path.replace(/^apis?\//, ''))

/** A property may be called "description": only texts are prose. */
function bare(value: Document, inside = ''): Document {
  if (Array.isArray(value)) return value.map((v) => bare(v))
  if (value === null || typeof value !== 'object') return value
  if (typeof value.$ref === 'string' && value.$ref.startsWith('#/parameters/'))
    return bare(golden.v2.parameters[value.$ref.slice('#/parameters/'.length)])
  const entries = Object.entries(value).filter(
    ([key, v]) => inside === 'properties' || key !== 'description' || typeof v !== 'string',
  )
  return Object.fromEntries(entries.map(([key, v]) => [key, bare(v, inside === 'properties' ? '' : key)]))
}

test('OpenAPI v3 documents are those of the real server but for the prose', () => {
  for (const [path, document] of Object.entries(golden.v3)) {
    const apiVersion = path.replace(/^apis?\//, '')
    expect(bare(documentOf(apiVersion, ownKinds(apiVersion), 35))).toEqual(document)
  }
  for (const [path, document] of Object.entries(golden.roots)) {
    const { components, ...rest } = document
    expect(bare(rootDocument(path, 35))).toEqual({ ...rest, components })
  }
  expect(Object.keys(golden.v3).length).toBeGreaterThan(20)
})

test('the OpenAPI v2 document says of every kind and path what the real one says', () => {
  const ours = documentV2(
    [...Object.keys(golden.roots).map((path) => rootDocument(path, 35)), ...versions.map((v) => documentOf(v, ownKinds(v), 35))],
    35,
  ) as Document
  for (const [name, definition] of Object.entries(ours.definitions)) expect(bare(definition)).toEqual(golden.v2.definitions[name])
  for (const [path, item] of Object.entries(ours.paths)) expect(item).toEqual(bare(golden.v2.paths[path]))
  expect(Object.keys(ours.definitions).length).toBe(Object.keys(golden.v2.definitions).length)
  expect(Object.keys(ours.paths).length).toBe(Object.keys(golden.v2.paths).length)
})
