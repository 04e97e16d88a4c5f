import { ipAddress, serviceCIDR } from './addresses.ts'
import { horizontalPodAutoscaler } from './autoscaler.ts'
import { certificateSigningRequest } from './certificate.ts'
import { configMap, secret, serviceAccount } from './config.ts'
import type { Describer } from './describer.ts'
import { endpointSlice, endpoints } from './endpoints.ts'
import { generic } from './generic.ts'
import { ingress, ingressClass } from './ingress.ts'
import { limitRange, namespace, resourceQuota } from './namespace.ts'
import { node } from './node.ts'
import { pod } from './pod.ts'
import { networkPolicy, podDisruptionBudget, priorityClass } from './policy.ts'
import { clusterRole, clusterRoleBinding, role, roleBinding } from './rbac.ts'
import { service } from './service.ts'
import { persistentVolume, persistentVolumeClaim, storageClass } from './storage.ts'
import { cronJob, daemonSet, deployment, job, replicaSet, statefulSet } from './workloads.ts'

/** A line a kind; every other kind gets the generic description. */
const DESCRIBERS: readonly Describer[] = [
  certificateSigningRequest,
  ipAddress,
  serviceCIDR,
  configMap,
  cronJob,
  daemonSet,
  deployment,
  endpointSlice,
  endpoints,
  job,
  limitRange,
  namespace,
  node,
  pod,
  replicaSet,
  resourceQuota,
  secret,
  service,
  serviceAccount,
  statefulSet,
  clusterRole,
  clusterRoleBinding,
  horizontalPodAutoscaler,
  ingress,
  ingressClass,
  networkPolicy,
  persistentVolume,
  persistentVolumeClaim,
  podDisruptionBudget,
  priorityClass,
  role,
  roleBinding,
  storageClass,
]

const byKind = new Map(DESCRIBERS.map((d) => [d.kind, d]))

/** The describer of a kind ("Deployment", "apps"). */
export function describerFor(kind: string, group: string): Describer {
  return byKind.get(group === '' ? kind : `${kind}.${group}`) ?? generic
}
