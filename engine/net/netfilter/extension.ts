import type { Json } from '../../base/json.ts'
import type { Skb } from '../packet.ts'
import type { Dialect } from './dialect.ts'
import type { Family, HookEnv, HookName, NatRequest, TableName } from './env.ts'
import type { Errno } from './errors.ts'
import type { NameService } from './names.ts'
import type { ExtensionData, Rule } from './rule.ts'

/** What parsing may know of the rule and the tool around it. */
export interface ParseEnv {
  readonly dialect: Dialect
  readonly family: Family
  readonly names: NameService
  readonly table: TableName
  /** Of the rule so far (-p), 0 for any. */
  readonly proto: number
  readonly protoInv: boolean
  /** Lines for stderr that do not end the command. */
  readonly warn?: (text: string) => void
}

/** What printing may know. */
export interface PrintEnv {
  readonly dialect: Dialect
  readonly family: Family
  readonly names: NameService
  readonly numeric: boolean
  /** The rule's protocol, 0 for any. */
  readonly proto: number
}

/** Options collected so far; becomes {@link ExtensionData}. Keys that start with "_" are dropped at the end. */
export type Draft = Record<string, Json>

/** One occurrence of an option on a command line. */
export interface OptionUse {
  readonly option: ExtensionOption
  readonly ext: string
  readonly arg: string
  /** The second word of an option that takes two, if there is one. */
  readonly second?: string
  /** The argument by the option's type, where it has one. */
  readonly value?: Json
  readonly invert: boolean
  readonly draft: Draft
  readonly env: ParseEnv
}

/** What kind of argument an option takes, in the terms of libxtables' guided option parser (xtables.h, XTTYPE_*). */
export type OptionType =
  | { readonly kind: 'none' }
  /** `size`: longer texts are cut to it without a word, as the kernel structure holds no more. */
  | { readonly kind: 'string'; readonly min?: number; readonly max?: number; readonly size?: number }
  /** `maxText`: how messages name a limit that a number cannot hold. */
  | { readonly kind: 'uint'; readonly min?: number; readonly max?: number; readonly maxText?: string }
  | { readonly kind: 'range'; readonly max: number; readonly maxText?: string }
  | { readonly kind: 'double'; readonly min: number; readonly max: number }
  | { readonly kind: 'mark' | 'port' | 'ports' | 'host' | 'hostmask' | 'protocol' | 'syslog' | 'mac' }
  /** `named`: the mask of a value given by name. */
  | { readonly kind: 'tosmask'; readonly named: number }

export interface ExtensionOption {
  readonly name: string
  /** True where a value follows. */
  readonly arg?: boolean
  /** Takes a second word of its own. */
  readonly twoWords?: boolean
  readonly type?: OptionType
  /** Where the value goes in the draft; the option's own name if absent. `${key}Inv` holds an inversion. */
  readonly key?: string
  readonly invert?: boolean
  /** May be given more than once: always, or in dialects that say so. */
  readonly multi?: boolean | 'ownNatWords'
  /** Extensions that read their options without libxtables' parser: only `use` judges "!" and repetition. */
  readonly ownChecks?: boolean
  /** The option under whose name repetition and exclusion count, for an alias. */
  readonly same?: string
  readonly mandatory?: boolean
  readonly also?: readonly string[]
  readonly exclusive?: readonly string[]
  /** Takes the option into the draft itself; a `type` is checked first and gives `value`. */
  readonly use?: (use: OptionUse) => void
}

/** What a matcher may change of itself as packets pass (limit's tokens, statistic's counter). Saved with the chain. */
export interface Memory {
  get(): Json | undefined
  set(value: Json): void
}

/** The rest of a network namespace's netfilter state that matchers reach: nfacct objects and recent lists. */
export interface Shared {
  countAccounting(name: string, bytes: number): void
  hasAccounting(name: string): boolean
  /** A line of the kernel log, at a syslog level. */
  printk?: ((text: string, level: number) => void) | undefined
  /** Turns the counting of connections on, which connbytes needs (nf_ct_set_acct). */
  forceCounting?: (() => void) | undefined
  recent(name: string): RecentList
  /** A table of hashlimit: bucket to its credit and when that was counted. */
  limits(name: string): Map<string, readonly [number, number]>
}

/** An xt_recent list: address → times seen (ms), newest last. */
export interface RecentList {
  get(address: string): { readonly ttl: number; readonly stamps: readonly number[] } | undefined
  put(address: string, ttl: number, stamps: readonly number[]): void
  remove(address: string): void
  /** --reap: the address seen longest ago goes where that was before `since`, unless it is `except`. */
  reap(since: number, except: string | undefined): void
}

export interface ActEnv {
  readonly hook: HookEnv
  readonly family: Family
  readonly table: TableName
  readonly memory: Memory
  readonly shared: Shared
}

/** Where a rule stands, for what the kernel checks of an extension (xt_check_match, xt_check_target). */
export interface CheckPlace {
  readonly table: TableName
  readonly family: Family
  /** Hooks from which the chain can be reached. */
  readonly hooks: readonly HookName[]
  readonly rule: Rule
  readonly shared: Shared
  readonly backend: 'nft' | 'legacy'
}

interface Extension {
  readonly name: string
  readonly options: readonly ExtensionOption[]
  /** Options that the real extension has and this one does not emulate. */
  readonly knownOptions?: readonly string[]
  /** The draft before any option. */
  readonly init?: Draft
  /** What the whole set of options must satisfy (x6_fcheck). */
  readonly finish?: (draft: Draft, env: ParseEnv) => void
  /** What -L prints behind the addresses; '' prints nothing at all. */
  readonly print: (data: ExtensionData, env: PrintEnv) => string
  /** What -S prints behind `-m NAME`. */
  readonly save: (data: ExtensionData, env: PrintEnv) => string
  /** The kernel's refusal of the rule, if any. */
  readonly refuse?: (data: ExtensionData, place: CheckPlace) => Errno | undefined
  /** Whether packets obey it with these options, where that differs from one to another. */
  readonly acts?: (data: ExtensionData) => boolean
  /** Families it exists in; both if absent. */
  readonly families?: readonly Family[]
}

export interface Matcher extends Extension {
  /** Matching is emulated if present; otherwise the rule never matches and the walk says so. */
  readonly matches?: (data: ExtensionData, skb: Skb, env: ActEnv) => boolean
  /**
   * How the nft backend of >= 1.8.8 writes it: 'blob' (an xt compat expression every version reads), 'native' (expressions that
   * 1.8.7 drops without a word), or 'unreadable' (expressions that make 1.8.7 call the chain incompatible).
   */
  readonly nativeForm?: (data: ExtensionData, rule: Rule) => NativeForm
}

export type NativeForm = 'blob' | 'native' | 'unreadable'

/** What a target says of a packet. `continue` goes on with the next rule. */
export type TargetVerdict =
  | { readonly kind: 'continue' }
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'reject'; readonly with: string }
  | { readonly kind: 'nat'; readonly request: NatRequest }
  | { readonly kind: 'untracked' }

export interface Target extends Extension {
  readonly act?: (data: ExtensionData, skb: Skb, env: ActEnv) => TargetVerdict
  readonly nativeForm?: (data: ExtensionData, rule: Rule) => NativeForm
  /** What the packet walk calls it, with its argument: "DNAT 10.0.0.1:80". */
  readonly verdictText?: (data: ExtensionData) => string
  /** NOTRACK is an alias under which -j may name CT. */
  readonly shownAs?: string
}
