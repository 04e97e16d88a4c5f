// biome-ignore-all lint/suspicious/noExplicitAny: a CustomResourceDefinition as it was sent
import { definitionDefaults, definitionErrors, definitionUpdateErrors, keptErrors } from '../crd/definition.ts'
import { acceptDefinition } from '../crd/definition-status.ts'
import { deleteDefinition } from '../crd/deletion.ts'
import type { KubeObject } from '../object.ts'
import type { KindDescriptor } from './kind.ts'

function storageOf(object: KubeObject): string | undefined {
  return (object.spec.versions ?? []).find((v: any) => v.storage === true)?.name
}

/** The version that objects are stored in is among those that they may be stored in. */
function withStorage(object: KubeObject): KubeObject {
  const storage = storageOf(object)
  const stored: readonly string[] = object.status?.storedVersions ?? []
  if (storage === undefined || stored.includes(storage)) return object
  return { ...object, status: { ...object.status, storedVersions: [...stored, storage] } }
}

/** Objects of a kind that was defined at run time: the definition. Its objects' kinds are made in crd/kinds.ts. */
export const customResourceDefinition: KindDescriptor = {
  resource: 'customresourcedefinitions.apiextensions.k8s.io',
  suite: 'modelled',
  cells: (object) => [object.metadata.name, object.metadata.creationTimestamp ?? null],
  strategy: {
    name: 'subdomain',
    defaults: definitionDefaults,
    generation: [],
    status: true,
    prepareCreate: (object) => {
      const storage = storageOf(object)
      const storedVersions = storage === undefined ? null : [storage]
      return { ...object, status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions } }
    },
    prepareUpdate: (object, old) => withStorage({ ...object, status: old.status }),
    prepareStatus: withStorage,
    validateStatus: keptErrors,
    validate: definitionErrors,
    validateUpdate: definitionUpdateErrors,
    afterCommit: (context, _old, now) => {
      if (now !== undefined && now.metadata.deletionTimestamp === undefined) acceptDefinition(context, now)
    },
    delete: (context, object, options) => deleteDefinition(context, object, options.dryRun === true),
  },
}
