import type { Json } from '../../base/json.ts'

/** The part of a rule that every rule has: struct ipt_ip / ip6t_ip6. Absent means "any". */
export interface Filter {
  /** "10.0.0.0/8", or "10.0.0.0/255.0.255.0" for a mask that is no prefix; host bits already cleared. */
  readonly src?: string
  readonly srcInv?: boolean
  readonly dst?: string
  readonly dstInv?: boolean
  /** A device name; a trailing "+" matches any rest. */
  readonly iif?: string
  readonly iifInv?: boolean
  readonly oif?: string
  readonly oifInv?: boolean
  readonly proto?: number
  readonly protoInv?: boolean
  readonly frag?: boolean
  readonly fragInv?: boolean
}

/** One matcher or target extension with its parsed options: plain data, read by the extension of that name. */
export interface ExtensionData {
  readonly ext: string
  readonly [option: string]: Json | undefined
}

export type RuleTarget =
  | { readonly kind: 'verdict'; readonly name: 'ACCEPT' | 'DROP' | 'RETURN' | 'QUEUE' }
  | { readonly kind: 'jump'; readonly chain: string }
  | { readonly kind: 'goto'; readonly chain: string }
  | { readonly kind: 'extension'; readonly data: ExtensionData }

/** A rule as a value. Counters live beside the chain, so that counting does not make new rules. */
export interface Rule {
  /** The dialect that wrote it, "1.8.9/nft": versions read each other imperfectly. */
  readonly writer: string
  readonly filter: Filter
  readonly matches: readonly ExtensionData[]
  readonly target: RuleTarget | undefined
}

function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  const left = a as Record<string, Json>
  const right = b as Record<string, Json>
  return keys.every((key) => sameJson(left[key], right[key]))
}

/** Whether two rules say the same, whoever wrote them (what -C and -D look for). */
export function sameRule(a: Rule, b: Rule): boolean {
  return (
    sameJson(a.filter as Json, b.filter as Json) &&
    sameJson(a.target as Json, b.target as Json) &&
    a.matches.length === b.matches.length &&
    sameJson(a.matches as unknown as Json, b.matches as unknown as Json)
  )
}

/** The text that names a target: what follows -j. */
export function targetName(target: RuleTarget | undefined): string {
  if (target === undefined) return ''
  if (target.kind === 'verdict') return target.name
  return target.kind === 'extension' ? target.data.ext : target.chain
}
