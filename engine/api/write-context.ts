import type { Clock } from '../clock/clock.ts'
import type { Dice } from '../clock/dice.ts'
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
}

export interface WriteOptions {
  /** Who manages the fields: "kubectl-create", "kube-controller-manager". */
  readonly manager?: string
  /** Everything but the store. */
  readonly dryRun?: boolean
  /** "status": only the status changes. */
  readonly subresource?: 'status'
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  readonly uid?: string
  readonly resourceVersion?: string
  readonly dryRun?: boolean
}
