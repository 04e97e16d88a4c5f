import type { Rule } from '../../net/netfilter/rule.ts'
import type { ChainWrite } from '../../net/netfilter/write.ts'
import type { ServicePort } from '../service-map.ts'
import type { Categorized } from '../topology.ts'
import type { LineReader, RuleLine } from './rule-line.ts'
import { type RuleContext, serviceRules } from './service-rules.ts'

/** A rule and the chain it goes to. */
export interface PlacedRule {
  readonly chain: string
  readonly rule: Rule
}

/** The rules of one Service port as values, worked out once and written as often as syncs need them. */
export interface Page {
  /** "namespace/name" */
  readonly service: string
  readonly port: ServicePort
  /** How many endpoints it has anywhere. */
  readonly endpoints: number
  /** nat KUBE-SERVICES and KUBE-NODEPORTS. */
  readonly portals: readonly PlacedRule[]
  readonly filter: readonly PlacedRule[]
  readonly chains: readonly ChainWrite[]
  readonly noLocalInternal: boolean
  readonly noLocalExternal: boolean
}

interface Readers {
  readonly nat: LineReader
  readonly filter: LineReader
}

/** What every Service port of one family looks like in rules. Derived: it can be worked out anew at any time. */
export class RuleBook {
  private readonly context: RuleContext
  private readonly readers: Readers
  private readonly pages = new Map<string, readonly Page[]>()
  private readonly chains = new Set<string>()
  /** Chains that no Service uses any more. */
  private readonly dropped = new Set<string>()
  /** Endpoints of all Service ports. */
  endpoints = 0

  constructor(context: RuleContext, readers: Readers) {
    this.context = context
    this.readers = readers
  }

  get isEmpty(): boolean {
    return this.pages.size === 0
  }

  clear(): void {
    this.pages.clear()
    this.chains.clear()
    this.dropped.clear()
    this.endpoints = 0
  }

  /** Takes a Service's pages out: they will be written anew, or not. */
  remove(service: string): void {
    for (const page of this.pages.get(service) ?? []) {
      this.endpoints -= page.endpoints
      for (const { name } of page.chains) {
        this.chains.delete(name)
        this.dropped.add(name)
      }
    }
    this.pages.delete(service)
  }

  /** Works out the rules of one Service port; `named` is false in a large cluster. */
  add(service: string, port: ServicePort, endpoints: number, categorized: Categorized, named: boolean): void {
    const rules = serviceRules(port, categorized, this.context, named)
    const { nat, filter } = this.readers
    const placed = (lines: readonly RuleLine[], reader: LineReader): PlacedRule[] =>
      lines.map((line) => ({ chain: line.chain, rule: reader.read(line) }))
    const page: Page = {
      service,
      port,
      endpoints,
      portals: placed(rules.portals, nat),
      filter: placed(rules.filter, filter),
      chains: rules.chains.map(({ name, lines }) => ({ name, rules: lines.map((line) => nat.read(line)) })),
      noLocalInternal: rules.noLocalInternal,
      noLocalExternal: rules.noLocalExternal,
    }
    for (const { name } of page.chains) {
      this.chains.add(name)
      this.dropped.delete(name)
    }
    this.endpoints += endpoints
    this.pages.set(service, [...(this.pages.get(service) ?? []), page])
  }

  of(service: string): readonly Page[] {
    return this.pages.get(service) ?? []
  }

  all(): Page[] {
    const all: Page[] = []
    for (const pages of this.pages.values()) for (const page of pages) all.push(page)
    return all
  }

  /** Whether a Service uses that chain. */
  uses(chain: string): boolean {
    return this.chains.has(chain)
  }

  /** Chains dropped since the last {@link forgetDropped}. */
  unused(): Iterable<string> {
    return this.dropped
  }

  forgetDropped(): void {
    this.dropped.clear()
  }
}
