import { z } from 'zod'
import type { ConnectionRecord } from '../../net/flows.ts'
import { defineCheck } from './check.ts'
import { fits } from './glob.ts'

const VALUES: Readonly<Record<string, (c: ConnectionRecord) => string>> = {
  to: (c) => endpoint(c.to),
  backend: (c) => (c.backend === undefined ? '' : endpoint(c.backend)),
  sourceSeen: (c) => c.sourceSeen?.address ?? '',
  result: (c) => c.result,
  translatedBy: (c) => `${c.from.netns}: ${c.bpf ? 'eBPF' : 'iptables'}`,
}

/**
 * Connections that were really made, newest last, and one value of each (each value once). `from` names the namespace
 * ("nodes/NAME", "pods/NAMESPACE/NAME", with `*`), `to` what was dialled. `after`: only those that follow one to the same place
 * that ended so; `afterBpf`: only those that follow one translated by eBPF.
 */
export const connections = defineCheck({
  name: 'connections',
  parameters: z.strictObject({
    from: z.string().default('*'),
    to: z.array(z.string()).optional(),
    result: z.enum(['connected', 'refused', 'timeout', 'unreachable', 'reset', 'denied', 'pending']).optional(),
    bpf: z.boolean().optional(),
    marked: z.boolean().optional(),
    snat: z.boolean().optional(),
    after: z.string().optional(),
    afterBpf: z.boolean().optional(),
    value: z.enum(Object.keys(VALUES) as [string, ...string[]]),
  }),
  read: ({ cluster }, p) => {
    const all = cluster.network.connections()
    const found = all.filter(
      (c, i) =>
        fits(p.from, c.from.netns) &&
        (p.to === undefined || p.to.includes(endpoint(c.to))) &&
        (p.result === undefined || c.result === p.result) &&
        (p.bpf === undefined || (c.bpf ?? false) === p.bpf) &&
        (p.marked === undefined || c.marked === p.marked) &&
        (p.snat === undefined || c.snat === p.snat) &&
        (p.after === undefined || all.slice(0, i).some((b) => b.result === p.after && endpoint(b.to) === endpoint(c.to))) &&
        (p.afterBpf !== true || all.slice(0, i).some((b) => b.bpf === true)),
    )
    return [...new Set(found.map((c) => (VALUES[p.value] as (c: ConnectionRecord) => string)(c)))]
  },
})

function endpoint(e: { readonly address: string; readonly port: number }): string {
  return `${e.address}:${e.port}`
}
