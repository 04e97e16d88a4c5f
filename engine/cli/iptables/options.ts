import { Getopt, type LongOption } from '../../net/netfilter/getopt.ts'

export interface SimpleOption {
  readonly long: string
  readonly short?: string
  readonly has: 0 | 1 | 2
}

export interface ParsedWords {
  readonly options: ReadonlyMap<string, string>
  readonly words: readonly string[]
}

export type ParsedOptions =
  | ParsedWords
  /** getopt_long's own complaint, with its newline. */
  | { readonly error: string }

/** Plain getopt_long(3) parsing, its messages included, for the save and restore tools. */
export function parseOptions(argv: readonly string[], table: readonly SimpleOption[], program: string): ParsedOptions {
  const short = new Map<string, LongOption<string>>()
  const long = new Map<string, LongOption<string>>()
  for (const option of table) {
    const made = { name: option.long, has: option.has, value: option.long }
    long.set(option.long, made)
    if (option.short !== undefined) short.set(option.short, made)
  }
  const find = (name: string) => {
    const exact = long.get(name)
    if (exact !== undefined) return exact
    const found = [...long.values()].filter((option) => option.name.startsWith(name))
    return found.length === 1 ? found[0] : undefined
  }
  const getopt = new Getopt(argv, short, find)
  const options = new Map<string, string>()
  const words: string[] = []
  for (let got = getopt.next(); got !== undefined; got = getopt.next()) {
    if (got.kind === 'word') words.push(got.word)
    else if (got.kind === 'option') {
      let arg = got.arg
      if (arg === undefined && long.get(got.value)?.has === 2 && getopt.hasWord()) arg = getopt.take()
      options.set(got.value, arg ?? '')
    } else if (got.kind === 'missing')
      return {
        error: got.text.startsWith('--')
          ? `${program}: option '${got.text}' requires an argument\n`
          : `${program}: option requires an argument -- '${got.text.at(-1)}'\n`,
      }
    else
      return {
        error: got.text.startsWith('--')
          ? longError(got.text, find, program)
          : `${program}: invalid option -- '${[...got.text.slice(1)].find((c) => !short.has(c)) ?? ''}'\n`,
      }
  }
  words.push(...getopt.argv.slice(getopt.index))
  return { options, words }
}

function longError(text: string, find: (name: string) => LongOption<string> | undefined, program: string): string {
  const [name = ''] = text.split('=')
  const known = find(name.slice(2))
  return known === undefined
    ? `${program}: unrecognized option '${name}'\n`
    : `${program}: option '--${known.name}' doesn't allow an argument\n`
}
