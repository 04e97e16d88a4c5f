import type { Rule } from '../../net/netfilter/rule.ts'
import type { Table } from '../../net/netfilter/table.ts'
import { nodePortAddresses } from '../addresses.ts'
import { isServiceChain } from '../chain-names.ts'
import { FILTER_CHAINS, FIREWALL_CHAIN, filterRules, NAT_CHAINS, natRules, nodePortRules } from './fixed-rules.ts'
import type { ProxierOptions } from './proxier-options.ts'
import type { Page, PlacedRule, RuleBook } from './rule-book.ts'
import { type LineReader, lineText, type RuleLine } from './rule-line.ts'
import type { RuleContext } from './service-rules.ts'
import { TableInput } from './sync-input.ts'

/** What one sync writes. */
export interface SyncPlan {
  /** "namespace/name" of the Services whose own chains are written; undefined: all. */
  readonly changed: ReadonlySet<string> | undefined
  /** Whether chains that no Service uses any more are deleted. */
  readonly cleanup: boolean
  /** Whether it is the first sync of all. */
  readonly first: boolean
  /** nf_conntrack_tcp_be_liberal */
  readonly liberal: boolean
}

/** Puts a sync's input for iptables-restore together from the pages of the book and the rules that no Service decides. */
export class SyncComposer {
  private readonly options: ProxierOptions
  private readonly context: RuleContext
  private readonly readers: { readonly nat: LineReader; readonly filter: LineReader }
  private readonly book: RuleBook
  /** The nat table as the last sync left it: while it is in force, nobody has added or deleted a chain. */
  private left: Table | undefined
  /** Somebody may have made chains since stale ones were last looked for among all. */
  private strangers = true
  /** The last rules of KUBE-SERVICES as they were written then. */
  private last: readonly Rule[] = []
  private readonly fixedRules = new Map<string, Rule>()

  constructor(options: ProxierOptions, context: RuleContext, readers: SyncComposer['readers'], book: RuleBook) {
    this.options = options
    this.context = context
    this.readers = readers
    this.book = book
  }

  /** The input was written, and the nat table is now as it says. */
  wrote(): void {
    this.left = this.options.kernel.table(this.options.family, 'nat')
  }

  /** Nothing is known of the nat table any more. */
  forget(): void {
    this.left = undefined
  }

  /** The input of iptables-restore for both tables. */
  compose({ changed, cleanup, first, liberal }: SyncPlan): { readonly filter: TableInput; readonly nat: TableInput } {
    const { nodePortRanges, kernel, family, config } = this.options
    const { localhostNodePorts } = this.context
    const filter = new TableInput('filter', localhostNodePorts ? [...FILTER_CHAINS, FIREWALL_CHAIN] : FILTER_CHAINS)
    const nat = new TableInput('nat', NAT_CHAINS)
    const services = nat.chain('KUBE-SERVICES')
    const nodePorts = nat.chain('KUBE-NODEPORTS')
    this.book.writeInto(this.order(first), services, (page) => {
      services.push(...page.services)
      nodePorts.push(...page.nodePorts)
      for (const placed of page.filter) filter.add(placed)
    })
    const written = changed === undefined ? this.book.all() : [...changed].flatMap((service) => this.book.of(service))
    for (const page of written) for (const chain of page.chains) nat.write(chain)
    for (const chain of this.staleChains(cleanup)) nat.remove(chain)
    const { ranges } = nodePortAddresses(family, nodePortRanges)
    const last = this.fixed('nat', nodePortRules(family, ranges, kernel.addresses(family), localhostNodePorts))
    for (const placed of [...this.fixed('nat', natRules(config.masqueradeBit)), ...last]) nat.add(placed)
    const options = { ...config, ...this.context, conntrackTcpLiberal: liberal }
    for (const placed of this.fixed('filter', filterRules(options))) filter.add(placed)
    this.tellDifference(
      nat,
      last.map(({ rule }) => rule),
    )
    return { filter, nat }
  }

  /** The map of Services has no order of its own (Go's maps), so each sync writes them in another. */
  private order(first: boolean): readonly number[] {
    const { firstOrder, dice } = this.options
    const pages = this.book.all()
    const drawn = dice.shuffle(pages.map((_, i) => i))
    if (!first || firstOrder === undefined) return drawn
    const place = new Map(firstOrder.map((name, i) => [name, i]))
    const rank = (i: number) => place.get((pages[i] as Page).port.name) ?? firstOrder.length
    return drawn.sort((a, b) => rank(a) - rank(b))
  }

  /** As long as nobody else changed the nat table, it is known how the chains that every sync writes differ from what they hold. */
  private tellDifference(nat: TableInput, last: readonly Rule[]): void {
    const { kernel, family } = this.options
    if (this.left !== undefined && this.left === kernel.table(family, 'nat')) {
      const services = this.book.difference((page) => page.services)
      const came = last.filter((rule) => !this.last.includes(rule))
      const went = this.last.filter((rule) => !last.includes(rule))
      nat.differs('KUBE-SERVICES', { came: [...services.came, ...came], went: [...services.went, ...went] })
      nat.differs(
        'KUBE-NODEPORTS',
        this.book.difference((page) => page.nodePorts),
      )
    }
    this.last = last
  }

  /** Rules that no Service decides: the same values at every sync. */
  private fixed(table: 'nat' | 'filter', lines: readonly RuleLine[]): PlacedRule[] {
    return lines.map((line) => {
      const text = `${table} ${lineText(line)}`
      const rule = this.fixedRules.get(text) ?? this.readers[table].read(line)
      this.fixedRules.set(text, rule)
      return { chain: line.chain, rule }
    })
  }

  /** Chains with names like its own that no Service needs: its own old ones, and whatever else is called so. */
  private staleChains(cleanup: boolean): string[] {
    const table = this.options.kernel.table(this.options.family, 'nat')
    if (table === undefined || table !== this.left) this.strangers = true
    if (table === undefined || !cleanup) return []
    if (!this.strangers) return [...this.book.unused()].filter((chain) => table.chains.has(chain))
    this.strangers = false
    const found = [...table.chains.keys()].filter(isServiceChain)
    return found.length === 0 ? [] : found.filter((chain) => !this.book.used().has(chain))
  }
}
