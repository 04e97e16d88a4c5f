import { compactJson } from './print/json.ts'
import type { Obj } from './values.ts'

/** Whether `object` is controlled by `owner`. */
export function isController(object: Obj, owner: Obj): boolean {
  return (object.metadata.ownerReferences ?? []).some((o: Obj) => o.controller && o.uid === owner.metadata.uid)
}

/** A deployment's ReplicaSets: the one with its present template (the oldest such), and the others, oldest first. */
export function deploymentRevisions(deployment: Obj, sets: readonly Obj[]): { current: Obj | undefined; old: Obj[] } {
  const own = sets.filter((rs) => isController(rs, deployment)).sort(byCreation)
  const wanted = templateKey(deployment.spec.template)
  const current = own.find((rs) => templateKey(rs.spec.template) === wanted)
  return { current, old: own.filter((rs) => rs !== current) }
}

/** The template without the hash label that its controller adds (deploymentutil.EqualIgnoreHash). */
function templateKey(template: Obj): string {
  const { 'pod-template-hash': _, ...labels } = template?.metadata?.labels ?? {}
  return compactJson({ ...template, metadata: { ...template?.metadata, labels, creationTimestamp: undefined } })
}

function byCreation(x: Obj, y: Obj): number {
  const d = Date.parse(x.metadata.creationTimestamp) - Date.parse(y.metadata.creationTimestamp)
  return d !== 0 ? d : x.metadata.name < y.metadata.name ? -1 : 1
}

/** The deployment.kubernetes.io/revision of an object, 0 without one. */
export function revisionOf(object: Obj): number {
  return Number(object.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? '0')
}
