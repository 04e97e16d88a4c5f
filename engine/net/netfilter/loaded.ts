import { MAIN_OPTIONS } from './command-options.data.ts'
import type { Family } from './env.ts'
import { NotEmulatedError, parameterProblem } from './errors.ts'
import type { Draft, ExtensionOption, Matcher, ParseEnv, Target } from './extension.ts'
import type { LongOption } from './getopt.ts'
import { checkOptions } from './guided.ts'
import { KNOWN_MATCHES, KNOWN_TARGETS } from './known.data.ts'
import { findMatcher } from './matchers/registry.ts'
import type { ExtensionData } from './rule.ts'
import { findTarget } from './targets/registry.ts'

/** A match or target that a command line named, with what its options have said so far. */
export interface Loaded {
  readonly extension: Matcher | Target
  readonly draft: Draft
  readonly seen: string[]
  readonly target: boolean
}

/** What an option of the command line means: iptables' own, by letter, or a loaded extension's. */
export type OptionValue =
  | { readonly kind: 'main'; readonly letter: string }
  | { readonly kind: 'ext'; readonly option: ExtensionOption; readonly loaded: Loaded }

const MAIN_LONG = new Map<string, LongOption<OptionValue>>()
export const MAIN_SHORT = new Map<string, LongOption<OptionValue>>()
for (const [name, letter, has] of MAIN_OPTIONS) {
  const option: LongOption<OptionValue> = { name, has, value: { kind: 'main', letter } }
  MAIN_LONG.set(name, option)
  if (letter !== '0' && !MAIN_SHORT.has(letter)) MAIN_SHORT.set(letter, option)
}

/** The extensions of one command line, in the order they were named, and the options they bring along. */
export class LoadedExtensions {
  readonly list: Loaded[] = []
  private readonly family: Family

  constructor(family: Family) {
    this.family = family
  }

  /** An option by its long name; later extensions hide earlier ones (xtables_merge_options). */
  find(name: string): LongOption<OptionValue> | undefined {
    const main = MAIN_LONG.get(name)
    if (main !== undefined) return main
    for (let i = this.list.length - 1; i >= 0; i--) {
      const loaded = this.list[i] as Loaded
      for (const option of loaded.extension.options)
        if (option.name === name) return { name, has: option.arg ? 1 : 0, value: { kind: 'ext', option, loaded } }
      if (loaded.extension.knownOptions?.includes(name))
        throw new NotEmulatedError(`${loaded.target ? '-j' : '-m'} ${loaded.extension.name} --${name}`)
    }
    return this.abbreviated(name)
  }

  private abbreviated(name: string): LongOption<OptionValue> | undefined {
    const found: LongOption<OptionValue>[] = []
    for (const option of MAIN_LONG.values()) if (option.name.startsWith(name)) found.push(option)
    for (const loaded of this.list)
      for (const option of loaded.extension.options)
        if (option.name.startsWith(name))
          found.push({ name: option.name, has: option.arg ? 1 : 0, value: { kind: 'ext', option, loaded } })
    const letters = new Set(found.map((o) => (o.value.kind === 'main' ? o.value.letter : o.value.option)))
    return letters.size === 1 ? found[0] : undefined
  }

  /** Takes an extension in, its options unset. */
  load(extension: Matcher | Target, target: boolean): void {
    this.list.push({ extension, draft: { ext: extension.name, ...extension.init }, seen: [], target })
  }

  /** -j: a target extension of that name, if there is one. */
  loadTarget(name: string): void {
    const target = findTarget(name)
    if (target === undefined && KNOWN_TARGETS[name]?.includes(this.family)) throw new NotEmulatedError(`-j ${name}`)
    if (target === undefined || target.families?.includes(this.family) === false) return
    this.load(target, true)
  }

  /** -m: the match must exist. */
  loadMatch(name: string): void {
    const alias = name === 'icmpv6' || name === 'ipv6-icmp' ? 'icmp6' : name
    const matcher = findMatcher(alias)
    if (matcher === undefined && KNOWN_MATCHES[name]?.includes(this.family)) throw new NotEmulatedError(`-m ${name}`)
    if (matcher === undefined || matcher.families?.includes(this.family) === false)
      parameterProblem(`Couldn't load match \`${name}':No such file or directory\n`)
    this.load(matcher as Matcher, false)
  }

  /** The data of the matches in order, and of the target, after the checks over all their options. */
  finish(env: ParseEnv): { readonly matches: readonly ExtensionData[]; readonly target: ExtensionData | undefined } {
    const matches: ExtensionData[] = []
    let target: Loaded | undefined
    for (const loaded of this.list)
      if (loaded.target) target = loaded
      else matches.push(finished(loaded, env))
    return { matches, target: target === undefined ? undefined : finished(target, env) }
  }
}

function finished({ extension, draft, seen }: Loaded, env: ParseEnv): ExtensionData {
  checkOptions(extension.name, extension.options, seen, extension.finish, draft, env)
  for (const key in draft) if (key.startsWith('_')) delete draft[key]
  return draft as unknown as ExtensionData
}
