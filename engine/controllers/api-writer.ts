import { bindPod } from '../api/bind.ts'
import { deleteObject } from '../api/delete.ts'
import { createObject, updateObject } from '../api/write.ts'
import type { WriteContext } from '../api/write-context.ts'
import type { ApiWriter } from './env.ts'

/** Writes as `manager`, through the same path as API requests. */
export function apiWriter(context: WriteContext, manager: string): ApiWriter {
  return {
    create: (resource, object) => createObject(context, resource, object, { manager }),
    update: (resource, object, part) =>
      updateObject(context, resource, object, part === undefined ? { manager } : { manager, subresource: part }),
    delete: (resource, namespace, name, options = {}) => {
      deleteObject(context, resource, namespace, name, options)
    },
    bind: (namespace, name, node) => {
      bindPod(context, namespace, name, node, { manager })
    },
  }
}
