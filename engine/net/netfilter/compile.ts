import { invariant } from '../../base/invariant.ts'
import { parseIPv4, parseIPv6 } from '../../base/ip.ts'
import type { Packet, Skb } from '../packet.ts'
import { maskOf } from './address.ts'
import type { Chain } from './chain.ts'
import type { CompiledChain, ReadyMatch, ReadyRule } from './compiled.ts'
import { deviceMatches } from './device.ts'
import { findMatcher } from './matchers/registry.ts'
import type { Filter, Rule } from './rule.ts'
import { indexRules, isPure, oneHost, onlyPort } from './rule-index.ts'
import { findTarget } from './targets/registry.ts'
import { jumpTarget } from './uses.ts'

type HeaderTest = (packet: Packet, skb: Skb) => boolean

function addressTest(text: string, invert: boolean): (address: string) => boolean {
  const slash = text.indexOf('/')
  const base = text.slice(0, slash)
  const maskText = text.slice(slash + 1)
  const value4 = parseIPv4(base)
  // Addresses are canonical text everywhere: one host is one text.
  if (maskText === (value4 === undefined ? '128' : '32')) return invert ? (a) => a !== base : (a) => a === base
  if (value4 !== undefined) {
    const mask = maskText.includes('.') ? (parseIPv4(maskText) ?? 0) : maskOf(Number(maskText))
    const want = (value4 & mask) >>> 0
    return (address) => (((parseIPv4(address) ?? 0) & mask) >>> 0 === want) !== invert
  }
  const shift = BigInt(128 - Number(maskText))
  const want = (parseIPv6(base) ?? 0n) >> shift
  return (address) => ((parseIPv6(address) ?? 0n) >> shift === want) !== invert
}

/** What of the header ReadyRule has no field for. */
function headerTests(filter: Filter): readonly HeaderTest[] {
  const tests: HeaderTest[] = []
  const { proto, dst, src, iif, oif } = filter
  const not = (invert: boolean | undefined) => invert === true
  if (proto !== undefined && filter.protoInv) tests.push((packet) => packet.proto !== proto)
  if (dst !== undefined && oneHost(dst, filter.dstInv) === undefined) {
    const test = addressTest(dst, not(filter.dstInv))
    tests.push((packet) => test(packet.dst))
  }
  if (src !== undefined && oneHost(src, filter.srcInv) === undefined) {
    const test = addressTest(src, not(filter.srcInv))
    tests.push((packet) => test(packet.src))
  }
  if (iif !== undefined) {
    const iifInv = not(filter.iifInv)
    tests.push((_, skb) => deviceMatches(iif, skb.iif) !== iifInv)
  }
  if (oif !== undefined) {
    const oifInv = not(filter.oifInv)
    tests.push((_, skb) => deviceMatches(oif, skb.oif) !== oifInv)
  }
  // The engine reassembles before the hooks: no packet is a later fragment.
  if (filter.frag === true && filter.fragInv !== true) tests.push(() => false)
  return tests
}

function headerTest(filter: Filter): HeaderTest | undefined {
  const tests = headerTests(filter)
  if (tests.length < 2) return tests[0]
  return (packet, skb) => {
    for (const test of tests) if (!test(packet, skb)) return false
    return true
  }
}

/** The match that a port's field stands for; -1 where there is none. */
function portMatch(rule: Rule): number {
  const at = rule.matches.findIndex((data) => onlyPort(data) !== undefined)
  return at >= 0 && rule.matches.slice(0, at).every((data) => isPure(data.ext)) ? at : -1
}

function compileMatches(rule: Rule, but: number): readonly ReadyMatch[] {
  const ready: ReadyMatch[] = []
  rule.matches.forEach((data, place) => {
    const matcher = findMatcher(data.ext)
    invariant(matcher !== undefined, `no matcher ${data.ext}`)
    if (place !== but && data.ext !== 'comment') ready.push({ matcher, data, place })
  })
  return ready
}

/** Rules never change: what was worked out of one serves every chain and version that holds it. */
const ready = new WeakMap<Rule, ReadyRule>()

function compileRule(rule: Rule): ReadyRule {
  const found = ready.get(rule)
  if (found !== undefined) return found
  const { filter, target } = rule
  const port = portMatch(rule)
  const portOf = rule.matches[port]
  const made: ReadyRule = {
    rule,
    proto: portOf === undefined ? (filter.protoInv ? -1 : (filter.proto ?? -1)) : portOf.ext === 'tcp' ? 6 : 17,
    dst: oneHost(filter.dst, filter.dstInv),
    src: oneHost(filter.src, filter.srcInv),
    dport: portOf === undefined ? -1 : (onlyPort(portOf) ?? -1),
    header: headerTest(filter),
    matches: compileMatches(rule, port),
    target:
      target?.kind === 'extension'
        ? { target: findTarget(target.data.ext) ?? missingTarget(target.data.ext), data: target.data }
        : undefined,
    kind: kindOf(rule),
    chain: jumpTarget(rule) ?? '',
  }
  ready.set(rule, made)
  return made
}

function kindOf({ target }: Rule): ReadyRule['kind'] {
  if (target === undefined) return 'none'
  if (target.kind !== 'verdict') return target.kind
  // Nobody listens on queue 0: nf_queue then frees the packet.
  return target.name === 'DROP' || target.name === 'QUEUE' ? 'drop' : target.name === 'RETURN' ? 'return' : 'accept'
}

function missingTarget(name: string): never {
  invariant(false, `no target ${name}`)
}

/** What is worked out of a chain in force, once. */
export function compileChain(chain: Chain): CompiledChain {
  chain.compiled ??= { rules: [], cells: [], index: indexRules(chain.rules) }
  return chain.compiled
}

/** The rule at a position, made ready when it is first asked for. */
export function readyRule(compiled: CompiledChain, chain: Chain, at: number): ReadyRule {
  let found = compiled.rules[at]
  if (found === undefined) {
    found = compileRule(chain.rules[at] as Rule)
    compiled.rules[at] = found
  }
  return found
}
