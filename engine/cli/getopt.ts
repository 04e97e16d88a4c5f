import type { Flag } from './command.ts'

/** An option as it was met: its descriptor, how it was spelled and its argument. */
export interface GivenOption {
  readonly flag: Flag
  /** "-v" or "--verbose" as typed (a unique prefix is completed). */
  readonly name: string
  readonly value?: string
}

export interface GetoptResult {
  readonly options: readonly GivenOption[]
  readonly operands: readonly string[]
  /** The first mistake in getopt_long's own words, without the program's name. */
  readonly error?: string
}

/**
 * getopt_long(3) over a tool's flag table: clustered short options, `--name=value`, unique prefixes, permutation (options after
 * operands) unless `stopAtOperand`, `--` ends options.
 */
export function getopt(
  argv: readonly string[],
  flags: readonly Flag[],
  options: { readonly stopAtOperand?: boolean } = {},
): GetoptResult {
  const found: GivenOption[] = []
  const operands: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string
    if (word === '--') {
      operands.push(...argv.slice(i + 1))
      break
    }
    if (word === '-' || !word.startsWith('-')) {
      if (options.stopAtOperand) {
        operands.push(...argv.slice(i))
        break
      }
      operands.push(word)
      continue
    }
    if (word.startsWith('--')) {
      const result = long(word.slice(2), argv[i + 1], flags)
      if (typeof result === 'string') return { options: found, operands, error: result }
      found.push(result.given)
      i += result.used
      continue
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at] as string
      const flag = flags.find((f) => f.short === letter)
      if (flag === undefined) return { options: found, operands, error: `invalid option -- '${letter}'` }
      if (flag.value === undefined) {
        found.push({ flag, name: `-${letter}` })
        continue
      }
      const rest = word.slice(at + 1)
      if (rest !== '') found.push({ flag, name: `-${letter}`, value: rest })
      else if (flag.valueOptional) found.push({ flag, name: `-${letter}` })
      else {
        const value = argv[++i]
        if (value === undefined) return { options: found, operands, error: `option requires an argument -- '${letter}'` }
        found.push({ flag, name: `-${letter}`, value })
      }
      break
    }
  }
  return { options: found, operands }
}

function long(text: string, next: string | undefined, flags: readonly Flag[]): { given: GivenOption; used: number } | string {
  const equals = text.indexOf('=')
  const name = equals < 0 ? text : text.slice(0, equals)
  const exact = flags.find((f) => f.long === name)
  const close = exact === undefined ? flags.filter((f) => f.long?.startsWith(name)) : [exact]
  const flag = close[0]
  if (flag === undefined) return `unrecognized option '--${name}'`
  if (close.length > 1) return `option '--${name}' is ambiguous; possibilities: ${close.map((f) => `'--${f.long}'`).join(' ')}`
  if (flag.value === undefined) {
    if (equals >= 0) return `option '--${flag.long}' doesn't allow an argument`
    return { given: { flag, name: `--${flag.long}` }, used: 0 }
  }
  if (equals >= 0) return { given: { flag, name: `--${flag.long}`, value: text.slice(equals + 1) }, used: 0 }
  if (flag.valueOptional) return { given: { flag, name: `--${flag.long}` }, used: 0 }
  if (next === undefined) return `option '--${flag.long}' requires an argument`
  return { given: { flag, name: `--${flag.long}`, value: next }, used: 1 }
}

/** The value of the last option with that long or short name; '' for one without a value; undefined if it was not given. */
export function optionValue(result: GetoptResult, name: string): string | undefined {
  const given = result.options.findLast((o) => o.flag.long === name || o.flag.short === name)
  return given === undefined ? undefined : (given.value ?? '')
}

/** The first given option that the real tool knows and we do not emulate. */
export function notEmulatedOption(result: GetoptResult): string | undefined {
  return result.options.find((o) => o.flag.status === 'known')?.name
}
