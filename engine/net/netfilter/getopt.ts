/** An option as getopt_long knows it: 0 no argument, 1 required, 2 optional. */
export interface LongOption<T> {
  readonly name: string
  readonly has: 0 | 1 | 2
  readonly value: T
}

export type Got<T> =
  | { readonly kind: 'option'; readonly value: T; readonly arg: string | undefined }
  | { readonly kind: 'word'; readonly word: string }
  /** `letter`: of a short option, or of a long one that was given a value it cannot take. */
  | { readonly kind: 'unknown'; readonly text: string; readonly letter?: string }
  | { readonly kind: 'missing'; readonly text: string }

/**
 * getopt_long(3) with an optstring that starts with "-": words come in order. Long options may be found anew while reading, because
 * -m, -p and -j bring options along.
 */
export class Getopt<T> {
  readonly argv: readonly string[]
  /** The next argument to look at (optind). */
  index = 0
  private cluster = ''
  private readonly short: ReadonlyMap<string, LongOption<T>>
  private readonly lookup: (name: string) => LongOption<T> | undefined

  constructor(
    argv: readonly string[],
    short: ReadonlyMap<string, LongOption<T>>,
    lookup: (name: string) => LongOption<T> | undefined,
  ) {
    this.argv = argv
    this.short = short
    this.lookup = lookup
  }

  /** Whether the next argument is a plain word (xs_has_arg). */
  hasWord(): boolean {
    const next = this.argv[this.index]
    return next !== undefined && !next.startsWith('-') && !next.startsWith('!')
  }

  take(): string {
    return this.argv[this.index++] as string
  }

  next(): Got<T> | undefined {
    if (this.cluster !== '') return this.nextShort()
    const word = this.argv[this.index]
    if (word === undefined) return undefined
    this.index++
    if (word === '-' || !word.startsWith('-')) return { kind: 'word', word }
    // What follows "--" is nobody's: getopt ends here, with words left over.
    if (word === '--') return undefined
    if (!word.startsWith('--')) {
      this.cluster = word.slice(1)
      return this.nextShort()
    }
    const equals = word.indexOf('=')
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals)
    const option = this.lookup(name)
    if (option === undefined) return { kind: 'unknown', text: word }
    if (equals >= 0) {
      if (option.has === 0) return { kind: 'unknown', text: word, ...this.letterOf(option) }
      return { kind: 'option', value: option.value, arg: word.slice(equals + 1) }
    }
    return this.withArgument(option, word)
  }

  /** optopt of an option that takes no value: its letter, where it has one. */
  private letterOf(option: LongOption<T>): { readonly letter?: string } {
    for (const [letter, short] of this.short) if (short.value === option.value) return { letter }
    return {}
  }

  private withArgument(option: LongOption<T>, word: string): Got<T> {
    if (option.has !== 1) return { kind: 'option', value: option.value, arg: undefined }
    const arg = this.argv[this.index]
    if (arg === undefined) return { kind: 'missing', text: word }
    this.index++
    return { kind: 'option', value: option.value, arg }
  }

  private nextShort(): Got<T> {
    const letter = this.cluster[0] as string
    this.cluster = this.cluster.slice(1)
    const option = this.short.get(letter)
    const word = this.argv[this.index - 1] as string
    // Inside a cluster getopt has not moved on yet: argv[optind - 1] is the word before.
    const seen = this.cluster === '' ? word : (this.argv[this.index - 2]?.replace(/^!$/, '') ?? word)
    if (option === undefined) return { kind: 'unknown', text: seen, letter }
    if (option.has === 0) return { kind: 'option', value: option.value, arg: undefined }
    if (this.cluster !== '') {
      const arg = this.cluster
      this.cluster = ''
      return { kind: 'option', value: option.value, arg }
    }
    return this.withArgument(option, word)
  }
}
