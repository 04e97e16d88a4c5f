import type { Kind } from '../../api/kinds/registry.ts'
import { type SchemaSource, schemaNameOf } from './document.ts'
import type { Schema } from './property.ts'
import { schemaNamed } from './schemas.ts'

const META = '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.'

/** The shared fields of an object, as the server adds them to a definition's schema (apiextensions controller/openapi/builder). */
function objectFields(schemaOfKind: Schema): Schema {
  const properties = (schemaOfKind.properties ?? {}) as Record<string, Schema>
  const shared = (schemaNamed('io.k8s.api.core.v1.Pod')?.properties ?? {}) as Record<string, Schema>
  return {
    ...properties,
    apiVersion: shared.apiVersion as Schema,
    kind: shared.kind as Schema,
    metadata: { allOf: [{ $ref: `${META}ObjectMeta` }], ...wordsOf(shared.metadata) },
  }
}

function wordsOf(property: Schema | undefined): Schema {
  return property?.description === undefined ? {} : { description: property.description }
}

function listOf(kind: Kind): Schema {
  const shared = (schemaNamed('io.k8s.api.core.v1.PodList')?.properties ?? {}) as Record<string, Schema>
  const name = schemaNameOf(kind.group, kind.version, kind.kind)
  return {
    description: `${kind.kind}List is a list of ${kind.kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: shared.apiVersion as Schema,
      items: {
        description: `List of ${kind.resource}. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md`,
        type: 'array',
        items: { $ref: `#/components/schemas/${name}` },
      },
      kind: shared.kind as Schema,
      metadata: { allOf: [{ $ref: `${META}ListMeta` }], ...wordsOf(shared.metadata) },
    },
    'x-kubernetes-group-version-kind': [{ group: kind.group, version: kind.version, kind: `${kind.kind}List` }],
  }
}

/** Numbers or names are written as alternatives, too. */
function openSchema(schema: Schema): Schema {
  const out: Record<string, Schema[string]> = {}
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties' && value !== null && typeof value === 'object')
      out[key] = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, openSchema(inner as Schema)]))
    else if ((key === 'items' || key === 'additionalProperties') && value !== null && typeof value === 'object')
      out[key] = openSchema(value as Schema)
    else out[key] = value
  }
  if (schema['x-kubernetes-int-or-string'] === true) out.anyOf ??= [{ type: 'integer' }, { type: 'string' }]
  return out
}

function schemaOf(kind: Kind): Schema {
  const gvk = [{ group: kind.group, version: kind.version, kind: kind.kind }]
  const given = (kind.schema ?? {}) as Schema
  const schema = openSchema(given)
  return { ...schema, type: 'object', properties: objectFields(schema), 'x-kubernetes-group-version-kind': gvk }
}

/** The schemas of the API's own kinds and of these custom ones. */
export function withCustomSchemas(kinds: readonly Kind[]): SchemaSource {
  const byName = new Map<string, () => Schema>()
  for (const kind of kinds) {
    const name = schemaNameOf(kind.group, kind.version, kind.kind)
    byName.set(name, () => schemaOf(kind))
    byName.set(`${name}List`, () => listOf(kind))
  }
  return (name) => byName.get(name)?.() ?? schemaNamed(name)
}
