import { answer } from './answer.ts'
import type { CheckDescriptor } from './check.ts'
import { connections } from './connections.ts'
import { evidence } from './evidence.ts'
import { object } from './object.ts'
import { ruleset } from './ruleset.ts'
import { setting } from './setting.ts'

/** Every check that a lab may name. */
export const CHECKS = [answer, connections, evidence, object, ruleset, setting] as unknown as readonly CheckDescriptor[]
