import { formatSelector } from '../api/kinds/kind.ts'
import type { Kind } from '../api/kinds/registry.ts'
import type { KubeObject } from '../api/object.ts'
import { isMap } from '../base/go-value.ts'

/** What a Scale shows of an object. */
export interface Scaled {
  readonly replicas: number | undefined
  readonly current: number | undefined
  readonly selector: string | undefined
}

function at(object: unknown, path: string | undefined): unknown {
  if (path === undefined) return undefined
  let value: unknown = object
  for (const name of names(path)) value = isMap(value) ? value[name] : undefined
  return value
}

function names(path: string): readonly string[] {
  return path.split('.').filter((name) => name !== '')
}

function put(value: unknown, path: readonly string[], leaf: number): unknown {
  const [name, ...rest] = path
  if (name === undefined) return leaf
  const map = isMap(value) ? value : {}
  return { ...map, [name]: put(map[name], rest, leaf) }
}

/** Reads the numbers: where a definition says (custom resources), or where workloads have them. */
export function scaled(kind: Kind, object: KubeObject): Scaled {
  const { scale } = kind
  if (scale === undefined) {
    const { spec, status } = object
    return { replicas: spec?.replicas, current: status?.replicas, selector: formatSelector(spec?.selector) }
  }
  const number = (value: unknown) => (typeof value === 'number' ? value : undefined)
  const selector = at(object, scale.labelSelectorPath)
  return {
    replicas: number(at(object, scale.specReplicasPath)),
    current: number(at(object, scale.statusReplicasPath)),
    selector: typeof selector === 'string' && selector !== '' ? selector : undefined,
  }
}

/** The object with this number of wanted replicas. */
export function withReplicas(kind: Kind, object: KubeObject, replicas: number): KubeObject {
  return put(object, names(kind.scale?.specReplicasPath ?? '.spec.replicas'), replicas) as KubeObject
}
