import type { Chain } from './chain.ts'
import type { PrintEnv } from './extension.ts'
import { findMatcher } from './matchers/registry.ts'
import { protocolName } from './protocol.ts'
import type { Rule } from './rule.ts'
import type { Table } from './table.ts'
import { findTarget } from './targets/registry.ts'
import { readRule } from './view.ts'

const not = (invert: boolean | undefined) => (invert ? ' !' : '')

/** A rule's specification behind "-A CHAIN", as -S prints it; `counters` go in front of the target (-S -v). */
export function specText(rule: Rule, env: PrintEnv, counters = ''): string {
  const f = rule.filter
  let text = ''
  if (f.src !== undefined) text += `${not(f.srcInv)} -s ${f.src}`
  if (f.dst !== undefined) text += `${not(f.dstInv)} -d ${f.dst}`
  if (f.iif !== undefined && f.iif !== '+') text += `${not(f.iifInv)} -i ${f.iif}`
  if (f.oif !== undefined && f.oif !== '+') text += `${not(f.oifInv)} -o ${f.oif}`
  if (f.proto !== undefined) {
    const name = protocolName(f.proto, !env.dialect.saveProtocolByLibc, env.names, env.dialect)
    text += `${not(f.protoInv)} -p ${name ?? f.proto}`
  }
  if (f.frag) text += `${not(f.fragInv)} -f`
  for (const data of rule.matches) text += ` -m ${data.ext}${findMatcher(data.ext)?.save(data, env) ?? ''}`
  text += counters
  const target = rule.target
  if (target === undefined) return env.dialect.targetlessTrailingBlank ? `${text} ` : text
  if (target.kind === 'verdict') return `${text} -j ${target.name}`
  if (target.kind === 'extension')
    return `${text} -j ${target.data.ext}${findTarget(target.data.ext)?.save(target.data, env) ?? ''}`
  return `${text} ${target.kind === 'goto' ? '-g' : '-j'} ${target.chain}`
}

/** "-A CHAIN ..." */
export function ruleText(chain: string, rule: Rule, env: PrintEnv, counters = ''): string {
  return `-A ${chain}${specText(rule, env, counters)}`
}

/** The lines of a chain's rules as the reader sees them, or undefined where it cannot. */
export function chainLines(
  chain: Chain,
  env: PrintEnv,
  style: 'plain' | 'counters-first' | 'counters-last',
  only?: number,
): string[] | undefined {
  const lines: string[] = []
  for (let i = 0; i < chain.rules.length; i++) {
    const rule = readRule(chain.rules[i] as Rule, env.dialect)
    if (rule === 'incompatible') return undefined
    if (only !== undefined && i !== only - 1) continue
    const before = style === 'counters-first' ? `[${chain.packetsOf(i)}:${chain.bytesOf(i)}] ` : ''
    const after = style === 'counters-last' ? ` -c ${chain.packetsOf(i)} ${chain.bytesOf(i)}` : ''
    lines.push(before + ruleText(chain.name, rule, env, after))
  }
  return lines
}

/** A table as iptables-save prints it, from "*nat" to "COMMIT"; undefined if the reader finds it incompatible. */
export function saveTable(table: Table, env: PrintEnv, counters: boolean): string | undefined {
  if (env.dialect.foreignBaseIncompatible && table.hasForeignBase()) return undefined
  const chains = table.listed()
  const out: string[] = [`*${table.name}`]
  for (const chain of chains) out.push(`:${chain.name} ${chain.policy ?? '-'} [${chain.policyPackets}:${chain.policyBytes}]`)
  for (const chain of chains) {
    const lines = chainLines(chain, env, counters ? 'counters-first' : 'plain')
    if (lines === undefined) return undefined
    for (const line of lines) out.push(line)
  }
  out.push('COMMIT')
  return `${out.join('\n')}\n`
}
