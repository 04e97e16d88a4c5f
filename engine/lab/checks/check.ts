import type { z } from 'zod'
import type { Cluster } from '../../cluster/cluster.ts'
import type { Journal, LabProgress } from '../types.ts'

/** What a check may look at: typed state, never a tool's output. */
export interface CheckContext {
  readonly cluster: Cluster
  readonly journal: Journal
  readonly progress: LabProgress
  /** The task (or prediction) being evaluated. */
  readonly id: string
}

/**
 * One way to look at the session: reads the values that a comparison then judges and that the learner sees as "seen".
 * One file and one line in registry.ts each.
 */
export interface CheckDescriptor<P = unknown> {
  readonly name: string
  readonly parameters: z.ZodType<P>
  read(context: CheckContext, parameters: P): readonly string[]
}

/** Types a descriptor's parameters from its schema. */
export function defineCheck<P>(descriptor: CheckDescriptor<P>): CheckDescriptor<P> {
  return descriptor
}
