import { z } from 'zod'

/** A text in every language the lab speaks; "en" is always there. */
const localText = z.object({ en: z.string().min(1) }).catchall(z.string().min(1))
export type LocalText = z.infer<typeof localText>

const id = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and dashes')

/** `read` names one check of the registry with its parameters; the comparison is beside it. */
const readSchema = z.record(z.string(), z.unknown()).refine((r) => Object.keys(r).length === 1, 'exactly one check by name')
export type Read = z.infer<typeof readSchema>

const comparison = z.strictObject({
  read: readSchema,
  /** The values read, as a list in order. */
  equals: z.array(z.string()).optional(),
  /** The values read, in any order. */
  sameAs: z.union([z.array(z.string()), z.strictObject({ read: readSchema })]).optional(),
  /** Every value read is one of these other values. */
  within: z.strictObject({ read: readSchema }).optional(),
  /** Each of these is among the values read. */
  includes: z.array(z.string()).optional(),
  /** The number of values read. */
  count: z.number().int().nonnegative().optional(),
  atLeast: z.number().int().positive().optional(),
})
export type Comparison = z.infer<typeof comparison>

export type Check = Comparison | { all: Check[] } | { any: Check[] } | { not: Check }
const check: z.ZodType<Check> = z.lazy(() =>
  z.union([
    comparison,
    z.strictObject({ all: z.array(check).min(1) }),
    z.strictObject({ any: z.array(check).min(1) }),
    z.strictObject({ not: check }),
  ]),
)

const option = z.strictObject({ value: z.string().min(1), label: localText })

const task = z.strictObject({
  id,
  step: id,
  points: z.number().int().positive(),
  title: localText,
  /** What must become true, in words; the values seen stand beside it. */
  wanted: localText,
  question: z.strictObject({ kind: z.enum(['text', 'choice']), options: z.array(option).optional() }).optional(),
  check,
  /** Wrong turns that are recognised, and what the learner is told then. */
  mistakes: z.array(z.strictObject({ id, when: check, say: localText })).default([]),
  hints: z.array(z.strictObject({ cost: z.number().int().nonnegative(), text: localText })).default([]),
})

const prediction = z.strictObject({
  id,
  step: id,
  text: localText,
  options: z.array(option).min(2),
  /** Options in order with what makes each the right one; the first that holds is the engine's answer. */
  truth: z.array(z.strictObject({ value: z.string(), when: check })).min(1),
  observed: z.strictObject({ read: readSchema }),
  why: localText,
})

export const labSchema = z.strictObject({
  id,
  version: z.literal(1),
  track: id,
  minutes: z.number().int().positive(),
  level: z.number().int().min(1).max(3),
  exams: z.array(z.enum(['CKA', 'CKAD', 'CKS'])).default([]),
  title: localText,
  summary: localText,
  scenario: id,
  node: z.string(),
  steps: z.array(id).min(1),
  tasks: z.array(task).min(1),
  predictions: z.array(prediction).default([]),
})
export type LabDocument = z.infer<typeof labSchema>
export type TaskDocument = LabDocument['tasks'][number]
export type PredictionDocument = LabDocument['predictions'][number]
