import type { Invocation } from '../invocation.ts'
import type { Obj } from '../values.ts'
import type { Lines } from './writer.ts'

/** What a describer may ask for. */
export interface DescribeTools {
  readonly call: Invocation
  readonly showEvents: boolean
  /** An object of another kind, or undefined if it is not there. */
  find(path: string): Obj | undefined
  /** The items of a list; none where it may not be read. */
  list(path: string): Obj[]
  /** Time since, as an age. */
  age(timestamp: string | undefined): string
}

/** Describes one kind. One file and one line in registry.ts each. */
export interface Describer {
  /** "Pod", "Deployment.apps". */
  readonly kind: string
  describe(out: Lines, object: Obj, tools: DescribeTools): void
}
