import type { Json } from '../../base/json.ts'
import { closure } from './document.ts'
import { groupWord } from './paths.ts'
import type { Schema } from './property.ts'
import { schemaNamed } from './schemas.ts'

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.'
const MEDIA = ['application/json', 'application/vnd.kubernetes.protobuf', 'application/yaml']

interface Root {
  readonly tag: string
  readonly id: string
  readonly schema: Schema
  readonly media?: readonly string[]
}

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
const TEXT: Schema = { type: 'string' }

/** What is no group version: paths of discovery, the version and the keys of service accounts. */
const ROOTS: Readonly<Record<string, Root>> = {
  '.well-known/openid-configuration': {
    tag: 'WellKnown',
    id: 'getServiceAccountIssuerOpenIDConfiguration',
    schema: TEXT,
    media: ['application/json'],
  },
  api: { tag: 'core', id: 'getCoreAPIVersions', schema: ref(`${META}APIVersions`) },
  apis: { tag: 'apis', id: 'getAPIVersions', schema: ref(`${META}APIGroupList`) },
  'openid/v1/jwks': {
    tag: 'openid',
    id: 'getServiceAccountIssuerOpenIDKeyset',
    schema: TEXT,
    media: ['application/jwk-set+json'],
  },
  version: {
    tag: 'version',
    id: 'getCodeVersion',
    schema: ref('io.k8s.apimachinery.pkg.version.Info'),
    media: ['application/json'],
  },
}

/** The paths of such documents, with those of the groups. */
export function rootPaths(groups: readonly string[]): readonly string[] {
  return [...Object.keys(ROOTS), ...groups.map((group) => `apis/${group}`)]
}

/** The OpenAPI v3 document of one of them. */
export function rootDocument(path: string, minor: number): Record<string, Json> {
  const word = groupWord(path.replace(/^apis\//, ''))
  const id = `get${word.slice(0, 1).toUpperCase()}${word.slice(1)}APIGroup`
  const { tag, id: operationId, schema, media = MEDIA } = ROOTS[path] ?? { tag: word, id, schema: ref(`${META}APIGroup`) }
  const content = Object.fromEntries(media.map((m) => [m, { schema }]))
  const paths = { [`/${path}/`]: { get: { tags: [tag], operationId, responses: { '200': { content }, '401': {} } } } }
  const schemas = closure(paths, schemaNamed)
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: `1.${minor}` },
    paths,
    components: {
      ...(Object.keys(schemas).length === 0 ? {} : { schemas }),
      securitySchemes: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
    },
  }
}
