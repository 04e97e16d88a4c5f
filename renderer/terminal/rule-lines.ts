import type { RuleQuery } from '../../electron/contract/index.ts'
import { type ListingCommand, listingCommand } from './listing-command.ts'
import { commandAbove, LOOK_BACK, PROMPT, type Surroundings } from './surroundings.ts'

/** Which packets hit it: a chain or one rule of it, on a node. */
export interface HitQuestion {
  readonly query: RuleQuery
  /** `ip6tables` has chains of the same names. */
  readonly family: 4 | 6
}

/** A line of a listing: the chain it belongs to or names, its rule's number where that is certain, its target. */
export interface RuleLine {
  readonly chain?: HitQuestion
  readonly rule?: HitQuestion
  readonly target?: { readonly text: string; readonly start: number; readonly chain?: HitQuestion }
}

const HEADER = /^(?:Chain |(?:num +)?(?:pkts +bytes +)?target +prot )/
const RULE = /^(?:\[\d+:\d+\] )?-A (\S+) /

/** What a line of iptables output is about; undefined outside such output. */
export function ruleLine(line: string, around: Surroundings): RuleLine | undefined {
  if (PROMPT.test(line)) return undefined
  const command = listingCommand(commandAbove(line, around) ?? '', around.nodes)
  if (!command) return undefined
  const table = command.table ?? savedTable(around, command)
  if (!table) return undefined
  const ask = (chain: string | undefined, rule?: number): HitQuestion | undefined =>
    chain === undefined
      ? undefined
      : {
          family: command.family,
          query: {
            node: command.node,
            table,
            chain,
            ...(rule === undefined ? {} : { rule }),
            ...(command.backend ? { backend: command.backend } : {}),
          },
        }
  return command.form === 'list' ? listed(line, around, command, ask) : specified(line, around, command, ask)
}

type Ask = (chain: string | undefined, rule?: number) => HitQuestion | undefined

/** A line that `-L` printed. */
function listed(line: string, around: Surroundings, command: ListingCommand, ask: Ask): RuleLine | undefined {
  const named = /^Chain (\S+) \(/.exec(line)?.[1]
  if (named) return withChain(ask(named))
  if (HEADER.test(line) || line.trim() === '' || line.startsWith('#')) return undefined
  const { chain, distance, titles } = chainAbove(around)
  const own = command.only === undefined ? (command.whole ? chain : undefined) : command.chain
  const written = command.numbered ? /^(\d+)\s/.exec(line)?.[1] : undefined
  // The chain's line, then the titles, then its rules: the number is the distance, less one for the titles.
  const counted = command.whole && chain !== undefined && !command.numbered ? distance - 1 : undefined
  const number = command.only ?? (written === undefined ? counted : Number(written))
  const rule = number === undefined || number < 1 ? undefined : ask(own ?? command.chain, number)
  const target = listedTarget(
    line,
    written !== undefined,
    /^(?:num +)?pkts /.test(titles ?? '') || /^\s*(?:\d+ +)?\d+[KMG]? +\d+[KMG]? +\S+ +\S+ +(?:--|-f|!f)/.test(line),
  )
  return line_(ask, rule, target, ask(own ?? command.chain))
}

function listedTarget(line: string, numbered: boolean, counters: boolean) {
  const words = [...line.matchAll(/\S+/g)].slice((numbered ? 1 : 0) + (counters ? 2 : 0))
  const [first, second] = words
  // Without a target the protocol stands first, and what follows it is the column "opt".
  if (!first || !second || /^(?:--|-f|!f)$/.test(second[0])) return undefined
  return { text: first[0], start: first.index }
}

/** A line that `-S` or a save printed. */
function specified(line: string, around: Surroundings, command: ListingCommand, ask: Ask): RuleLine | undefined {
  const named = /^(?:-[NP] |:)(\S+)/.exec(line)?.[1]
  if (named) return withChain(ask(named))
  const chain = RULE.exec(line)?.[1]
  if (!chain) return undefined
  const jump = / -[jg] (\S+)/g
  let target: { text: string; start: number } | undefined
  for (let match = jump.exec(line); match; match = jump.exec(line)) target = { text: match[1]!, start: match.index + 4 }
  return line_(ask, ruleNumber(around, command, chain, ask), target, ask(chain))
}

function ruleNumber(around: Surroundings, command: ListingCommand, chain: string, ask: Ask): HitQuestion | undefined {
  if (!command.whole) return undefined
  if (command.only !== undefined) return ask(chain, command.only)
  let number = 1
  // A chain's rules stand together, so that the first line of something else ends the count.
  for (let back = 1; back <= LOOK_BACK; back++) {
    const above = around.above(back)
    if (above === undefined) return undefined
    if (RULE.exec(above)?.[1] !== chain) return ask(chain, number)
    number++
  }
  return undefined
}

const withChain = (chain: HitQuestion | undefined): RuleLine | undefined => chain && { chain }

function line_(
  ask: Ask,
  rule: HitQuestion | undefined,
  target: { text: string; start: number } | undefined,
  chain: HitQuestion | undefined,
): RuleLine {
  // Targets that are extensions are not chains: only a chain can be asked for by its name.
  const jumps = target && !/^(?:ACCEPT|DROP|RETURN|QUEUE|[A-Z]{2,}[46]?)$/.test(target.text) ? ask(target.text) : undefined
  return {
    ...(chain ? { chain } : {}),
    ...(rule ? { rule } : {}),
    ...(target ? { target: { ...target, ...(jumps ? { chain: jumps } : {}) } } : {}),
  }
}

/** The chain whose listing a line stands in: the nearest "Chain X (" with no blank line between. */
function chainAbove(around: Surroundings): { chain?: string; distance: number; titles?: string } {
  let titles: string | undefined
  for (let back = 1; back <= LOOK_BACK; back++) {
    const above = around.above(back)
    if (above === undefined || above.trim() === '' || PROMPT.test(above)) break
    const chain = /^Chain (\S+) \(/.exec(above)?.[1]
    if (chain) return { chain, distance: back, ...(titles ? { titles } : {}) }
    titles = above
  }
  return { distance: 0 }
}

/** A save of several tables says "*table" before each. */
function savedTable(around: Surroundings, command: ListingCommand): RuleQuery['table'] | undefined {
  for (let back = 1; command.whole && back <= LOOK_BACK; back++) {
    const above = around.above(back)
    if (above === undefined || PROMPT.test(above)) return undefined
    const table = /^\*(raw|mangle|nat|filter|security)$/.exec(above)?.[1]
    if (table) return table as RuleQuery['table']
  }
  return undefined
}
