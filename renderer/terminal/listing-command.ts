import type { RuleQuery } from '../../electron/contract/index.ts'
import { nodeOf, PROMPT } from './surroundings.ts'

/** A command line that prints rules, as far as it tells which. */
export interface ListingCommand {
  readonly node: string
  readonly family: 4 | 6
  /** Undefined in a save of every table: the output says which. */
  readonly table: RuleQuery['table'] | undefined
  readonly backend: RuleQuery['backend']
  readonly form: 'list' | 'spec' | 'save'
  readonly chain: string | undefined
  /** `-L CHAIN 3`: this rule alone. */
  readonly only: number | undefined
  readonly numbered: boolean
  /** Nothing stands between the tool and the terminal: no line is missing from the output. */
  readonly whole: boolean
}

const TOOL = /^(?:\/\S*\/)?(ip6?tables)(?:-(legacy|nft))?(-save)?$/
const TABLES: readonly string[] = ['raw', 'mangle', 'nat', 'filter', 'security']
const asTable = (word: string | undefined) => TABLES.find((table): table is RuleQuery['table'] => table === word)

/** Reads a prompt line; undefined where it is no listing of rules on a node. */
export function listingCommand(line: string, nodes: readonly string[]): ListingCommand | undefined {
  const typed = line.replace(PROMPT, '')
  const whole = !/[|;&<>$`\\]/.test(typed)
  const words = typed
    .split(/\s*[|;&<>]\s*/)[0]!
    .trim()
    .split(/\s+/)
    .filter((word) => word !== 'sudo')
  let node = nodeOf(line, nodes)
  if (words[0] === 'ssh') {
    const host = words[1]?.replace(/^.*@/, '')
    node = nodes.find((name) => name === host)
    words.splice(0, 2)
  }
  const [, name, backend, save] = TOOL.exec(words.shift() ?? '') ?? []
  if (!node || !name) return undefined
  let table: string | undefined = save ? undefined : 'filter'
  let form: ListingCommand['form'] | undefined = save ? 'save' : undefined
  let chain: string | undefined
  let only: number | undefined
  let numbered = false
  while (words.length > 0) {
    const word = words.shift()!
    const [, flags = '', glued] = /^-([a-zA-Z]+?)(?:(?<=t)([a-z]{3,}))?$/.exec(word) ?? []
    const inline = /^--table=(.+)$/.exec(word)?.[1] ?? (flags.endsWith('t') ? glued : undefined)
    if (inline) table = inline
    else if (word === '--table' || (flags.endsWith('t') && !word.startsWith('--'))) table = words.shift()
    else if (/^--line/.test(word)) numbered = true
    else if (!save && (/^--list/.test(word) || /[LS]$/.test(flags))) {
      form = /^--list-r/.test(word) || flags.endsWith('S') ? 'spec' : 'list'
      if (words[0] && !words[0].startsWith('-')) chain = words.shift()
      if (chain && /^\d+$/.test(words[0] ?? '')) only = Number(words.shift())
    }
  }
  if (!form || (table !== undefined && !asTable(table))) return undefined
  return {
    node,
    family: name === 'ip6tables' ? 6 : 4,
    table: asTable(table),
    backend: backend as RuleQuery['backend'],
    form,
    chain,
    only,
    numbered,
    whole,
  }
}
