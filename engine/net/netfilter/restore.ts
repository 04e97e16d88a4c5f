import { type Actor, act, checkNative, setPolicy } from './actions.ts'
import type { Counters } from './chain.ts'
import type { CommandEnv, IptablesCommand } from './command.ts'
import { parseCommandLine } from './commandline.ts'
import { checkCommand, checkEdit, refusalError, refusalOf } from './commit.ts'
import { dialectOf } from './dialect.ts'
import { TableEdit } from './edit.ts'
import type { Family, TableName } from './env.ts'
import { PARAMETER_PROBLEM, parameterProblem, RuleError, ToolError } from './errors.ts'
import { type NameService, NO_NAMES } from './names.ts'
import { type Pending, type Refused, refusedLines } from './refusals.ts'
import type { Rule } from './rule.ts'
import type { Ruleset } from './ruleset.ts'
import { splitLine } from './split.ts'
import { BASE_CHAINS, isTableName } from './table.ts'
import { restoreWords } from './words.ts'

export interface RestoreOptions {
  readonly family: Family
  /** Who writes: "1.8.9/nft". */
  readonly writer: string
  /** -n: keep what the input does not name. */
  readonly noflush?: boolean
  /** -c: take counters from the input. */
  readonly counters?: boolean
  /** -t: check only. */
  readonly test?: boolean
  readonly verbose?: boolean
  /** -T: this table only. */
  readonly onlyTable?: string
  readonly names?: NameService
  readonly program?: string
  readonly privileged?: boolean
  /** Where -L, -S and -v inside the input print. */
  readonly out?: (text: string) => void
  readonly warn?: (text: string) => void
  /** -L and -S inside the input. */
  /** Every rule of the input, once read. */
  readonly onRule?: (rule: Rule) => void
  readonly show?: (command: IptablesCommand, edit: TableEdit) => void
}

export type RestoreResult =
  | { readonly ok: true }
  /** `error`: what the tool prints on stderr; `line`: the input line it speaks of. */
  | { readonly ok: false; readonly error: string; readonly exit: number; readonly line: number }

/** iptables-restore: each table of the text takes effect as a whole at its COMMIT, or not at all. */
export function restoreText(ruleset: Ruleset, text: string, options: RestoreOptions): RestoreResult {
  const run = new Restore(ruleset, options)
  return run.all(text)
}

class Restore {
  private readonly ruleset: Ruleset
  private readonly options: RestoreOptions
  private readonly actor: Actor
  private readonly env: CommandEnv
  private readonly nft: boolean
  private table: TableName | undefined
  private skipping = false
  private edit: TableEdit | undefined
  private pending: Pending[] = []
  private line = 0
  /** While a refused table is gone through again. */
  private silent = false
  private refused: readonly Refused[] = []

  constructor(ruleset: Ruleset, options: RestoreOptions) {
    this.ruleset = ruleset
    this.options = options
    const dialect = dialectOf(options.writer)
    const names = options.names ?? NO_NAMES
    this.nft = dialect.backend === 'nft'
    this.actor = { dialect, family: options.family, names, out: (text) => (this.silent ? undefined : options.out?.(text)) }
    this.env = {
      dialect,
      family: options.family,
      names,
      privileged: options.privileged ?? true,
      warn: options.warn ?? (() => {}),
    }
  }

  all(text: string): RestoreResult {
    const lines = text.split('\n')
    if (lines.at(-1) === '') lines.pop()
    // libiptc's tool compares whole lines with their newline: "COMMIT" at the very end without one is no command.
    else if (!this.nft && lines.at(-1) === 'COMMIT') lines.push(`${lines.pop()} `)
    try {
      for (const line of lines) {
        this.line++
        this.one(line)
      }
      if (this.table !== undefined) throw new ToolError(`${this.program}: COMMIT expected at line ${this.line + 1}`, 1, 'plain')
    } catch (error) {
      if (error instanceof ToolError || error instanceof RuleError) return this.failed(error)
      throw error
    }
    return { ok: true }
  }

  private get program(): string {
    return this.options.program ?? (this.options.family === 4 ? 'iptables-restore' : 'ip6tables-restore')
  }

  private failed(error: ToolError | RuleError): RestoreResult {
    const { dialect } = this.actor
    const { text, exit } = restoreWords(error, this.program, dialect, this.line)
    const others = this.refused.slice(1).map((refused) => {
      const line = dialect.restoreNamesCommitLine ? this.line : refused.line
      return restoreWords(refused.error, this.program, dialect, line).text.replace(/^.*\n/, '')
    })
    return { ok: false, error: text + others.join(''), exit, line: this.line }
  }

  private one(line: string): void {
    if (line === '' || line.startsWith('#')) {
      if (this.options.verbose && line.startsWith('#')) this.actor.out(`${line}\n`)
      return
    }
    if (line === 'COMMIT' && this.table !== undefined) this.commit()
    else if (line.startsWith('*') && this.table === undefined) this.begin(line.slice(1).trim().split(/[ \t]/)[0] as string)
    else if (this.table === undefined) throw new RuleError('EINVAL', { words: '' })
    else if (this.skipping) return
    else if (line.startsWith(':')) this.chainLine(line.slice(1))
    else this.ruleLine(line)
  }

  private begin(name: string): void {
    const nl = this.actor.dialect.trailingNewlines ? '\n' : ''
    if (name === '') parameterProblem(`${this.program}: line ${this.line} table name invalid${nl}`)
    if (!isTableName(name)) {
      const words = this.nft ? `line ${this.line} table name '${name}' invalid` : `unable to initialize table '${name}'`
      throw new ToolError(`${this.program}: ${words}${nl}`, PARAMETER_PROBLEM)
    }
    this.table = name
    this.pending = []
    this.skipping = this.options.onlyTable !== undefined && this.options.onlyTable !== name
    if (this.skipping) return
    this.edit = this.start(name)
  }

  /** The table as the first line finds it. Without -n the nft backend drops it whole, unless -v has it flush chain by chain. */
  private start(name: TableName): TableEdit {
    const { family, noflush, verbose } = this.options
    const base = this.nft ? this.ruleset.table(family, 'nft', name) : this.ruleset.instantiate(family, name)
    if (this.nft && !noflush && !verbose) return new TableEdit(undefined, name)
    const edit = new TableEdit(base, name)
    if (!noflush) this.clear(edit)
    return edit
  }

  /** Chains flushed, then those of users deleted; policies stay. */
  private clear(edit: TableEdit): void {
    const chains = edit.table.sorted()
    for (const chain of chains) {
      if (this.options.verbose) this.actor.out(`Flushing chain \`${chain.name}'\n`)
      edit.flush(chain.name)
    }
    for (const chain of chains) {
      if (chain.policy !== undefined) continue
      if (this.options.verbose) this.actor.out(`Deleting chain \`${chain.name}'\n`)
      edit.removeChain(chain.name)
    }
  }

  private chainLine(rest: string): void {
    const [name = '', policy, counterText] = rest.split(/[ \t]+/).filter((word) => word !== '')
    const nl = this.actor.dialect.trailingNewlines ? '\n' : ''
    if (name === '') parameterProblem(`${this.program}: line ${this.line} chain name invalid${nl}`)
    if (name.length >= 29) parameterProblem(`Invalid chain name \`${name}' (${28} chars max)`)
    if (policy === undefined) parameterProblem(`${this.program}: line ${this.line} policy invalid${nl}`)
    let counters: Counters | undefined
    const base = isTableName(this.table ?? '') && (BASE_CHAINS[this.table as TableName] as readonly string[]).includes(name)
    if (base || (!this.nft && policy !== '-')) counters = this.policyCounters(name, counterText)
    this.queue('P', (edit) => this.declareChain(edit, name, policy as string, counters))
  }

  /** "[1:2]", which only -c uses; later versions read it in any case. */
  private policyCounters(chain: string, text: string | undefined): Counters | undefined {
    const { dialect } = this.actor
    const match = /^\[(\d+):(\d+)/.exec(text ?? '')
    const wanted = this.options.counters || (dialect.readsIdleCounters && text !== undefined)
    if (match === null && wanted)
      parameterProblem(`invalid policy counters for chain '${chain}'${dialect.trailingNewlines ? '\n' : ''}`)
    return match === null || !this.options.counters ? undefined : [Number(match[1]), Number(match[2])]
  }

  private declareChain(edit: TableEdit, name: string, policy: string, counters: Counters | undefined): void {
    const base = edit.table.isBase(name)
    if (base) edit.ensureBase(name)
    else {
      if (edit.chain(name) === undefined) edit.addChain(name)
      else if (this.nft || this.options.noflush) edit.flush(name)
      else parameterProblem(`error creating chain '${name}':File exists${this.actor.dialect.trailingNewlines ? '\n' : ''}`)
    }
    if (policy === '-') return
    if (!base && this.nft) return
    try {
      setPolicy({ chain: name, policy }, edit, counters ?? [0, 0], this.actor)
    } catch (error) {
      if (!(error instanceof RuleError) || this.nft) throw error
      throw new ToolError(
        `Can't set policy \`${policy}' on \`${name}' line ${this.line}: ${error.words}${this.actor.dialect.trailingNewlines ? '\n' : ''}`,
        1,
      )
    }
  }

  private ruleLine(text: string): void {
    let line = text
    if (line.startsWith('[')) {
      const close = line.indexOf(']')
      const [packets = '', bytes] = line.slice(1, close).split(':')
      const nl = this.actor.dialect.trailingNewlines ? '\n' : ''
      if (close < 0) parameterProblem(`Bad line ${this.line}: need ]${nl}`)
      if (bytes === undefined) parameterProblem(`Bad line ${this.line}: need ]${nl}`)
      line = line.slice(close + 1)
      if (this.options.counters) line += ` --set-counters ${packets} ${bytes}`
    }
    const argv = splitLine(line)
    if (argv.some(namesTable)) {
      const nl = this.actor.dialect.trailingNewlines ? '\n' : ''
      parameterProblem(`The -t option (seen in line ${this.line}) cannot be used in ${this.program}.${nl}`)
    }
    const parsed = parseCommandLine(argv, { ...this.env, restoring: this.table as TableName })
    if (!('rules' in parsed)) return
    if (this.options.onRule !== undefined) parsed.rules.forEach(this.options.onRule)
    const command = this.options.verbose && !this.actor.dialect.trailingNewlines ? { ...parsed, verbose: 1 } : parsed
    if (command.letter === 'L' || command.letter === 'S') {
      this.queue(command.letter, (edit) => this.options.show?.(command, edit))
      return
    }
    // The nft backend makes the rule's expressions at its line, the kernel sees them at COMMIT.
    checkNative(command.rules, this.actor.dialect)
    this.queue(command.letter, (edit) => act(command, edit, this.actor), command)
  }

  /** libiptc does at once what the nft backend does at COMMIT. */
  private queue(letter: string, run: (edit: TableEdit) => void, command?: IptablesCommand): void {
    this.pending.push({ line: this.line, letter, run, ...(command === undefined ? {} : { command }) })
    if (!this.nft) run(this.edit as TableEdit)
  }

  private commit(): void {
    const edit = this.edit as TableEdit
    this.table = undefined
    if (this.skipping) {
      this.skipping = false
      return
    }
    const commitLine = this.line
    const blame = (line: number) => {
      this.line = this.actor.dialect.restoreNamesCommitLine ? commitLine : line
    }
    if (this.nft) {
      if (this.options.test) return
      for (const { line, run } of this.pending) {
        try {
          run(edit)
        } catch (error) {
          if (error instanceof RuleError) blame(line)
          throw error
        }
      }
    }
    try {
      checkEdit(this.ruleset, edit, 'A', this.options.family, this.actor.dialect)
    } catch (error) {
      if (!this.nft || !(error instanceof RuleError)) throw error
      this.findRefused(edit)
      const [first] = this.refused
      blame(first?.line ?? commitLine)
      throw first?.error ?? error
    }
    if (!this.options.test) {
      const { family, noflush, verbose } = this.options
      if (edit.table.chains.size > 0)
        this.ruleset.put(family, this.actor.dialect.backend, edit.table, this.nft && !noflush && !verbose)
      else this.ruleset.drop(family, this.actor.dialect.backend, edit.table.name)
    }
    this.line = commitLine
  }

  /** The nft backend names the line of every rule that the kernel refused. */
  private findRefused(edit: TableEdit): void {
    const { family } = this.options
    const { dialect } = this.actor
    this.silent = true
    this.refused = refusedLines(this.pending, {
      start: () => this.start(edit.table.name),
      misplaced: (command) => checkCommand(this.ruleset, edit, command, family, dialect),
      invalid: (tried, { letter }) => refusalOf(this.ruleset, tried, letter, family, dialect),
      likewise: ({ errno }, { letter, chain }) => refusalError(errno, letter, chain ?? ''),
    })
  }
}

/** Whether a word would choose a table, as add_param_to_argv tells it: any letter t in a cluster, or a beginning of --table. */
function namesTable(word: string): boolean {
  if (word.charCodeAt(0) !== 45) return false
  if (word.charCodeAt(1) !== 45) return word.includes('t')
  return word.startsWith('--t') && '--table'.startsWith(word)
}
