import type { IpFamily } from '../../base/ip.ts'
import { CANARY, CANARY_TABLES, JUMPS } from './fixed-rules.ts'
import type { ProxyKernel } from './kernel.ts'

/** Chains and jumps from built-in chains: only on a full sync, so a jump deleted by hand stays away until then. */
export function ensureJumps(kernel: ProxyKernel, family: IpFamily): void {
  for (const { table, from, to, match } of JUMPS) {
    const line = `${match}${match === '' ? '' : ' '}-j ${to}`
    if (kernel.hasRule(family, table, from, line)) continue
    const chain = kernel.table(family, table)?.chains.has(to) === true ? '' : `:${to} - [0:0]\n`
    kernel.restore(family, `*${table}\n${chain}-I ${from} 1 ${line}\nCOMMIT\n`)
  }
}

/** Whether the first canary is gone, which means that somebody flushed iptables. */
export function canaryLost(kernel: ProxyKernel, family: IpFamily): boolean {
  return kernel.table(family, CANARY_TABLES[0])?.chains.has(CANARY) !== true
}

export function ensureCanaries(kernel: ProxyKernel, family: IpFamily): void {
  for (const table of CANARY_TABLES) {
    if (kernel.table(family, table)?.chains.has(CANARY) === true) continue
    kernel.restore(family, `*${table}\n:${CANARY} - [0:0]\nCOMMIT\n`)
  }
}
