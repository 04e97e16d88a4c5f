import type { FlagSpec } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'

/** A command of kubectl, or a group of them ("rollout"). One file each, one line in verbs.ts. */
export interface Verb {
  readonly name: string
  readonly aliases?: readonly string[]
  /** One line for --help. */
  readonly short: string
  /** What follows the name in the usage line. */
  readonly use?: string
  readonly flags: readonly FlagSpec[]
  /** Valid, but not emulated at all: any use says so. */
  readonly known?: boolean
  readonly verbs?: readonly Verb[]
  /** A group's help without a command goes to standard error. */
  readonly helpToStderr?: boolean
  /** What completes the n-th argument: 'resource' (then names of it), 'pod', 'node', or nothing. */
  readonly completes?: 'resource' | 'pod' | 'node' | 'deployment' | 'context'
  /** Ends with an exit code, or throws one of errors.ts. */
  run?(call: Invocation): number | undefined | Promise<number | undefined>
}
