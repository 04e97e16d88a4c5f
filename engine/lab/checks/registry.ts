import { answer } from './answer.ts'
import type { CheckDescriptor } from './check.ts'
import { evidence } from './evidence.ts'
import { object } from './object.ts'

/** Every check that a lab may name. */
export const CHECKS: readonly CheckDescriptor[] = [answer, evidence, object] as readonly CheckDescriptor[]
