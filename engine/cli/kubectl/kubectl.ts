import { encodeUtf8 } from '../../base/utf8.ts'
import { type Command, type CommandContext, NOT_EMULATED_EXIT } from '../command.ts'
import { complete } from './complete.ts'
import { errorText, NotEmulated, notEmulatedBy } from './errors.ts'
import { GLOBAL_FLAGS } from './flags/groups.ts'
import { FlagError, parseFlags } from './flags/parse.ts'
import type { FlagSpec } from './flags/spec.ts'
import { helpText, rootHelp } from './help.ts'
import { Invocation } from './invocation.ts'
import { suggestions } from './suggest.ts'
import type { Verb } from './verb.ts'
import { VERBS } from './verbs.ts'

export const kubectl: Command = {
  name: 'kubectl',
  path: '/usr/bin/kubectl',
  flags: GLOBAL_FLAGS,
  on: 'node',
  run,
  complete: (words, index, context) => complete(words, index, context),
}

async function run(context: CommandContext): Promise<number> {
  const found = findVerb(context.argv.slice(1))
  if ('error' in found) return say(context, `error: ${found.error}\n`)
  const { verb, path, args } = found
  if (verb === undefined) return rootRun(context, args)
  if (verb.known) return notEmulated(context, path.slice('kubectl '.length))
  try {
    const specs = [...verb.flags, ...GLOBAL_FLAGS.filter((g) => !verb.flags.some((f) => f.long === g.long))]
    const parsed = parseFlags(specs, args)
    if (parsed.flags.bool('help')) {
      context.mark('modelled')
      context.stdout.write(encodeUtf8(helpText(verb, path)))
      return 0
    }
    for (const name of parsed.flags.names()) {
      if (specs.find((s) => s.long === name)?.status === 'known') throw new NotEmulated(`--${name}`)
    }
    const call = new Invocation(context, parsed.flags, parsed.args, parsed.dash, path)
    context.mark('recorded')
    if (verb.run === undefined) return groupRun(context, verb, path, parsed.args)
    return (await verb.run(call)) ?? 0
  } catch (error) {
    if (error instanceof FlagError) return say(context, `error: ${error.message}\nSee '${path} --help' for usage.\n`)
    const lacking = notEmulatedBy(error)
    if (lacking !== undefined) return notEmulated(context, lacking)
    const told = errorText(error)
    if (told === undefined) throw error
    if (told.text !== '') context.stderr.write(encodeUtf8(told.text.endsWith('\n') ? told.text : `${told.text}\n`))
    return told.code
  }
}

function say(context: CommandContext, text: string): number {
  context.stderr.write(encodeUtf8(text))
  return 1
}

function notEmulated(context: CommandContext, what: string): number {
  context.mark('not emulated')
  context.stderr.write(`chainwalk: kubectl: ${what}: valid, but not emulated here\n`)
  return NOT_EMULATED_EXIT
}

/** `kubectl` without a command: its help, or the mistake in the flags. */
function rootRun(context: CommandContext, args: readonly string[]): number {
  try {
    parseFlags(GLOBAL_FLAGS, args)
  } catch (error) {
    if (error instanceof FlagError) return say(context, `error: ${error.message}\nSee 'kubectl --help' for usage.\n`)
    throw error
  }
  context.mark('modelled')
  context.stdout.write(rootHelp(VERBS))
  return 0
}

/** A group without its command: help; with an unknown one: the error (cmdutil.DefaultSubCommandRun). */
function groupRun(context: CommandContext, verb: Verb, path: string, args: readonly string[]): number {
  if (args.length > 0) return say(context, `error: unknown command "${args.join(' ')}"\nSee '${path} -h' for help and examples\n`)
  context.mark('modelled')
  context.stdout.write(encodeUtf8(helpText(verb, path)))
  return 1
}

interface Found {
  readonly verb: Verb | undefined
  readonly path: string
  readonly args: readonly string[]
}

/** Walks down the tree of commands as cobra's Find does; what is left are the verb's flags and arguments. */
export function findVerb(words: readonly string[]): Found | { readonly error: string } {
  let verbs: readonly Verb[] = VERBS
  let verb: Verb | undefined
  let path = 'kubectl'
  let args = [...words]
  for (;;) {
    const at = firstWord(args, verb?.flags ?? [])
    if (at < 0) return { verb, path, args }
    const next = verbs.find((v) => v.name === args[at] || v.aliases?.includes(args[at]!))
    if (next === undefined) {
      if (verb === undefined) return { error: `unknown command "${args[at]}" for "kubectl"${suggestions(args[at]!, VERBS)}` }
      return { verb, path, args }
    }
    args = args.filter((_, i) => i !== at)
    verb = next
    path += ` ${next.name}`
    verbs = next.verbs ?? []
    if (verbs.length === 0) return { verb, path, args }
  }
}

/** The first word that is neither a flag nor a flag's value (cobra stripFlags). */
function firstWord(args: readonly string[], own: readonly FlagSpec[]): number {
  const specs = [...own, ...GLOBAL_FLAGS]
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!
    if (arg === '--') return -1
    if (arg.startsWith('--')) {
      const spec = specs.find((s) => s.long === arg.slice(2))
      if (!arg.includes('=') && spec?.bare === undefined) i++
    } else if (arg.startsWith('-') && arg.length > 1) {
      const spec = specs.find((s) => s.short === arg[1])
      if (arg.length === 2 && spec?.bare === undefined) i++
    } else return i
  }
  return -1
}
