import type { Kind, Subresource } from '../../api/kinds/registry.ts'
import { KIND_TYPES } from '../../api/schema/types.data.ts'
import type { Json } from '../../base/json.ts'
import { pathsOf } from './paths.ts'
import { documentName, type Schema } from './property.ts'
import { schemaNamed } from './schemas.ts'

/** Finds a schema by its document name: the API's own, or a custom resource's. */
export type SchemaSource = (name: string) => Schema | undefined

const GROUP_LIST = 'io.k8s.apimachinery.pkg.apis.meta.v1.APIResourceList'

/** The document name of a kind's schema ("autoscaling", "v1", "Scale"). */
export function schemaNameOf(group: string, version: string, kind: string): string {
  const typeName = KIND_TYPES[group === '' ? `${version}/${kind}` : `${group}/${version}/${kind}`]
  if (typeName !== undefined) return documentName(typeName)
  return `${group.split('.').reverse().join('.')}.${version}.${kind}`
}

/** A kind as the documents' paths are made of it. */
function pathKind(kind: Kind, subresources: readonly Subresource[]) {
  return {
    group: kind.group,
    version: kind.version,
    kind: kind.kind,
    resource: kind.resource,
    namespaced: kind.namespaced,
    verbs: kind.verbs,
    subresources,
    schema: schemaNameOf,
    custom: kind.custom === true,
  }
}

function collectRefs(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collectRefs(item, found)
  else if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) {
      if (key === '$ref' && typeof inner === 'string') found.add(inner.slice(inner.lastIndexOf('/') + 1))
      else collectRefs(inner, found)
    }
  }
}

/** Every schema that `paths` leads to. */
export function closure(paths: unknown, source: SchemaSource): Record<string, Schema> {
  const found = new Set<string>()
  collectRefs(paths, found)
  const schemas: Record<string, Schema> = {}
  // a Set hands out what is added while it is walked
  for (const name of found) {
    const schema = source(name)
    if (schema === undefined) continue
    schemas[name] = schema
    collectRefs(schema, found)
  }
  return inOrder(schemas)
}

export function inOrder<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The OpenAPI v3 document of a group version. */
export function documentOf(
  apiVersion: string,
  kinds: readonly Kind[],
  minor: number,
  source: SchemaSource = schemaNamed,
): Record<string, Json> {
  const custom = kinds[0]?.custom === true
  const core = !apiVersion.includes('/')
  const root = core ? `/api/${apiVersion}/` : `/apis/${apiVersion}/`
  let paths: Record<string, Schema> = {}
  for (const kind of kinds) Object.assign(paths, pathsOf(pathKind(kind, kind.subresources)))
  const operation = Object.values(paths)[0]
  if (!custom && operation !== undefined) paths = { [root]: resourcesPath(apiVersion, operation), ...paths }
  return {
    openapi: '3.0.0',
    info: { title: custom ? 'Kubernetes CRD Swagger' : 'Kubernetes', version: custom ? 'v0.1.0' : `1.${minor}` },
    paths: inOrder(paths),
    components: {
      schemas: closure(paths, source),
      ...(custom ? {} : { securitySchemes: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } } }),
    },
  }
}

/** The path that lists the group version's resources. */
function resourcesPath(apiVersion: string, like: Schema): Schema {
  const sample = Object.values(like)[0] as { tags: string[] }
  const [tag = ''] = sample.tags
  const word = tag
    .split('_')
    .map((w) => w.slice(0, 1).toUpperCase() + w.slice(1))
    .join('')
  const media = ['application/json', 'application/vnd.kubernetes.protobuf', 'application/yaml']
  const content = Object.fromEntries(media.map((m) => [m, { schema: { $ref: `#/components/schemas/${GROUP_LIST}` } }]))
  const operationId = `get${word || apiVersion}APIResources`
  return { get: { tags: [tag], operationId, responses: { '200': { content }, '401': {} } } }
}
