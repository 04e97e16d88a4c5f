import type { Json } from '../../base/json.ts'
import type { GroupResource } from '../object.ts'
import type { Decoded } from '../schema/decode.ts'
import { COLUMNS, RESOURCES } from '../schema/discovery.data.ts'
import { KIND_TYPES } from '../schema/types.data.ts'
import { certificateSigningRequest } from './certificatesigningrequest.ts'
import { componentStatus } from './componentstatus.ts'
import { configMap } from './configmap.ts'
import { controllerRevision } from './controllerrevision.ts'
import { cronJob } from './cronjob.ts'
import { customResourceDefinition } from './customresourcedefinition.ts'
import { daemonSet } from './daemonset.ts'
import { deployment } from './deployment.ts'
import { endpoints } from './endpoints.ts'
import { endpointSlice } from './endpointslice.ts'
import { event } from './event.ts'
import { horizontalPodAutoscaler } from './horizontalpodautoscaler.ts'
import { ingress } from './ingress.ts'
import { ingressClass } from './ingressclass.ts'
import { ipAddress } from './ipaddress.ts'
import { job } from './job.ts'
import type { KindDescriptor, VersionConversion } from './kind.ts'
import { lease } from './lease.ts'
import { limitRange } from './limitrange.ts'
import { namespace } from './namespace.ts'
import { networkPolicy } from './networkpolicy.ts'
import { node } from './node.ts'
import { persistentVolume } from './persistentvolume.ts'
import { persistentVolumeClaim } from './persistentvolumeclaim.ts'
import { pod } from './pod.ts'
import { podDisruptionBudget } from './poddisruptionbudget.ts'
import { podTemplate } from './podtemplate.ts'
import { priorityClass } from './priorityclass.ts'
import { replicaSet } from './replicaset.ts'
import { replicationController } from './replicationcontroller.ts'
import { resourceQuota } from './resourcequota.ts'
import { clusterRole, role } from './role.ts'
import { clusterRoleBinding, roleBinding } from './rolebinding.ts'
import { runtimeClass } from './runtimeclass.ts'
import { secret } from './secret.ts'
import { service } from './service.ts'
import { serviceAccount } from './serviceaccount.ts'
import { serviceCIDR } from './servicecidr.ts'
import { statefulSet } from './statefulset.ts'
import { storageClass } from './storageclass.ts'

/** One line a kind. */
const DESCRIPTORS: readonly KindDescriptor[] = [
  certificateSigningRequest,
  clusterRole,
  clusterRoleBinding,
  componentStatus,
  configMap,
  controllerRevision,
  cronJob,
  customResourceDefinition,
  daemonSet,
  deployment,
  endpoints,
  endpointSlice,
  event,
  horizontalPodAutoscaler,
  ingress,
  ingressClass,
  ipAddress,
  job,
  lease,
  limitRange,
  namespace,
  networkPolicy,
  node,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  podDisruptionBudget,
  podTemplate,
  priorityClass,
  replicaSet,
  replicationController,
  resourceQuota,
  role,
  roleBinding,
  runtimeClass,
  secret,
  service,
  serviceAccount,
  serviceCIDR,
  statefulSet,
  storageClass,
]

export interface Subresource {
  readonly name: string
  readonly kind: string
  readonly group?: string
  readonly version?: string
  readonly verbs: readonly string[]
}

export interface Column {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly priority: number
}

/** A kind as the API serves it: its names from discovery, and its descriptor if Chainwalk holds such objects. */
export interface Kind {
  /** The store's key: "services", "deployments.apps". */
  readonly key: GroupResource
  readonly group: string
  readonly version: string
  readonly apiVersion: string
  readonly kind: string
  readonly resource: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly subresources: readonly Subresource[]
  readonly columns: readonly Column[]
  /** Undefined: listed in discovery, not emulated. */
  readonly descriptor?: KindDescriptor
  /** Set where the store holds another version: `key` is then the stored one's. */
  readonly conversion?: VersionConversion
  /** The name of its type in schema.ts (`typeNamed`); undefined for kinds without a schema. */
  readonly typeName?: string
  /** How bodies of a kind that a CustomResourceDefinition defines are read; the API's own kinds are read by their types. */
  readonly decode?: (given: Readonly<Record<string, unknown>>) => Decoded
  /** Defined by a CustomResourceDefinition. */
  readonly custom?: true
  /** A custom kind's OpenAPI v3 schema, and what changes whenever its definition does. */
  readonly schema?: Json
  readonly revision?: string
  /** What is warned of whenever this version of a custom kind is used. */
  readonly deprecation?: string
  /** Where a custom kind's scale subresource finds what it shows. */
  readonly scale?: {
    readonly specReplicasPath: string
    readonly statusReplicasPath: string
    readonly labelSelectorPath?: string
  }
}

interface ApiResource {
  readonly name: string
  readonly singularName: string
  readonly namespaced: boolean
  readonly kind: string
  readonly group?: string
  readonly version?: string
  readonly verbs: readonly string[]
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
}

const byPath = new Map<string, Kind>()
const byKey = new Map<GroupResource, Kind>()
const byKind = new Map<string, Kind>()

/** What a table of the resource shows; a further version shows what the first does. */
function columnsOf(path: string, first?: readonly Column[]): readonly Column[] {
  const text = COLUMNS[path]
  if (text === undefined && first !== undefined) return first
  const fallback: [string, string, string, number][] = [
    ['Name', 'string', 'name', 0],
    ['Created At', 'date', '', 0],
  ]
  const rows = text === undefined ? fallback : (JSON.parse(text) as [string, string, string, number][])
  return rows.map(([name, type, format, priority]) => ({ name, type, format, priority }))
}

/** A group's later versions are listed but not served unless the descriptor says how they convert. */
function served(descriptor: KindDescriptor, apiVersion: string, later: boolean): Partial<Kind> {
  if (!later) return { descriptor }
  const conversion = descriptor.versions?.[apiVersion]
  return conversion === undefined ? {} : { descriptor, conversion }
}

for (const [apiVersion, text] of Object.entries(RESOURCES)) {
  const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion]
  const resources = JSON.parse(text) as readonly ApiResource[]
  for (const r of resources) {
    if (r.name.includes('/')) continue
    const own = group === '' ? r.name : `${r.name}.${group}`
    const further = DESCRIPTORS.find((d) => d.versions?.[apiVersion] !== undefined && d.resource.split('.')[0] === r.name)
    const key = further?.resource ?? own
    const subresources = resources
      .filter((s) => s.name.startsWith(`${r.name}/`))
      .map((s) => ({ name: s.name.slice(r.name.length + 1), kind: s.kind, group: s.group, version: s.version, verbs: s.verbs }))
    const descriptor = DESCRIPTORS.find((d) => d.resource === key)
    const kind: Kind = {
      key,
      group,
      version,
      apiVersion,
      kind: r.kind,
      resource: r.name,
      singular: r.singularName,
      shortNames: r.shortNames ?? [],
      categories: r.categories ?? [],
      namespaced: r.namespaced,
      verbs: r.verbs,
      subresources,
      columns: columnsOf(`${apiVersion}/${r.name}`, byKey.get(key)?.columns),
      typeName: KIND_TYPES[`${apiVersion}/${r.kind}`],
      ...(descriptor === undefined ? {} : served(descriptor, apiVersion, byKey.has(key))),
    }
    byPath.set(`${apiVersion}/${r.name}`, kind)
    if (!byKey.has(key)) byKey.set(key, kind)
    byKind.set(`${apiVersion}/${r.kind}`, kind)
  }
}

/** Of the API's own kinds only; where there is a store, ask `kindsOf(store)`. "apps/v1", "deployments" → its kind, or undefined if no such path is served. */
export function kindAtPath(apiVersion: string, resource: string): Kind | undefined {
  return byPath.get(`${apiVersion}/${resource}`)
}

/** The kind the store keeps under `key`. */
export function kindOf(key: GroupResource): Kind | undefined {
  return byKey.get(key)
}

/** "apps/v1" and "Deployment" → its kind. */
export function kindNamed(apiVersion: string, kind: string): Kind | undefined {
  return byKind.get(`${apiVersion}/${kind}`)
}

/** Where the store keeps objects of this kind ("apps/v1", "Deployment" → "deployments.apps"); undefined if no such kind is served. */
export function resourceOf(apiVersion: string, kind: string): GroupResource | undefined {
  return kindNamed(apiVersion, kind)?.key
}

/** Every kind that Chainwalk holds, by its store key, with how its rows are vouched for. */
export function heldKinds(): readonly { readonly resource: GroupResource; readonly suite: string }[] {
  return DESCRIPTORS.map(({ resource, suite }) => ({ resource, suite }))
}

/** The API's own kinds of a group version, in discovery order. */
export function ownKinds(apiVersion: string): readonly Kind[] {
  return [...byPath.values()].filter((kind) => kind.apiVersion === apiVersion)
}
