// biome-ignore-all lint/suspicious/noExplicitAny: OpenAPI documents are open structures
import { encodeUtf8 } from '../../base/utf8.ts'

/** Protocol buffers' wire format, as bytes in a string. */
function varint(value: number): string {
  let text = ''
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) text += String.fromCharCode((rest % 128) | 128)
  return text + String.fromCharCode(rest)
}

function bytes(field: number, content: string): string {
  return varint(field * 8 + 2) + varint(content.length) + content
}

function text(field: number, value: unknown): string {
  return typeof value === 'string' && value !== '' ? bytes(field, encodeUtf8(value)) : ''
}

function flag(field: number, value: unknown): string {
  return value === true ? `${varint(field * 8)}\x01` : ''
}

function count(field: number, value: unknown): string {
  return typeof value === 'number' ? varint(field * 8) + varint(value) : ''
}

function each(values: readonly any[] | undefined, write: (value: any) => string): string {
  return (values ?? []).map(write).join('')
}

/** openapi.v2.Any: a value as YAML, of which JSON is a part. */
function any(field: number, value: unknown): string {
  return value === undefined ? '' : bytes(field, text(2, `${JSON.stringify(value)}\n`))
}

function named(field: number, entries: object | undefined, write: (value: any) => string): string {
  return each(Object.entries(entries ?? {}), ([name, value]) => bytes(field, text(1, name) + bytes(2, write(value))))
}

function extensions(field: number, value: any): string {
  return each(
    Object.keys(value).filter((key) => key.startsWith('x-')),
    (key) => bytes(field, text(1, key) + any(2, value[key])),
  )
}

function schema(s: any): string {
  const more = s.additionalProperties
  return (
    text(1, s.$ref) +
    text(2, s.format) +
    text(4, s.description) +
    any(5, s.default) +
    count(11, s.maxLength) +
    count(12, s.minLength) +
    text(13, s.pattern) +
    count(14, s.maxItems) +
    count(15, s.minItems) +
    flag(16, s.uniqueItems) +
    each(s.required, (name) => bytes(19, encodeUtf8(name))) +
    each(s.enum, (value) => any(20, value)) +
    (more === undefined ? '' : bytes(21, typeof more === 'boolean' ? `\x10${more ? '\x01' : '\x00'}` : bytes(1, schema(more)))) +
    (s.type === undefined ? '' : bytes(22, text(1, s.type))) +
    (s.items === undefined ? '' : bytes(23, bytes(1, schema(s.items)))) +
    (s.properties === undefined ? '' : bytes(25, named(1, s.properties, schema))) +
    extensions(31, s)
  )
}

/** ParametersItem of a body, query or path parameter. */
function parameter(p: any): string {
  if (p.in === 'body') {
    const body = text(2, p.name) + text(3, p.in) + flag(4, p.required) + bytes(5, schema(p.schema))
    return bytes(1, bytes(1, body))
  }
  const path = p.in === 'path'
  const inner =
    flag(1, p.required) + text(2, p.in) + text(4, p.name) + text(path ? 5 : 6, p.type) + flag(path ? 19 : 20, p.uniqueItems)
  return bytes(1, bytes(2, bytes(path ? 4 : 3, inner)))
}

function response(r: any): string {
  return bytes(1, r.schema === undefined ? '' : bytes(2, bytes(1, schema(r.schema))))
}

function operation(o: any): string {
  return (
    each(o.tags, (tag) => text(1, tag)) +
    text(5, o.operationId) +
    each(o.produces, (type) => text(6, type)) +
    each(o.consumes, (type) => text(7, type)) +
    each(o.parameters, (p) => bytes(8, parameter(p))) +
    bytes(9, named(1, o.responses, response)) +
    each(o.schemes, (scheme) => text(10, scheme)) +
    extensions(13, o)
  )
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch']

function path(item: any): string {
  const operations = METHODS.map((m, i) => (item[m] === undefined ? '' : bytes(i + 2, operation(item[m])))).join('')
  return operations + each(item.parameters, (p) => bytes(9, parameter(p)))
}

/** An OpenAPI v2 document as gnostic's message openapi.v2.Document, which clients before v1.27 ask for. */
export function protoDocument(d: any): string {
  const { BearerToken } = d.securityDefinitions
  const key = text(1, BearerToken.type) + text(2, BearerToken.name) + text(3, BearerToken.in)
  return (
    text(1, d.swagger) +
    bytes(2, text(1, d.info.title) + text(2, d.info.version)) +
    bytes(8, named(2, d.paths, path)) +
    bytes(9, named(1, d.definitions, schema)) +
    bytes(13, bytes(1, text(1, 'BearerToken') + bytes(2, bytes(2, key))))
  )
}
