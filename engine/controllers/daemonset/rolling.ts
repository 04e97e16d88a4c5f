import type { KubeObject } from '../../api/object.ts'
import { isReady } from '../pods.ts'

/** What a turn of a rolling update does. */
export interface RollingStep {
  readonly remove: readonly KubeObject[]
  /** Nodes that get a new pod beside the old one. */
  readonly surge: readonly string[]
}

export interface RollingView {
  readonly desired: number
  /** The pods of each node that has or wants one, those on their way out left out of account by the step itself. */
  readonly nodes: ReadonlyMap<string, readonly KubeObject[]>
  readonly isNew: (pod: KubeObject) => boolean
  readonly isAvailable: (pod: KubeObject) => boolean
  readonly shouldRun: (node: string) => boolean
}

/** "25%" of a number, rounded up, or a number. */
function count(value: number | string | undefined, of: number): number {
  if (typeof value !== 'string') return value ?? 0
  return Math.ceil((Number.parseInt(value, 10) * of) / 100)
}

interface Found {
  readonly name: string
  readonly fresh: KubeObject | undefined
  readonly old: KubeObject | undefined
  readonly isCrowded: boolean
}

function look(view: RollingView): readonly Found[] {
  return [...view.nodes].map(([name, pods]) => {
    const live = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined)
    const [fresh, old] = [live.filter(view.isNew), live.filter((pod) => !view.isNew(pod))]
    return { name, fresh: fresh[0], old: old[0], isCrowded: fresh.length > 1 || old.length > 1 }
  })
}

/** One turn of a DaemonSet's rolling update (pkg/controller/daemon/update.go, rollingUpdate). */
export function rollingStep(ds: KubeObject, view: RollingView): RollingStep {
  const { maxUnavailable, maxSurge } = ds.spec.updateStrategy?.rollingUpdate ?? {}
  const surge = count(maxSurge, view.desired)
  const unavailable = count(maxUnavailable ?? 1, view.desired)
  if (surge > 0) return surging(view, surge)
  return replacing(view, view.desired > 0 && unavailable === 0 ? 1 : unavailable)
}

function replacing(view: RollingView, most: number): RollingStep {
  let missing = 0
  const dead: KubeObject[] = []
  const candidates: KubeObject[] = []
  for (const { fresh, old, isCrowded } of look(view)) {
    if (isCrowded || (fresh === undefined) === (old === undefined)) missing++
    else if (fresh !== undefined) missing += view.isAvailable(fresh) ? 0 : 1
    else if (old !== undefined && !view.isAvailable(old)) {
      dead.push(old)
      missing++
    } else if (old !== undefined && missing < most) candidates.push(old)
  }
  return { remove: [...dead, ...candidates.slice(0, Math.max(0, most - missing))], surge: [] }
}

function surging(view: RollingView, most: number): RollingStep {
  const remove: KubeObject[] = []
  const sunset: KubeObject[] = []
  const allowed: string[] = []
  const candidates: string[] = []
  let extra = 0
  let available = 0
  for (const { name, fresh, old, isCrowded } of look(view)) {
    if (isCrowded) {
      extra++
      continue
    }
    const counted = old ?? fresh
    if (counted !== undefined && view.isAvailable(counted)) available++
    if (old === undefined) continue
    if (fresh !== undefined) {
      if (view.isAvailable(fresh)) remove.push(old)
      else extra++
    } else if (!view.isAvailable(old)) {
      if (view.shouldRun(name)) allowed.push(name)
      else remove.push(old)
    } else if (!view.shouldRun(name)) sunset.push(old)
    else if (extra < most) candidates.push(name)
  }
  remove.push(...sunset.slice(0, Math.max(0, available - view.desired)))
  return { remove, surge: [...allowed, ...candidates.slice(0, Math.max(0, most - extra))] }
}

/** Which of several pods on a node go while the set may surge: one old and one new may stay until the new one is there. */
export function excess(pods: readonly KubeObject[], view: Pick<RollingView, 'isNew' | 'isAvailable'>): readonly KubeObject[] {
  const [fresh, ...moreFresh] = pods.filter(view.isNew)
  const [old, ...moreOld] = pods.filter((pod) => !view.isNew(pod))
  const out = [...moreFresh, ...moreOld]
  if (fresh !== undefined && old !== undefined && (!isReady(old) || view.isAvailable(fresh))) out.push(old)
  return out
}
