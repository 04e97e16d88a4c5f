import { describe } from './describe.ts'
import { get } from './get.ts'
import type { Verb } from './verb.ts'

/** Every command of kubectl, in the order kubectl registers them (which is the order of its suggestions). */
export const VERBS: readonly Verb[] = [get, describe]
