import { isMap } from '../../base/go-value.ts'
import { defineType, type Field } from '../schema/schema.ts'
import type { Structural } from './structural.ts'

let made = 0

/** Makes the types of a custom kind, for managed fields and server-side apply; returns the name of the object's own. */
export function typesOf(schema: Structural, key: string): string {
  made++
  return structure(schema, `crd/${key}#${made}`, true)
}

function structure(schema: Structural, name: string, root = false): string {
  const fields: Record<string, Field> = {}
  for (const [field, own] of Object.entries<Structural>(schema.properties ?? {})) fields[field] = fieldOf(own, `${name}.${field}`)
  if (root || schema['x-kubernetes-embedded-resource'] === true) {
    fields.apiVersion = { type: 'string' }
    fields.kind = { type: 'string' }
    fields.metadata = { type: '@meta.v1.ObjectMeta', ...(root ? { value: true } : {}) }
  }
  const map: string | undefined = schema['x-kubernetes-map-type']
  defineType({ name, fields, required: schema.required ?? [], ...(map === undefined ? {} : { map }) })
  return name
}

function fieldOf(schema: Structural, name: string): Field {
  const list: string | undefined = schema['x-kubernetes-list-type']
  const keys: readonly string[] | undefined = schema['x-kubernetes-list-map-keys']
  const map: string | undefined = schema['x-kubernetes-map-type']
  const type = typeCode(schema, name)
  return {
    type,
    ...(type.startsWith('[') ? { list: list ?? 'atomic' } : {}),
    ...(keys === undefined ? {} : { keys }),
    ...(map === undefined ? {} : { map }),
  }
}

function typeCode(schema: Structural, name: string): string {
  if (schema['x-kubernetes-int-or-string'] === true) return 'intorstring'
  switch (schema.type) {
    case 'array':
      return `[${typeCode(schema.items ?? {}, `${name}[]`)}`
    case 'object':
      if (schema.properties !== undefined) return `@${structure(schema, name)}`
      return isMap(schema.additionalProperties) ? `{${typeCode(schema.additionalProperties, `${name}{}`)}` : '?'
    case 'integer':
      return 'int64'
    case 'number':
      return 'float64'
    case 'boolean':
      return 'bool'
    default:
      return schema.type === 'string' ? 'string' : '?'
  }
}
