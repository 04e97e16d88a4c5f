import { ipFamily, parseCidr } from '../../base/ip.ts'
import { syntax } from './error.ts'

/** The words of an `ip` command, taken one after the other. */
export class Args {
  private readonly words: readonly string[]
  private at = 0

  constructor(words: readonly string[]) {
    this.words = words
  }

  next(): string | undefined {
    return this.words[this.at++]
  }

  peek(): string | undefined {
    return this.words[this.at]
  }

  /** NEXT_ARG(): the command line may not end here. */
  need(): string {
    const word = this.next()
    if (word === undefined) throw syntax('Command line is not complete. Try option "help"')
    return word
  }
}

/** iproute2's matches(): a command may be shortened to any prefix. */
export function command<T extends string>(word: string, names: readonly T[]): T | undefined {
  return names.find((n) => n.startsWith(word))
}

/** An address, or ip's complaint. */
export function address(text: string): string {
  if (ipFamily(text) === undefined) throw syntax(`Error: inet address is expected rather than "${text}".`, 1)
  return text
}

/** "10.0.0.0/8", "default", or ip's complaint. `text` as given is kept in `given`. */
export function prefix(
  text: string,
  family: 4 | 6 = 4,
): { readonly base: string; readonly bits: number; readonly family: 4 | 6; readonly exact: boolean } {
  if (text === 'default' || text === 'all' || text === 'any')
    return { base: family === 4 ? '0.0.0.0' : '::', bits: 0, family, exact: true }
  const cidr = parseCidr(text)
  if (cidr === undefined) throw syntax(`Error: any valid prefix is expected rather than "${text}".`, 1)
  return { ...cidr, exact: cidr.base === (text.split('/')[0] ?? '') }
}
