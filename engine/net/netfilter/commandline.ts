import { addressPairs } from './address.ts'
import { parseCounters, parseDeleteNumber, parseDevice, parseRuleNumber, parseWait, parseWaitInterval } from './arguments.ts'
import type { Counters } from './chain.ts'
import { checkAllowed, checkChain, checkNewChain, checkTargetName, optionName, VERDICTS } from './checks.ts'
import type { CommandEnv, CommandLetter, Informed, IptablesCommand } from './command.ts'
import { INVERTIBLE } from './command-options.data.ts'
import type { TableName } from './env.ts'
import { PARAMETER_PROBLEM, parameterProblem, ToolError, VERSION_PROBLEM } from './errors.ts'
import type { ParseEnv } from './extension.ts'
import { Getopt } from './getopt.ts'
import { useOption } from './guided.ts'
import { LoadedExtensions, MAIN_SHORT, type OptionValue } from './loaded.ts'
import { findMatcher } from './matchers/registry.ts'
import { parseProtocol, protocolMatch } from './protocol.ts'
import type { ExtensionData, Filter, Rule, RuleTarget } from './rule.ts'
import { isTableName } from './table.ts'

const NO_COUNTERS: Counters = [0, 0]

/** What a command's letter is called in messages. */
function commandLetter(letter: CommandLetter): string {
  return letter === 'DN' ? 'D' : letter === 'ZN' ? 'Z' : letter
}

/** Reads one iptables command line (argv without the program's name), as do_parse of xshared.c does. */
export function parseCommandLine(argv: readonly string[], env: CommandEnv): IptablesCommand | Informed {
  return new Reader(argv, env).read()
}

class Reader {
  private readonly env: CommandEnv
  private readonly getopt: Getopt<OptionValue>
  private readonly extensions: LoadedExtensions
  /** Letters of the options given, and of those inverted. */
  private options = ''
  private inverted = ''
  private invert = false
  private letter: CommandLetter | undefined
  private alsoZero = false
  private table: string
  private chain: string | undefined
  private rulenum = 0
  private newName: string | undefined
  private policy: string | undefined
  private source: string | undefined
  private destination: string | undefined
  private filter: { -readonly [K in keyof Filter]: Filter[K] } = {}
  private proto = 0
  private protoUsed = false
  private jump: string | undefined
  private goto = false
  private counters: Counters = NO_COUNTERS
  private verbose = 0
  private wait: number | undefined
  private waitInterval: number | undefined

  constructor(argv: readonly string[], env: CommandEnv) {
    this.env = env
    this.table = env.restoring ?? 'filter'
    this.extensions = new LoadedExtensions(env.family)
    this.getopt = new Getopt<OptionValue>(argv, MAIN_SHORT, (name) => this.extensions.find(name))
  }

  read(): IptablesCommand | Informed {
    const { env } = this
    for (;;) {
      const before = this.getopt.index
      const got = this.getopt.next()
      if (got === undefined) break
      if (got.kind === 'word') {
        if (got.word !== '!') this.badArgument(got.word)
        if (this.invert) parameterProblem('multiple consecutive ! not allowed')
        this.invert = true
        continue
      }
      if (got.kind === 'missing') parameterProblem(`option "${got.text}" requires an argument`)
      if (got.kind === 'unknown') {
        if (this.loadProtocol()) {
          this.getopt.index = before
          continue
        }
        const named = env.dialect.namesUnknownLetter && got.letter !== undefined ? `-${got.letter}` : got.text
        parameterProblem(`unknown option "${named}"`)
      } else if (got.kind === 'option') {
        const informed = this.option(got.value, got.arg)
        if (informed !== undefined) return informed
      }
      this.invert = false
    }
    return this.finish()
  }

  private badArgument(word: string): never {
    throw new ToolError(`Bad argument \`${word}'`, PARAMETER_PROBLEM, 'plain')
  }

  /** `-p tcp` brings its match along when an option is otherwise unknown (load_proto). */
  private loadProtocol(): boolean {
    if (this.protoUsed || this.proto === 0) return false
    this.protoUsed = true
    if (!this.env.privileged && this.env.dialect.checkPrints) return false
    const name = protocolMatch(this.proto)
    const matcher = name === undefined ? undefined : findMatcher(name)
    if (matcher === undefined || matcher.families?.includes(this.env.family) === false) return false
    this.extensions.load(matcher, false)
    return true
  }

  private parseEnv(): ParseEnv {
    return {
      dialect: this.env.dialect,
      family: this.env.family,
      names: this.env.names,
      table: this.table as TableName,
      proto: this.proto,
      protoInv: this.filter.protoInv === true,
      warn: this.env.warn,
    }
  }

  private option(value: OptionValue, arg: string | undefined): Informed | undefined {
    if (value.kind === 'ext') {
      const { option, loaded } = value
      const second = option.twoWords && this.getopt.hasWord() ? { second: this.getopt.take() } : {}
      const use = { option, ext: loaded.extension.name, arg: arg ?? '', ...second, invert: this.invert, draft: loaded.draft }
      useOption({ ...use, env: this.parseEnv() }, loaded.seen)
      return undefined
    }
    return this.mainOption(value.letter, arg)
  }

  private setOption(letter: string): void {
    const word = this.env.dialect.longOptionNames ? 'options' : 'flags'
    if (this.options.includes(letter)) parameterProblem(`multiple ${optionName(this.env.dialect, letter)} ${word} not allowed`)
    this.options += letter
    if (!this.invert) return
    if (!INVERTIBLE.includes(letter)) parameterProblem(`cannot have ! before ${optionName(this.env.dialect, letter)}`)
    this.inverted += letter
  }

  private setCommand(letter: CommandLetter, allowed: readonly CommandLetter[] = []): void {
    const nl = this.env.dialect.trailingNewlines ? '\n' : ''
    if (this.invert) parameterProblem("unexpected '!' flag")
    if (this.letter !== undefined && !allowed.includes(this.letter))
      parameterProblem(`Cannot use -${commandLetter(letter)} with -${commandLetter(this.letter)}${nl}`)
    const zero = letter === 'Z' || letter === 'ZN'
    if (zero && (this.letter === 'L' || this.letter === 'S')) this.alsoZero = true
    else {
      if (this.letter === 'Z' || this.letter === 'ZN') this.alsoZero = true
      this.letter = letter
    }
  }

  private chainArgument(arg: string | undefined): void {
    if (arg !== undefined) this.chain = arg
    else if (this.getopt.hasWord()) this.chain = this.getopt.take()
  }

  private mainOption(letter: string, arg: string | undefined): Informed | undefined {
    const { env } = this
    switch (letter) {
      case 'A':
      case 'C':
        this.setCommand(letter)
        this.chain = arg
        return
      case 'D':
        this.setCommand('D')
        this.chain = arg
        if (this.getopt.hasWord()) {
          this.rulenum = parseDeleteNumber(this.getopt.take(), env.dialect)
          this.letter = 'DN'
        }
        return
      case 'R':
        this.setCommand('R')
        this.chain = arg
        if (!this.getopt.hasWord()) parameterProblem('-R requires a rule number')
        this.rulenum = parseRuleNumber(this.getopt.take())
        return
      case 'I':
        this.setCommand('I')
        this.chain = arg
        this.rulenum = this.getopt.hasWord() ? parseRuleNumber(this.getopt.take()) : 1
        return
      case 'L':
      case 'S':
        this.setCommand(letter, ['Z', 'ZN'])
        this.chainArgument(arg)
        if (this.getopt.hasWord()) this.rulenum = parseRuleNumber(this.getopt.take())
        return
      case 'F':
      case 'X':
        this.setCommand(letter)
        this.chainArgument(arg)
        return
      case 'Z':
        this.setCommand('Z', ['L', 'S'])
        this.chainArgument(arg)
        if (this.getopt.hasWord()) {
          this.rulenum = parseRuleNumber(this.getopt.take())
          if (this.letter === 'Z') this.letter = 'ZN'
        }
        return
      case 'N':
        checkNewChain(arg as string, env.dialect)
        this.setCommand('N')
        this.chain = arg
        return
      case 'E':
        this.setCommand('E')
        this.chain = arg
        if (!this.getopt.hasWord()) parameterProblem('-E requires old-chain-name and new-chain-name')
        this.newName = this.getopt.take()
        return
      case 'P':
        this.setCommand('P')
        this.chain = arg
        if (!this.getopt.hasWord()) parameterProblem('-P requires a chain and a policy')
        this.policy = this.getopt.take()
        return
      case 'h':
        if (this.extensions.list.length === 0) this.loadProtocol()
        return { letter: 'h', what: arg ?? '', extensions: this.extensions.list.map((l) => l.extension.name) }
      case 'V':
        return { letter: 'V', what: this.invert ? 'not' : '', extensions: [] }
      case 'p':
        this.setOption('p')
        this.proto = parseProtocol(this.word(arg).toLowerCase(), env.names, env.dialect)
        if (this.invert) this.filter.protoInv = true
        if (this.proto === 0 && this.invert) parameterProblem('rule would never match protocol')
        if (this.proto !== 0) this.filter.proto = this.proto
        return
      case 's':
        this.setOption('s')
        this.source = this.word(arg)
        return
      case 'd':
        this.setOption('d')
        this.destination = this.word(arg)
        return
      case 'g':
        this.setOption('j')
        this.goto = true
        this.jump = checkTargetName(arg as string)
        return
      case 'j':
        this.setOption('j')
        this.jump = checkTargetName(this.word(arg))
        this.extensions.loadTarget(this.jump)
        return
      case 'i':
        this.device('i', this.word(arg))
        return
      case 'o':
        this.device('o', this.word(arg))
        return
      case 'f':
        if (env.family === 6) parameterProblem("`-f' is not supported in IPv6, use -m frag instead")
        this.setOption('f')
        this.filter.frag = true
        if (this.invert) this.filter.fragInv = true
        return
      case 'v':
        if (this.verbose === 0) this.setOption('v')
        this.verbose++
        return
      case 'm':
        if (this.invert) parameterProblem('unexpected ! flag before --match')
        this.extensions.loadMatch(arg as string)
        return
      case 'n':
      case 'x':
      case '0':
        this.setOption(letter)
        return
      case 't':
        if (this.invert) parameterProblem('unexpected ! flag before --table')
        this.table = arg as string
        if (env.dialect.checksTableAtOnce && !isTableName(this.table))
          throw new ToolError(`table '${this.table}' does not exist`, VERSION_PROBLEM)
        return
      case 'c':
        this.countersOption(arg as string)
        return
      case 'w':
        this.waitOption(arg)
        return
      case 'W':
        this.waitInterval = parseWaitInterval(arg ?? (this.getopt.hasWord() ? this.getopt.take() : undefined))
        if (!env.dialect.trailingNewlines) env.warn('Ignoring deprecated --wait-interval option.\n')
        return
      case '4':
      case '6':
        if ((letter === '4') !== (env.family === 4)) {
          const word = `This is the IPv${env.family} version of ip${env.family === 6 ? '6' : ''}tables.`
          const old = env.dialect.trailingNewlines && env.dialect.backend === 'legacy'
          throw new ToolError(old ? word : '', PARAMETER_PROBLEM, 'plain')
        }
        return
      default:
        return
    }
  }

  /** An option's argument, or in some versions the word that it ends. */
  private word(arg: string | undefined): string {
    return (this.env.dialect.takesWholeWords ? this.getopt.argv[this.getopt.index - 1] : arg) as string
  }

  private device(letter: 'i' | 'o', arg: string): void {
    if (arg === '') parameterProblem('Empty interface is likely to be undesired')
    this.setOption(letter)
    const name = parseDevice(arg, this.env.warn)
    // The nft backend writes no expression for a device that is any device.
    if (name === '+' && this.env.dialect.backend === 'nft') return
    this.filter[letter === 'i' ? 'iif' : 'oif'] = name
    if (this.invert) this.filter[letter === 'i' ? 'iifInv' : 'oifInv'] = true
  }

  private countersOption(arg: string): void {
    this.setOption('c')
    const next = () => (this.getopt.hasWord() ? this.getopt.take() : undefined)
    this.counters = parseCounters(arg, next, optionName(this.env.dialect, 'c'))
  }

  private waitOption(arg: string | undefined): void {
    const text = arg ?? (this.getopt.hasWord() ? this.getopt.take() : undefined)
    this.wait = text === undefined ? Number.POSITIVE_INFINITY : parseWait(text)
  }

  private finish(): IptablesCommand {
    if (this.table === 'nat' && (this.policy === 'DROP' || this.jump === 'DROP'))
      parameterProblem('\nThe "nat" table is not intended for filtering, the use of DROP is therefore inhibited.\n\n')
    const data = this.extensions.finish(this.parseEnv())
    if (this.waitInterval !== undefined && this.wait === undefined)
      parameterProblem('--wait-interval only makes sense with --wait\n')
    if (this.getopt.index < this.getopt.argv.length) parameterProblem('unknown arguments found on commandline')
    const letter = this.letter
    if (letter === undefined) return parameterProblem('no command specified')
    if (this.invert) parameterProblem('nothing appropriate following !')
    const inverted = (option: string) => this.inverted.includes(option)
    const pairs = addressPairs(this.source, this.destination, inverted('s'), inverted('d'), this.env)
    const addresses = 'ACDIR'.includes(letter) ? pairs : []
    if (letter === 'R' && addresses.length !== 1) parameterProblem('Replacement rule does not specify a unique address')
    checkAllowed(this.alsoZero ? [letter, 'Z'] : [letter], this.options, this.env.dialect)
    checkChain(letter, this.chain, this.newName, this.options, this.env.dialect)
    const { matches } = data
    const target = this.target(data.target)
    const rules = addresses.map(
      ([src, dst]): Rule => ({ writer: this.env.dialect.key, filter: this.ruleFilter(src, dst), matches, target }),
    )
    return {
      letter,
      alsoZero: this.alsoZero,
      table: this.table,
      chain: this.chain,
      rulenum: this.rulenum,
      rules,
      unresolvedJump: target === undefined && this.jump !== undefined ? this.jump : undefined,
      goto: this.goto,
      counters: this.counters,
      newName: this.newName,
      policy: this.policy,
      hasCounters: this.options.includes('c'),
      verbose: this.verbose,
      numeric: this.options.includes('n'),
      exact: this.options.includes('x'),
      lineNumbers: this.options.includes('0'),
      wait: this.wait,
      waitInterval: this.waitInterval,
    }
  }

  /** A verdict or an extension; a chain can only be told by the table (see edit.ts). */
  private target(data: ExtensionData | undefined): RuleTarget | undefined {
    if (this.goto || this.jump === undefined) return undefined
    if (VERDICTS.includes(this.jump)) return { kind: 'verdict', name: this.jump as 'ACCEPT' }
    return data === undefined ? undefined : { kind: 'extension', data }
  }

  private ruleFilter(src: string | undefined, dst: string | undefined): Filter {
    const filter = { ...this.filter }
    if (src !== undefined) filter.src = src
    if (src !== undefined && this.inverted.includes('s')) filter.srcInv = true
    if (dst !== undefined) filter.dst = dst
    if (dst !== undefined && this.inverted.includes('d')) filter.dstInv = true
    return filter
  }
}
