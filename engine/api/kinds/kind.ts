import { humanDuration } from '../../base/duration.ts'
import type { Json } from '../../base/json.ts'
import type { GroupResource, KubeObject } from '../object.ts'
import type { FieldError } from '../status.ts'
import type { DeleteOptions, Deletion, WriteContext, Writer } from '../write-context.ts'

/** What a table row may look at beyond its object. */
export interface RowContext {
  readonly now: number
  /** The server's minor version, where a row differs by version. */
  readonly minor?: number
}

/** Rules for names of a kind (apimachinery api/validation name functions). */
export type NameRule = 'subdomain' | 'dns1035' | 'dns1123' | 'path' | 'any'

/** How objects of a kind are written; registry strategies of kube-apiserver. Without one a kind is read-only here. */
export interface Strategy {
  readonly name: NameRule
  /** Fills in what a client left out (versioned defaults). */
  readonly defaults?: (object: KubeObject) => KubeObject
  /** Right after defaults: whether this user may write such an object at all (RBAC escalation); throws. */
  readonly authorizeWrite?: (context: WriteContext, object: KubeObject, old: KubeObject | undefined, user: Writer) => void
  /** Before validation, on create: clears what clients may not set. */
  readonly prepareCreate?: (object: KubeObject, context: WriteContext, user?: Writer) => KubeObject
  readonly prepareUpdate?: (object: KubeObject, old: KubeObject, context: WriteContext) => KubeObject
  /** On a write of a subresource, after everything but the status was put back: what else such a write may not touch. */
  readonly prepareStatus?: (object: KubeObject, old: KubeObject, subresource: string, context: WriteContext) => KubeObject
  readonly validate?: (object: KubeObject) => readonly FieldError[]
  /** Undefined: `validate` serves updates too. */
  readonly validateUpdate?: (object: KubeObject, old: KubeObject) => readonly FieldError[]
  readonly validateStatus?: (object: KubeObject, old: KubeObject, subresource: string) => readonly FieldError[]
  /** Subresources that write something else than the status ("ephemeralcontainers", "resize"). */
  readonly subresources?: Readonly<Record<string, SubresourceStrategy>>
  /** After the store took a write, never on a dry run: `old` is missing for a new object, `now` for one that is gone. */
  readonly afterCommit?: (context: WriteContext, old: KubeObject | undefined, now: KubeObject | undefined) => void
  /** metadata.generation counts changes of everything but metadata and status, and of what is named here besides. */
  readonly generation?: readonly ('labels' | 'annotations')[]
  /** The first server version (minor) that counts generations of this kind. */
  readonly generationSince?: number
  /** Whether /status is a subresource: ordinary writes keep the old status, status writes keep the rest. */
  readonly status?: boolean
  /** Whether a new object may bring its status along (nodes). */
  readonly createsStatus?: boolean
  /** The status of a new object. */
  readonly initialStatus?: Json
  /** Seconds an object lingers when deleted; undefined: it goes at once. */
  readonly grace?: (object: KubeObject, requested: number | undefined) => number | undefined
  /** Deletion where it differs from everybody's. */
  readonly delete?: (context: WriteContext, object: KubeObject, options: DeleteOptions) => Deletion
  /** Whether something other than finalizers and grace keeps a deleted object. */
  readonly held?: (object: KubeObject) => boolean
  /** Deletions that say nothing of dependents leave them, and warn of that (DefaultGarbageCollectionPolicy). */
  readonly orphans?: { readonly warning?: string }
  /** Whether a deletion answers with the object instead of a Status (ReturnDeletedObject). */
  readonly returnsDeleted?: boolean
  /** What the server warns of when this object is created or, with `old`, changed. */
  readonly warnings?: (object: KubeObject, minor: number, old?: KubeObject) => readonly string[]
  /** What it warns of on a change, where that differs from `warnings`. */
  readonly warningsUpdate?: (object: KubeObject, old: KubeObject, minor: number) => readonly string[]
  /** False: an update must name the resourceVersion it is for (AllowUnconditionalUpdate). */
  readonly unconditionalUpdate?: boolean
  /** Whether a PUT of an object that does not exist creates it (AllowCreateOnUpdate). */
  readonly createOnUpdate?: boolean
}

/** How a subresource that is a part of the object is written. */
export interface SubresourceStrategy {
  /** The stored object with that part of the given one. */
  readonly prepare: (given: KubeObject, old: KubeObject, context: WriteContext) => KubeObject
  readonly validate?: (object: KubeObject, old: KubeObject) => readonly FieldError[]
}

/** Another version of a kind than the stored one: how objects go to and fro (apiVersion and kind are set by who calls). */
export interface VersionConversion {
  /** The stored object as this version shows it. */
  readonly to: (stored: KubeObject) => KubeObject
  /** An object of this version as it is stored. */
  readonly from: (given: KubeObject) => KubeObject
  /** Field selectors of this version, where they are called otherwise; they read the stored form. */
  readonly fields?: Readonly<Record<string, (object: KubeObject) => string>>
}

/** One kind: everything about it that is not in the discovery document. One file and one line in registry.ts each. */
export interface KindDescriptor {
  readonly resource: GroupResource
  /** The golden suite that compares its rows, or 'modelled' (FIDELITY.md). */
  readonly suite: 'kubectl' | 'modelled'
  /** The cells of the object's row in a server-side table; columns are in schema/discovery.data.ts. */
  readonly cells: (object: KubeObject, at: RowContext) => readonly Json[]
  /** Columns as servers before `before` print them, where they differ. */
  readonly formerColumns?: { readonly before: number; readonly names: readonly string[] }
  /** Further versions by apiVersion, of the same or another group ('autoscaling/v1', 'events.k8s.io/v1'); the store holds one form. */
  readonly versions?: Readonly<Record<string, VersionConversion>>
  /** Without one the kind is read-only here: writes are answered honestly. */
  readonly strategy?: Strategy
  /** Field selectors beyond metadata.name and metadata.namespace: selector to value. */
  readonly fields?: Readonly<Record<string, (object: KubeObject) => string>>
}

/** A timestamp's age as a table shows it. */
export function age(timestamp: unknown, at: RowContext): string {
  const time = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
  return Number.isNaN(time) ? '<unknown>' : humanDuration(at.now - time)
}

/** metadata.creationTimestamp's age. */
export function created(object: KubeObject, at: RowContext): string {
  return age(object.metadata.creationTimestamp, at)
}

/** labels.FormatLabels: "a=b,c=d", "<none>" when empty. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const parts = Object.keys(labels ?? {})
    .sort()
    .map((key) => `${key}=${(labels as Record<string, string>)[key]}`)
  return parts.length === 0 ? '<none>' : parts.join(',')
}

interface Requirement {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[]
}

/** metav1.FormatLabelSelector: the selector's string form with keys in order. */
export function formatSelector(
  selector:
    | { readonly matchLabels?: Readonly<Record<string, string>>; readonly matchExpressions?: readonly Requirement[] }
    | undefined
    | null,
): string {
  if (selector === undefined || selector === null) return '<none>'
  const parts: [string, string][] = Object.entries(selector.matchLabels ?? {}).map(([k, v]) => [k, `${k}=${v}`])
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    if (operator === 'Exists') parts.push([key, key])
    else if (operator === 'DoesNotExist') parts.push([key, `!${key}`])
    else parts.push([key, `${key} ${operator === 'In' ? 'in' : 'notin'} (${[...values].sort().join(',')})`])
  }
  parts.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return parts.length === 0 ? '<none>' : parts.map(([, text]) => text).join(',')
}

/** The wide columns of a workload: container names and images, comma-separated. */
export function containerCells(
  template: { readonly spec?: { readonly containers?: readonly { name: string; image?: string }[] } } | undefined,
): [string, string] {
  const containers = template?.spec?.containers ?? []
  return [containers.map((c) => c.name).join(','), containers.map((c) => c.image ?? '').join(',')]
}
