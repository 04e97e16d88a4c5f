// biome-ignore-all lint/suspicious/noExplicitAny: a version of a definition as it is in the store
import { isMap } from '../../base/go-value.ts'
import type { Strategy } from '../kinds/kind.ts'
import type { KubeObject } from '../object.ts'
import { type FieldError, invalid } from '../status.ts'
import { finishDeletion } from './deletion.ts'
import { type Structural, withDefaults } from './structural.ts'
import { listTypeErrors, schemaErrors } from './validate.ts'

/** The registry's strategy for objects of one version of a definition (apiextensions registry/customresource). */
export function customStrategy(definition: KubeObject, version: any): Strategy {
  const schema: Structural = version.schema?.openAPIV3Schema ?? {}
  const validate = (object: KubeObject): readonly FieldError[] => {
    const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...content } = object
    return [
      ...schemaErrors(content, { ...schema, required: contentOf(schema.required) }, ''),
      ...listTypeErrors(content, schema, ''),
      ...scaleErrors(version.subresources?.scale, object),
    ]
  }
  const content: Structural = { ...schema, properties: withoutMeta(schema.properties) }
  const defaults = (object: KubeObject) => withDefaults(object, content) as KubeObject
  return {
    name: 'subdomain',
    defaults,
    // the status that a client sent is gone by now; what reads the object finds the default one
    prepareCreate: defaults,
    prepareStatus: defaults,
    validate,
    validateStatus: validate,
    generation: [],
    status: version.subresources?.status !== undefined,
    afterCommit: (context, _old, now) => {
      if (now === undefined) finishDeletion(context, definition.metadata.name)
    },
  }
}

/** The object's own fields are checked as metadata is, not by the schema. */
const OWN = ['apiVersion', 'kind', 'metadata']

function contentOf(required: readonly string[] | undefined): readonly string[] | undefined {
  return required?.filter((name) => !OWN.includes(name))
}

function withoutMeta(properties: Structural | undefined): Structural {
  return Object.fromEntries(Object.entries(properties ?? {}).filter(([name]) => !OWN.includes(name)))
}

/** The number of replicas that the scale subresource reads must be one. */
function scaleErrors(scale: any, object: KubeObject): readonly FieldError[] {
  if (scale === undefined) return []
  const { specReplicasPath: path } = scale as { specReplicasPath: string }
  const names = path.split('.').filter((n) => n !== '')
  let at: unknown = object
  for (const name of names) {
    if (at === undefined || at === null) return []
    if (!isMap(at))
      return [
        invalid(path, 0, `${path} accessor error: ${String(at)} is of the type ${typeof at}, expected map[string]interface{}`),
      ]
    at = at[name]
  }
  if (typeof at === 'number' && at < 0) return [invalid(path, at, 'should be a non-negative integer')]
  return []
}
