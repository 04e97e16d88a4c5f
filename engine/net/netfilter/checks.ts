import type { CommandLetter } from './command.ts'
import { ALLOWED, MAIN_OPTIONS, RULE_OPTIONS } from './command-options.data.ts'
import type { Dialect } from './dialect.ts'
import { parameterProblem } from './errors.ts'
import { findTarget } from './targets/registry.ts'

/** XT_EXTENSION_MAXNAMELEN. */
export const MAX_NAME = 29
export const VERDICTS = ['ACCEPT', 'DROP', 'RETURN', 'QUEUE']

/** What -N asks of a name (parse_chain of xshared.c). */
export function checkNewChain(name: string, dialect: Dialect): void {
  const nl = dialect.trailingNewlines ? '\n' : ''
  if (name.length >= MAX_NAME) parameterProblem(`chain name \`${name}' too long (must be under ${MAX_NAME} chars)`)
  if (name.startsWith('-') || name.startsWith('!'))
    parameterProblem(`chain name not allowed to start with \`${name[0]}'${dialect.trailingNewlines ? '\n' : ''}`)
  if (name === '' || VERDICTS.includes(name) || findTarget(name) !== undefined)
    parameterProblem(`chain name may not clash with target name${nl}`)
  if (/\s/.test(name) && !(dialect.backend === 'nft' && dialect.trailingNewlines))
    parameterProblem(`Invalid chain name \`${name}'`)
}

/** What -j and -g ask of a name (xt_parse_target). */
export function checkTargetName(name: string): string {
  if (name === '') parameterProblem('Invalid target name (too short)')
  if (name.length >= MAX_NAME) parameterProblem(`Invalid target name \`${name}' (${MAX_NAME - 1} chars max)`)
  if (/\s/.test(name)) parameterProblem(`Invalid target name \`${name}'`)
  return name
}

/** What -E asks of the new name: nothing before 1.8.11. */
function checkRenamed(name: string, dialect: Dialect): void {
  if (!dialect.checksNewName) return
  if (VERDICTS.includes(name) || findTarget(name) !== undefined) parameterProblem('chain name may not clash with target name')
  if (name.length >= MAX_NAME) parameterProblem(`chain name \`${name}' too long (must be under ${MAX_NAME} chars)`)
}

/** How messages name one of iptables' own options. */
export function optionName(dialect: Dialect, letter: string): string {
  const long = MAIN_OPTIONS.find(([, l]) => l === letter)?.[0]
  return dialect.longOptionNames ? `--${long}` : `-${letter}`
}

/** Refuses options that the command does not take (generic_opt_check). */
export function checkAllowed(commands: readonly string[], options: string, dialect: Dialect): void {
  if (options === '') return
  for (const [option] of RULE_OPTIONS) {
    if (!options.includes(option)) continue
    const allows = (command: string) => (ALLOWED[command] as string).includes(option)
    if (dialect.strictOptions ? commands.every(allows) : commands.some(allows)) continue
    const nl = dialect.trailingNewlines ? '\n' : ''
    parameterProblem(`Illegal option \`${optionName(dialect, option)}' with this command${nl}`)
  }
}

/** The checks of a command's chain names, and of devices that a base chain cannot have. */
export function checkChain(
  letter: CommandLetter,
  chain: string | undefined,
  newName: string | undefined,
  options: string,
  dialect: Dialect,
): void {
  if (chain !== undefined && chain.length >= MAX_NAME)
    parameterProblem(`chain name \`${chain}' too long (must be under ${MAX_NAME} chars)`)
  if (letter === 'E' && newName !== undefined) checkRenamed(newName, dialect)
  if (!'ACDIR'.includes(letter)) return
  const nl = dialect.longOptionNames ? '' : '\n'
  const refuse = (option: string) => {
    if (options.includes(option)) parameterProblem(`Can't use ${optionName(dialect, option)} with ${chain}${nl}`)
  }
  if (chain === 'PREROUTING' || chain === 'INPUT') refuse('o')
  if (chain === 'POSTROUTING' || chain === 'OUTPUT') refuse('i')
}
