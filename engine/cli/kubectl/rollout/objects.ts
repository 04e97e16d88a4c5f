import { type Fetched, fetchObjects, listItems, targets } from '../builder.ts'
import { selectorText } from '../describe/writer.ts'
import { fail, throwAll } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { manifestTargets } from '../manifests.ts'
import { deploymentRevisions, isController, revisionOf } from '../owners.ts'
import { query } from '../rest.ts'
import type { Obj } from '../values.ts'

/** The objects a rollout verb names. */
export async function workloads(call: Invocation): Promise<Fetched[]> {
  const { flags, args } = call
  const files = flags.list('filename')
  const selector = flags.text('selector')
  if (args.length === 0 && files.length === 0) throw fail('required resource not specified')
  const list = files.length > 0 ? await manifestTargets(call, files) : targets(call, args, { selector, all: true })
  const { objects, errors } = fetchObjects(call, list, { selector })
  throwAll(errors)
  return objects
}

/** What a revision of a workload was: its number, its cause and its pod template. */
export interface Revision {
  readonly number: number
  readonly cause: string
  readonly template: Obj
  /** What -o prints of it: the ReplicaSet, or the workload as it was. */
  readonly object: Obj
}

/** Every revision that is still known, by number. */
export function revisionsOf(call: Invocation, { mapping, object }: Fetched, what: 'history' | 'rollbacker'): Revision[] {
  const base = `/apis/apps/v1/namespaces/${object.metadata.namespace}`
  const selector = query({ labelSelector: selectorText(object.spec?.selector) })
  const cause = (o: Obj) => o.metadata.annotations?.['kubernetes.io/change-cause'] ?? ''
  if (mapping.resource === 'deployments') {
    const { current, old } = deploymentRevisions(object, listItems(call.rest.get(`${base}/replicasets${selector}`)))
    const sets = current === undefined ? old : [...old, current]
    return byNumber(
      sets
        .filter((rs) => revisionOf(rs) > 0)
        .map((rs) => ({
          number: revisionOf(rs),
          cause: cause(rs),
          template: rs.spec.template,
          object: { kind: 'ReplicaSet', apiVersion: 'apps/v1', ...rs },
        })),
    )
  }
  if (mapping.resource === 'daemonsets' || mapping.resource === 'statefulsets') {
    const found = listItems(call.rest.get(`${base}/controllerrevisions${selector}`)).filter((r) => isController(r, object))
    return byNumber(
      found.map((r) => ({
        number: r.revision,
        cause: cause(r),
        template: r.data?.spec?.template ?? {},
        object: asItWas(object, r.data?.spec?.template ?? {}),
      })),
    )
  }
  throw fail(`error retrieving ${what} for "${mapping.kind}", no visitor method exists for {${mapping.group} ${mapping.kind}}`)
}

/** The workload with the template of a revision (history.go applyDaemonSetHistory). */
function asItWas(object: Obj, revision: Obj): Obj {
  const { $patch: _, ...template } = revision
  return { ...object, spec: { ...object.spec, template } }
}

function byNumber(list: readonly Revision[]): Revision[] {
  return [...list].sort((x, y) => x.number - y.number)
}
