import { z } from 'zod'
import type { LabFolder } from '../lab/types.ts'
import type { HostPorts } from '../shell/host.ts'

/** What batch mode needs of the program around it. */
export interface BatchPorts extends HostPorts {
  /** A lab's files by id, or undefined. */
  lab(id: string): LabFolder | undefined
}

/** Why a record cannot run; its message is the answer's `error`. */
export class RecordError extends Error {}

const text = z.string()
const step = z.union([
  z.strictObject({
    argv: z.array(text).min(1),
    stdin: text.optional(),
    now: text.optional(),
    as: z.strictObject({ iptables: text }).optional(),
  }),
  z.strictObject({
    line: text,
    stdin: text.optional(),
    now: text.optional(),
    as: z.strictObject({ iptables: text }).optional(),
  }),
])

const profile = z
  .strictObject({
    kubernetes: text,
    kubectl: text,
    os: text,
    kernel: text,
    containerRuntime: text,
    iptables: text,
    proxyIptables: text,
    proxyMode: z.enum(['iptables', 'nftables', 'ipvs']),
    proxyArgs: z.array(text),
    cni: z.strictObject({ name: text, podServiceLB: z.enum(['bpf', 'none']).optional() }),
    serviceCIDR: text,
    kubelet: z.enum(['real', 'stub']),
    seed: text,
  })
  .partial()

/** One input line of batch mode; `objects` as a path was already read by the program around the engine. */
export const BATCH_RECORD = z.strictObject({
  id: z.union([text, z.number(), z.null()]).optional(),
  lab: text.optional(),
  cluster: z
    .strictObject({
      objects: z.unknown().optional(),
      now: text.optional(),
      running: z.union([z.boolean(), z.array(text)]).optional(),
      profile: profile.optional(),
    })
    .optional(),
  node: text.optional(),
  user: z.union([text, z.number()]).optional(),
  files: z.record(text, text).optional(),
  steps: z.array(step),
})

export type BatchRecord = z.infer<typeof BATCH_RECORD>
export type BatchStep = BatchRecord['steps'][number]

/** The first thing wrong with a record, in words. */
export function recordProblem(error: z.ZodError): string {
  const issue = error.issues[0]
  return issue === undefined ? 'not a batch record' : `${issue.path.join('.') || 'record'}: ${issue.message}`
}

/** An RFC 3339 time as ms since the epoch, or undefined. */
export function parseTime(value: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value)) return undefined
  const ms = Date.parse(value)
  return Number.isNaN(ms) ? undefined : ms
}
