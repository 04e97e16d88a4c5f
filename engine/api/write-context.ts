import type { Clock } from '../clock/clock.ts'
import type { Dice } from '../clock/dice.ts'
import type { Kind } from './kinds/registry.ts'
import type { KubeObject } from './object.ts'
import type { Store } from './store.ts'

/** What every write needs; apiserver and controllers share one. */
export interface WriteContext {
  readonly store: Store
  readonly clock: Clock
  readonly dice: Dice
  /** The profile's service range, where no ServiceCIDR object says otherwise. */
  readonly serviceCIDR: string
  /** The API server's minor version: 35 for v1.35.4. */
  readonly minor: number
  /** Set where a strategy prepares an object that will not be stored. */
  readonly dryRun?: true
}

/** Who writes, as admission and escalation checks see it; none: the cluster itself. */
export interface Writer {
  readonly name: string
  readonly groups: readonly string[]
}

export interface WriteOptions {
  /** Who manages the fields: "kubectl-create", "kube-controller-manager". */
  readonly manager?: string
  /** Everything but the store. */
  readonly dryRun?: boolean
  /** "status" (only the status changes), "approval", "ephemeralcontainers" … */
  readonly subresource?: string
  /** metadata.managedFields of the object is already what it will be (server-side apply). */
  readonly tracked?: boolean
  /** The write is the result of a patch: a uid in it is a change, not a precondition. */
  readonly patch?: boolean
  readonly user?: Writer
  /** Grows with what validation and admission warn of. */
  readonly warnings?: string[]
}

/** One write on its way to the store, as admission sees it (admission.Attributes). */
export interface WriteRequest {
  readonly context: WriteContext
  readonly kind: Kind
  readonly operation: 'CREATE' | 'UPDATE'
  readonly object: KubeObject
  readonly old?: KubeObject
  readonly options: WriteOptions
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  readonly uid?: string
  readonly resourceVersion?: string
  readonly dryRun?: boolean
}

export interface Deletion {
  readonly object: KubeObject
  /** False: the object waits for its grace period or its finalizers. */
  readonly gone: boolean
}
