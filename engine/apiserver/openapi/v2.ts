// biome-ignore-all lint/suspicious/noExplicitAny: OpenAPI documents are open structures
import type { Json } from '../../base/json.ts'
import { inOrder } from './document.ts'
import type { Schema } from './property.ts'

/** Words of OpenAPI v3 that v2 schemas do without. */
const DROPPED = ['default', 'nullable', 'oneOf', 'anyOf', 'not']

const SHAPE = ['type', 'properties', 'items', 'additionalProperties', 'required']

/** A schema of OpenAPI v3 as v2 writes it: bare references, no defaults. */
export function schemaV2(schema: any): any {
  if (schema.oneOf !== undefined && schema.type === undefined && schema.properties === undefined)
    return { type: 'string', ...(schema.format === undefined ? {} : { format: schema.format }), ...described(schema) }
  const out: Record<string, unknown> = {}
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.nullable === true
  for (const [key, value] of Object.entries(schema)) {
    // what may hold anything, or nothing at all, has no type in v2 (apiextensions ToStructuralOpenAPIV2)
    if (open && SHAPE.includes(key)) continue
    if (key === 'allOf' && (value as any[]).length === 1) out.$ref = definition((value as any[])[0].$ref)
    else if (key === '$ref') out.$ref = definition(value as string)
    else if (key === 'items' || (key === 'additionalProperties' && typeof value === 'object')) out[key] = schemaV2(value)
    else if (key === 'properties')
      out.properties = Object.fromEntries(Object.entries(value as object).map(([name, inner]) => [name, schemaV2(inner)]))
    else if (!DROPPED.includes(key)) out[key] = value
  }
  return out
}

/** A whole object of anything is an object all the same. */
function definitionV2(schema: any): Schema {
  const { 'x-kubernetes-preserve-unknown-fields': open, ...rest } = schemaV2(schema)
  return open === true
    ? { type: 'object', ...rest }
    : open === undefined
      ? rest
      : { ...rest, 'x-kubernetes-preserve-unknown-fields': open }
}

function described(schema: any): object {
  return schema.description === undefined ? {} : { description: schema.description }
}

function definition(ref: string): string {
  return ref.replace('#/components/schemas/', '#/definitions/')
}

function parameterV2({ name, in: place, required, schema }: any): object {
  return { uniqueItems: true, type: schema.type, name, in: place, ...(required ? { required } : {}) }
}

const ORDER = [
  'text/plain',
  'application/jwk-set+json',
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/json;stream=watch',
  'application/vnd.kubernetes.protobuf;stream=watch',
  '*/*',
]
const PATCHES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch']

/** What a request may carry: patches have types of their own, and custom resources name theirs. */
function consumed(taken: readonly string[], plain: readonly string[] | undefined): readonly string[] {
  if (plain !== undefined) return plain
  if (taken.length <= 1) return ['*/*']
  return taken.some((t) => PATCHES.includes(t)) ? PATCHES.filter((p) => taken.includes(p)) : taken
}

function operationV2(operation: any): object {
  const { tags, operationId, parameters = [], requestBody, responses, ...rest } = operation
  const offered: string[] = []
  const answers: Record<string, object> = {}
  for (const [code, { content }] of Object.entries<any>(responses)) {
    if (content === undefined) {
      answers[code] = {}
      continue
    }
    offered.push(...Object.keys(content).filter((m) => !offered.includes(m)))
    answers[code] = { schema: schemaV2((Object.values(content)[0] as any).schema) }
  }
  const taken = requestBody === undefined ? [] : Object.keys(requestBody.content)
  const plain = rest['x-kubernetes-action'] === undefined
  // the keys of service accounts are text, which nothing was said of
  const isText = (answers['200'] as any)?.schema?.type === 'string'
  const produces = ORDER.filter((m) => offered.includes(m))
  const consumes = consumed(taken, plain ? (isText ? [] : produces) : undefined)
  const body =
    requestBody === undefined
      ? []
      : [
          {
            name: 'body',
            in: 'body',
            ...(requestBody.required ? { required: true } : {}),
            schema: schemaV2((Object.values(requestBody.content)[0] as any).schema),
          },
        ]
  const all = [...body, ...parameters.map(parameterV2)]
  return {
    ...(consumes.length > 0 ? { consumes } : {}),
    produces,
    schemes: ['https'],
    tags,
    operationId,
    ...(all.length === 0 ? {} : { parameters: all }),
    responses: answers,
    ...rest,
  }
}

function pathV2(item: any): Schema {
  const out: Record<string, unknown> = {}
  for (const method of METHODS) if (item[method] !== undefined) out[method] = operationV2(item[method])
  if (item.parameters !== undefined) out.parameters = item.parameters.map(parameterV2)
  // v2 says of what comes in the body by a parameter of the path, where every operation has it
  return out as Schema
}

/** The one OpenAPI v2 document that says what the v3 documents of all groups say. */
export function documentV2(documents: readonly any[], minor: number): Record<string, Json> {
  const paths: Record<string, Schema> = {}
  const definitions: Record<string, Schema> = {}
  for (const document of documents) {
    for (const [path, item] of Object.entries(document.paths)) paths[path] ??= pathV2(item)
    for (const [name, schema] of Object.entries(document.components.schemas ?? {})) definitions[name] ??= definitionV2(schema)
  }
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: `1.${minor}` },
    paths: inOrder(paths),
    definitions: inOrder(definitions),
    securityDefinitions: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
    security: [{ BearerToken: [] }],
  }
}
