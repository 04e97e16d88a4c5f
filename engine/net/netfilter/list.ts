import { addressText } from './address.ts'
import type { Chain } from './chain.ts'
import type { PrintEnv } from './extension.ts'
import { findMatcher } from './matchers/registry.ts'
import { Output } from './output.ts'
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
function addTail(out: Output, rule: Rule, env: PrintEnv): void {
  const proto = rule.filter.proto ?? 0
  const inner = env.proto === proto ? env : { ...env, proto }
  for (const data of rule.matches) {
    const part = findMatcher(data.ext)?.print(data, inner)
    if (!part) continue
    out.add(' ')
    out.add(part)
  }
  if (rule.target?.kind === 'extension') {
    const part = findTarget(rule.target.data.ext)?.print(rule.target.data, inner)
    if (!part) return
    out.add(' ')
    out.add(part)
  }
}

function shownTarget(rule: Rule): string {
  const name = targetName(rule.target)
  return (rule.target?.kind === 'extension' ? findTarget(name)?.shownAs : undefined) ?? name
}

function anyAddress(env: PrintEnv): string {
  return env.numeric ? (env.family === 4 ? '0.0.0.0/0' : '::/0') : 'anywhere'
}

function sourceText(rule: Rule, env: PrintEnv): string {
  return rule.filter.src === undefined ? anyAddress(env) : addressText(rule.filter.src, env)
}

function destinationText(rule: Rule, env: PrintEnv): string {
  return rule.filter.dst === undefined ? anyAddress(env) : addressText(rule.filter.dst, env)
}

const BLANKS = Array.from({ length: 20 }, (_, n) => ' '.repeat(n))

/** A text and the blanks up to a width. */
function addPadded(out: Output, text: string, width: number): void {
  out.add(text)
  if (text.length < width) out.add(BLANKS[width - text.length] as string)
}

/** One line of -L. */
function addListed(
  out: Output,
  rule: Rule,
  counters: readonly [number, number],
  n: number,
  env: PrintEnv,
  options: ListOptions,
): void {
  const f = rule.filter
  if (options.lineNumbers) out.add(`${String(n).padEnd(4)} `)
  if (options.verbose) out.add(counterText(counters[0], options.exact) + counterText(counters[1], options.exact))
  addPadded(out, shownTarget(rule), 9)
  out.add(f.protoInv ? ' !' : '  ')
  addPadded(out, protocolText(rule, env), env.dialect.gluedProtocol ? 5 : 4)
  if (!env.dialect.gluedProtocol) out.add(' ')
  out.add(optText(rule, env))
  if (options.verbose) out.add(`  ${deviceText(f.iif, f.iifInv, env)} ${deviceText(f.oif, f.oifInv, env)}`)
  out.add(f.srcInv ? ' !' : '  ')
  addPadded(out, sourceText(rule, env), 19)
  out.add(f.dstInv ? ' !' : '  ')
  addPadded(out, destinationText(rule, env), 19)
  out.add(rule.target?.kind === 'goto' ? ' [goto] ' : ' ')
  addTail(out, rule, env)
  out.add('\n')
}

function deviceText(name: string | undefined, invert: boolean | undefined, env: PrintEnv): string {
  return ((invert ? '!' : '') + (name ?? (env.numeric ? '*' : 'any'))).padEnd(6)
}

/** A rule on a line of its own, as `-v` with -A or -D and 1.8.7's -C print it (FMT_PRINT_RULE). */
export function describeRule(rule: Rule, given: PrintEnv): string {
  const env = { ...given, numeric: true }
  const f = rule.filter
  const proto = protocolName(f.proto ?? 0, true, env.names, env.dialect) ?? String(f.proto)
  const opt = env.family === 6 && env.dialect.ipv6OptBlank ? '  ' : optText(rule, env)
  const device = (name: string | undefined, invert: boolean | undefined) => (invert ? '!' : '') + (name ?? '*')
  const goto = rule.target?.kind === 'goto' ? '[goto] ' : ''
  const out = new Output()
  out.add(
    `${shownTarget(rule)} ${f.protoInv ? '!' : ' '}${proto} opt ${opt} in ${device(f.iif, f.iifInv)} out ${device(f.oif, f.oifInv)} `,
  )
  out.add(`${f.srcInv ? '!' : ' '}${sourceText(rule, env)} ${f.dstInv ? '!' : ' '}-> ${destinationText(rule, env)}  ${goto}`)
  addTail(out, rule, env)
  out.add('\n')
  return out.text()
}

/** "Chain INPUT (policy ACCEPT)" and the column titles. */
function chainHeader(chain: Chain, references: number, options: ListOptions): string {
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

/** Adds a chain as -L prints it; false where the reader cannot. `only`: one rule, without any header. */
export function addListedChain(
  out: Output,
  chain: Chain,
  references: number,
  env: PrintEnv,
  options: ListOptions,
  only?: number,
): boolean {
  if (only === undefined) out.add(chainHeader(chain, references, options))
  for (let i = 0; i < chain.rules.length; i++) {
    const rule = readRule(chain.rules[i] as Rule, env.dialect)
    if (rule === 'incompatible') return false
    if (only !== undefined && i !== only - 1) continue
    addListed(out, rule, [chain.packetsOf(i), chain.bytesOf(i)], i + 1, env, options)
    out.breathe()
  }
  return true
}
