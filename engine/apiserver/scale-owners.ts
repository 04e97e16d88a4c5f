import { type Conflict, conflictError } from '../api/apply/conflicts.ts'
import { identity, type Owner, ownersOf, withOwners } from '../api/apply/managers.ts'
import { type FieldSet, has, isEmpty, minus, parseFields, union } from '../api/field-set.ts'
import type { KubeObject } from '../api/object.ts'
import { timestamp } from '../api/time.ts'
import type { WriteContext } from '../api/write-context.ts'

const PATH = ['f:spec', 'f:replicas']
const REPLICAS: FieldSet = parseFields({ 'f:spec': { 'f:replicas': {} } })
const SCALE = 'autoscaling/v1'

/** Who changes the number of replicas, and how. */
export interface ScaleWrite {
  readonly manager: string
  readonly apply: boolean
  readonly force: boolean
}

/**
 * The owners of a workload after a write of its scale: of all its owners /scale knows those of the replicas alone; where there is none,
 * an update notes nothing, and an apply finds them owned by whoever came before (managedfields scalehandler.go).
 */
export function scaleOwners(context: WriteContext, object: KubeObject, changed: boolean, write: ScaleWrite): KubeObject {
  const owners = ownersOf(object)
  const holders = owners.filter((o) => has(o.fields, PATH))
  const { manager, apply, force } = write
  const me = {
    manager,
    operation: apply ? ('Apply' as const) : ('Update' as const),
    apiVersion: object.apiVersion,
    subresource: 'scale',
  }
  const others = holders.filter((o) => identity(o) !== identity(me))
  if (apply && changed && !force) {
    const before: Owner = {
      manager: 'before-first-apply',
      operation: 'Update',
      apiVersion: SCALE,
      subresource: 'scale',
      fields: REPLICAS,
    }
    const conflicts: Conflict[] = (holders.length === 0 ? [before] : others).map((owner) => ({ owner, path: PATH }))
    if (conflicts.length > 0) throw conflictError(conflicts)
  }
  if (holders.length === 0 && !apply) return object
  if (!changed && !apply) return object
  const kept = owners.map((o) => (changed && identity(o) !== identity(me) ? { ...o, fields: minus(o.fields, REPLICAS) } : o))
  const mine = kept.find((o) => identity(o) === identity(me))
  const time = changed || mine === undefined ? timestamp(context.clock.now) : mine.time
  const rest = kept.filter((o) => o !== mine && !isEmpty(o.fields))
  return withOwners(object, [...rest, { ...me, time, fields: union(mine?.fields ?? REPLICAS, REPLICAS) }])
}
