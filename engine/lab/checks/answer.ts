import { z } from 'zod'
import { defineCheck } from './check.ts'

/** What the learner answered to this task: one value, trimmed; with `split`, the words of it. */
export const answer = defineCheck({
  name: 'answer',
  parameters: z.strictObject({ split: z.boolean().default(false), task: z.string().optional() }),
  read: ({ progress, id }, { split, task }) => {
    const given = progress.answers[task ?? id]?.trim()
    if (given === undefined || given === '') return []
    return split ? given.split(/[\s,]+/) : [given]
  },
})
