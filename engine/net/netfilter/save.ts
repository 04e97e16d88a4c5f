import type { Chain } from './chain.ts'
import type { PrintEnv } from './extension.ts'
import { findMatcher } from './matchers/registry.ts'
import { Output } from './output.ts'
import { savedProtocol } from './protocol.ts'
import type { Rule } from './rule.ts'
import type { Table } from './table.ts'
import { findTarget } from './targets/registry.ts'
import { readRule } from './view.ts'

/** A rule's specification behind "-A CHAIN", as -S prints it; `counters` go in front of the target (-S -v). */
function addSpec(out: Output, rule: Rule, env: PrintEnv, counters: string): void {
  const f = rule.filter
  const option = (invert: boolean | undefined, name: string, value: string) => {
    if (invert) out.add(' !')
    out.add(name)
    out.add(value)
  }
  if (f.src !== undefined) option(f.srcInv, ' -s ', f.src)
  if (f.dst !== undefined) option(f.dstInv, ' -d ', f.dst)
  if (f.iif !== undefined && f.iif !== '+') option(f.iifInv, ' -i ', f.iif)
  if (f.oif !== undefined && f.oif !== '+') option(f.oifInv, ' -o ', f.oif)
  if (f.proto !== undefined) {
    option(f.protoInv, ' -p ', savedProtocol(f.proto, env.names, env.dialect))
  }
  if (f.frag) out.add(f.fragInv ? ' ! -f' : ' -f')
  for (const data of rule.matches) {
    out.add(' -m ')
    out.add(data.ext)
    const options = findMatcher(data.ext)?.save(data, env)
    if (options !== undefined) out.add(options)
  }
  if (counters !== '') out.add(counters)
  const target = rule.target
  if (target === undefined) {
    if (env.dialect.targetlessTrailingBlank) out.add(' ')
    return
  }
  out.add(target.kind === 'goto' ? ' -g ' : ' -j ')
  if (target.kind === 'verdict') out.add(target.name)
  else if (target.kind === 'extension') {
    out.add(target.data.ext)
    const options = findTarget(target.data.ext)?.save(target.data, env)
    if (options !== undefined) out.add(options)
  } else out.add(target.chain)
}

/** "-A CHAIN ..." */
export function ruleText(chain: string, rule: Rule, env: PrintEnv): string {
  const out = new Output()
  out.add('-A ')
  out.add(chain)
  addSpec(out, rule, env, '')
  return out.text()
}

/** Adds the lines of a chain's rules as the reader sees them; false where it cannot read one. */
export function addChainLines(
  out: Output,
  chain: Chain,
  env: PrintEnv,
  style: 'plain' | 'counters-first' | 'counters-last',
  only?: number,
): boolean {
  const head = `-A ${chain.name}`
  for (let i = 0; i < chain.rules.length; i++) {
    const rule = readRule(chain.rules[i] as Rule, env.dialect)
    if (rule === 'incompatible') return false
    if (only !== undefined && i !== only - 1) continue
    if (style === 'counters-first') out.add(`[${chain.packetsOf(i)}:${chain.bytesOf(i)}] `)
    out.add(head)
    addSpec(out, rule, env, style === 'counters-last' ? ` -c ${chain.packetsOf(i)} ${chain.bytesOf(i)}` : '')
    out.add('\n')
    out.breathe()
  }
  return true
}

/** A table as iptables-save prints it, from "*nat" to "COMMIT"; undefined if the reader finds it incompatible. */
export function saveTable(table: Table, env: PrintEnv, counters: boolean): string | undefined {
  if (env.dialect.foreignBaseIncompatible && table.hasForeignBase()) return undefined
  const chains = table.listed()
  const out = new Output()
  out.add(`*${table.name}\n`)
  for (const chain of chains) {
    out.add(':')
    out.add(chain.name)
    out.add(chain.policy === undefined ? ' - [0:0]\n' : ` ${chain.policy} [${chain.policyPackets}:${chain.policyBytes}]\n`)
    out.breathe()
  }
  for (const chain of chains) if (!addChainLines(out, chain, env, counters ? 'counters-first' : 'plain')) return undefined
  out.add('COMMIT\n')
  return out.text()
}
