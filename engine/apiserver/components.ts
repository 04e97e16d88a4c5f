import type { KubeObject } from '../api/object.ts'
import type { Store } from '../api/store.ts'

/** What reading needs of the store. */
export type Reader = Pick<Store, 'get' | 'list' | 'listAt' | 'revision'>

/** Whether a control plane process runs, by its name. */
export type ComponentRuns = (name: 'kube-controller-manager' | 'kube-scheduler') => boolean

function status(name: string, problem: string | undefined): KubeObject {
  const condition = problem === undefined ? { status: 'True', message: 'ok' } : { status: 'False', message: problem }
  return { apiVersion: 'v1', kind: 'ComponentStatus', metadata: { name }, conditions: [{ type: 'Healthy', ...condition }] }
}

function refused(port: number): string {
  return `Get "https://127.0.0.1:${port}/healthz": dial tcp 127.0.0.1:${port}: connect: connection refused`
}

/** ComponentStatus objects, made from what the API server finds when it asks each component's health port. */
export function componentStatuses(runs: ComponentRuns, revision: number): Reader {
  const objects = [
    status('controller-manager', runs('kube-controller-manager') ? undefined : refused(10257)),
    status('scheduler', runs('kube-scheduler') ? undefined : refused(10259)),
    status('etcd-0', undefined),
  ]
  return {
    revision,
    get: (_resource, _namespace, name) => objects.find((o) => o.metadata.name === name),
    list: () => objects,
    listAt: () => objects,
  }
}
