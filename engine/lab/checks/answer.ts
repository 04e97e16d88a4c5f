import { z } from 'zod'
import { defineCheck } from './check.ts'

/** What the learner answered to this task (or another, or to a prediction): one value, trimmed. */
export const answer = defineCheck({
  name: 'answer',
  parameters: z.strictObject({ task: z.string().optional(), prediction: z.string().optional() }),
  read: ({ progress, id }, { task, prediction }) => {
    const given = (prediction === undefined ? progress.answers[task ?? id] : progress.predictions[prediction])?.trim()
    return given === undefined || given === '' ? [] : [given]
  },
})
