import { z } from 'zod'
import { defineCheck } from './check.ts'

/** How the simulator is set: `podServiceLB` is who translates a Pod's Service packets. */
export const setting = defineCheck({
  name: 'setting',
  parameters: z.strictObject({ name: z.enum(['podServiceLB']) }),
  read: ({ cluster }) => [cluster.podServiceLB],
})
