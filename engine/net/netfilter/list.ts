import { addressText } from './address.ts'
import type { Chain } from './chain.ts'
import type { PrintEnv } from './extension.ts'
import { findMatcher } from './matchers/registry.ts'
import { protocolName } from './protocol.ts'
import { type Rule, targetName } from './rule.ts'
import { findTarget } from './targets/registry.ts'
import { readRule } from './view.ts'

export interface ListOptions {
  readonly verbose: boolean
  readonly exact: boolean
  readonly lineNumbers: boolean
}

/** xtables_print_num: five digits as they are, then K, M, G, T, each step rounding the one before. */
export function scaled(value: number, exact: boolean): string {
  if (exact || value <= 99999) return String(value)
  let n = value
  let unit = ''
  for (unit of ['K', 'M', 'G', 'T']) {
    n = Math.floor((n + 500) / 1000)
    if (n <= 9999) break
  }
  return `${n}${unit}`
}

function counterText(value: number, exact: boolean): string {
  const text = scaled(value, exact)
  return `${text.padStart(exact ? 8 : 5)} `
}

/** A rule's protocol as -L shows it. */
function protocolText(rule: Rule, env: PrintEnv): string {
  const proto = rule.filter.proto ?? 0
  if (env.numeric && env.dialect.numericProtocols === 'numbers') return String(proto)
  return protocolName(proto, env.numeric, env.names, env.dialect) ?? String(proto)
}

function optText(rule: Rule, env: PrintEnv): string {
  if (env.family === 6) return env.dialect.ipv6OptBlank ? '  ' : '--'
  return rule.filter.frag ? (rule.filter.fragInv ? '!f' : '-f') : '--'
}

/** The texts of the matches and the target, each behind one blank. */
function tailText(rule: Rule, env: PrintEnv): string {
  let text = ''
  // One object for a whole listing would do, but printing must not depend on order.
  const proto = rule.filter.proto ?? 0
  const inner = env.proto === proto ? env : { ...env, proto }
  for (const data of rule.matches) {
    const part = findMatcher(data.ext)?.print(data, inner)
    if (part) text += ` ${part}`
  }
  if (rule.target?.kind === 'extension') {
    const part = findTarget(rule.target.data.ext)?.print(rule.target.data, inner)
    if (part) text += ` ${part}`
  }
  return text
}

function shownTarget(rule: Rule): string {
  const name = targetName(rule.target)
  return (rule.target?.kind === 'extension' ? findTarget(name)?.shownAs : undefined) ?? name
}

function addresses(rule: Rule, env: PrintEnv): readonly [string, string] {
  const any = env.numeric ? (env.family === 4 ? '0.0.0.0/0' : '::/0') : 'anywhere'
  const { src, dst } = rule.filter
  return [src === undefined ? any : addressText(src, env), dst === undefined ? any : addressText(dst, env)]
}

/** One line of -L, made flat: a listing is joined from 100,000 of them. */
export function listRule(
  rule: Rule,
  counters: readonly [number, number],
  n: number,
  env: PrintEnv,
  options: ListOptions,
): string {
  const f = rule.filter
  const parts: string[] = []
  if (options.lineNumbers) parts.push(`${String(n).padEnd(4)} `)
  if (options.verbose) parts.push(counterText(counters[0], options.exact), counterText(counters[1], options.exact))
  const proto = protocolText(rule, env)
  const column = env.dialect.gluedProtocol ? proto.padEnd(5) : `${proto.padEnd(4)} `
  parts.push(shownTarget(rule).padEnd(9), f.protoInv ? ' !' : '  ', column, optText(rule, env))
  if (options.verbose) parts.push('  ', deviceText(f.iif, f.iifInv, env), ' ', deviceText(f.oif, f.oifInv, env))
  const [src, dst] = addresses(rule, env)
  parts.push(f.srcInv ? ' !' : '  ', src.padEnd(19), f.dstInv ? ' !' : '  ', dst.padEnd(19), ' ')
  if (rule.target?.kind === 'goto') parts.push('[goto] ')
  parts.push(tailText(rule, env), '\n')
  return parts.join('')
}

function deviceText(name: string | undefined, invert: boolean | undefined, env: PrintEnv): string {
  return ((invert ? '!' : '') + (name ?? (env.numeric ? '*' : 'any'))).padEnd(6)
}

/** A rule on a line of its own, as `-v` with -A or -D and 1.8.7's -C print it (FMT_PRINT_RULE). */
export function describeRule(rule: Rule, given: PrintEnv): string {
  const env = { ...given, numeric: true }
  const f = rule.filter
  const [src, dst] = addresses(rule, env)
  const proto = protocolName(f.proto ?? 0, true, env.names, env.dialect) ?? String(f.proto)
  const opt = env.family === 6 && env.dialect.ipv6OptBlank ? '  ' : optText(rule, env)
  const device = (name: string | undefined, invert: boolean | undefined) => (invert ? '!' : '') + (name ?? '*')
  const goto = rule.target?.kind === 'goto' ? '[goto] ' : ''
  return `${shownTarget(rule)} ${f.protoInv ? '!' : ' '}${proto} opt ${opt} in ${device(f.iif, f.iifInv)} out ${device(f.oif, f.oifInv)} ${f.srcInv ? '!' : ' '}${src} ${
    f.dstInv ? '!' : ' '
  }-> ${dst}  ${goto}${tailText(rule, env)}\n`
}

/** "Chain INPUT (policy ACCEPT)" and the column titles. */
export function chainHeader(chain: Chain, references: number, options: ListOptions): string {
  const counters = options.verbose
    ? ` ${scaled(chain.policyPackets, options.exact)} packets, ${scaled(chain.policyBytes, options.exact)} bytes`
    : ''
  const about = chain.policy === undefined ? `${references} references` : `policy ${chain.policy}${counters}`
  let columns = options.lineNumbers ? 'num  ' : ''
  if (options.verbose) columns += options.exact ? '    pkts      bytes ' : ' pkts bytes '
  columns += 'target     prot opt '
  if (options.verbose) columns += 'in     out     '
  return `Chain ${chain.name} (${about})\n${columns}source               destination         \n`
}

/** A chain as -L prints it, or undefined where the reader cannot. `only`: one rule, without any header. */
export function listChain(
  chain: Chain,
  references: number,
  env: PrintEnv,
  options: ListOptions,
  only?: number,
): string | undefined {
  const out = [only === undefined ? chainHeader(chain, references, options) : '']
  for (let i = 0; i < chain.rules.length; i++) {
    const rule = readRule(chain.rules[i] as Rule, env.dialect)
    if (rule === 'incompatible') return undefined
    if (only !== undefined && i !== only - 1) continue
    out.push(listRule(rule, [chain.packetsOf(i), chain.bytesOf(i)], i + 1, env, options))
  }
  return out.join('')
}
