import type { KubeObject } from '../../api/object.ts'
import type { Rule } from '../../net/netfilter/rule.ts'
import type { ChainWrite } from '../../net/netfilter/write.ts'
import type { ServicePort } from '../service-map.ts'
import type { Categorized } from '../topology.ts'
import type { LineReader, RuleLine } from './rule-line.ts'
import { type RuleContext, serviceRules } from './service-rules.ts'

/** How the rules of a chain differ from what it holds. */
export type Difference = NonNullable<ChainWrite['known']>

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
  readonly services: readonly Rule[]
  readonly nodePorts: readonly Rule[]
  readonly filter: readonly PlacedRule[]
  readonly chains: readonly ChainWrite[]
  /** How many rules its chains hold. */
  readonly chainRules: number
  readonly noLocalInternal: boolean
  readonly noLocalExternal: boolean
}

interface Readers {
  readonly nat: LineReader
  readonly filter: LineReader
}

const NONE: readonly never[] = []

const rulesOf = (lines: readonly RuleLine[], reader: LineReader): readonly Rule[] =>
  lines.length === 0 ? NONE : lines.map((line) => reader.read(line))

/** What every Service port of one family looks like in rules. Derived: it can be worked out anew at any time. */
export class RuleBook {
  private readonly context: RuleContext
  private readonly readers: Readers
  private readonly pages = new Map<string, readonly Page[]>()
  /** The objects that a Service's pages were worked out from. */
  private readonly sources = new Map<string, readonly KubeObject[]>()
  /** Names of all their chains, while somebody asks. */
  private chains: Set<string> | undefined
  /** Chains that no Service uses any more. */
  private readonly dropped = new Set<string>()
  /** Pages with a health check port. */
  private readonly checked = new Set<Page>()
  private came: Page[] = []
  private went: Page[] = []
  /**
   * All pages by Service, in the order of names whatever their history was; and beside each its one rule, if all that every sync
   * writes of it is that rule, so that most of ten thousand pages are never looked into.
   */
  private readonly list: Page[] = []
  private readonly single: (Rule | undefined)[] = []
  /** Over all pages: endpoints, rules of their own chains, and ports without a local endpoint. */
  readonly totals = { endpoints: 0, chainRules: 0, noLocalInternal: 0, noLocalExternal: 0 }

  constructor(context: RuleContext, readers: Readers) {
    this.context = context
    this.readers = readers
  }

  get isEmpty(): boolean {
    return this.pages.size === 0
  }

  clear(): void {
    this.pages.clear()
    this.sources.clear()
    this.chains = undefined
    this.dropped.clear()
    this.checked.clear()
    this.came = []
    this.went = []
    this.list.length = 0
    this.single.length = 0
    Object.assign(this.totals, { endpoints: 0, chainRules: 0, noLocalInternal: 0, noLocalExternal: 0 })
  }

  /** Takes a Service's pages out: they will be written anew, or not. */
  remove(service: string): void {
    const pages = this.pages.get(service)
    if (pages === undefined) return
    this.chains = undefined
    const at = this.position(service) - pages.length
    this.list.splice(at, pages.length)
    this.single.splice(at, pages.length)
    for (const page of pages) {
      this.count(page, -1)
      this.checked.delete(page)
      this.went.push(page)
      for (const { name } of page.chains) this.dropped.add(name)
    }
    this.pages.delete(service)
    this.sources.delete(service)
  }

  /** Says what a Service's pages come from. */
  cite(service: string, source: readonly KubeObject[]): void {
    this.sources.set(service, source)
  }

  /** Whether a Service's pages come from these very objects. */
  comesFrom(service: string, source: readonly KubeObject[]): boolean {
    const known = this.sources.get(service)
    return known?.length === source.length && known.every((object, i) => object === source[i])
  }

  /** "namespace/name" of every Service with pages. */
  services(): readonly string[] {
    return [...this.pages.keys()]
  }

  /** Works out the rules of one Service port; `named` is false in a large cluster. */
  add(service: string, port: ServicePort, endpoints: number, categorized: Categorized, named: boolean): void {
    const lines = serviceRules(port, categorized, this.context, named)
    const { nat, filter } = this.readers
    let chainRules = 0
    const chains = lines.chains.map(({ name, lines: own }): ChainWrite => {
      chainRules += own.length
      return { name, rules: own.map((line) => nat.read(line)) }
    })
    const page: Page = {
      service,
      port,
      endpoints,
      services: rulesOf(lines.services, nat),
      nodePorts: rulesOf(lines.nodePorts, nat),
      filter: lines.filter.length === 0 ? NONE : lines.filter.map((line) => ({ chain: line.chain, rule: filter.read(line) })),
      chains,
      chainRules,
      noLocalInternal: lines.noLocalInternal,
      noLocalExternal: lines.noLocalExternal,
    }
    if (this.dropped.size > 0) for (const { name } of chains) this.dropped.delete(name)
    this.count(page, 1)
    if (port.healthCheckNodePort !== 0) this.checked.add(page)
    this.came.push(page)
    this.chains = undefined
    const at = this.position(service)
    const isSingle = page.services.length === 1 && page.nodePorts.length === 0 && page.filter.length === 0
    this.list.splice(at, 0, page)
    this.single.splice(at, 0, isSingle ? page.services[0] : undefined)
    this.pages.set(service, [...(this.pages.get(service) ?? NONE), page])
  }

  /** Every page, in the order of their Services' names. */
  all(): readonly Page[] {
    return this.list
  }

  /** What every sync writes of the pages, in the order that these numbers of pages have. */
  writeInto(order: readonly number[], services: Rule[], each: (page: Page) => void): void {
    for (const i of order) {
      const rule = this.single[i]
      if (rule !== undefined) services.push(rule)
      else each(this.list[i] as Page)
    }
  }

  /** Behind the last page of that Service, or where its first one belongs. */
  private position(service: string): number {
    let from = 0
    let to = this.list.length
    if (to > 0 && (this.list[to - 1] as Page).service <= service) return to
    while (from < to) {
      const middle = (from + to) >> 1
      if ((this.list[middle] as Page).service <= service) from = middle + 1
      else to = middle
    }
    return from
  }

  of(service: string): readonly Page[] {
    return this.pages.get(service) ?? NONE
  }

  withHealthCheck(): ReadonlySet<Page> {
    return this.checked
  }

  /** The chains of all Services. */
  used(): ReadonlySet<string> {
    if (this.chains === undefined) {
      this.chains = new Set()
      for (const page of this.list) for (const { name } of page.chains) this.chains.add(name)
    }
    return this.chains
  }

  /** Chains dropped since the last {@link forgetDropped}. */
  unused(): Iterable<string> {
    return this.dropped
  }

  forgetDropped(): void {
    this.dropped.clear()
  }

  /** How the pages' rules of KUBE-SERVICES or KUBE-NODEPORTS differ from those written last. */
  difference(pick: (page: Page) => readonly Rule[]): Difference {
    return { came: this.came.flatMap(pick), went: this.went.flatMap(pick) }
  }

  /** The pages were written as they are. */
  settle(): void {
    this.came = []
    this.went = []
    this.chains = undefined
  }

  private count(page: Page, by: 1 | -1): void {
    this.totals.endpoints += by * page.endpoints
    this.totals.chainRules += by * page.chainRules
    if (page.noLocalInternal) this.totals.noLocalInternal += by
    if (page.noLocalExternal) this.totals.noLocalExternal += by
  }
}
