import { encodeUtf8 } from '../../base/utf8.ts'
import { type Command, type CommandContext, type Fidelity, NOT_EMULATED_EXIT } from '../command.ts'
import { complete } from './complete.ts'
import { errorText, NotEmulated, notEmulatedBy, StatusError } from './errors.ts'
import { findVerb } from './find-verb.ts'
import { DEPRECATED } from './flags/facts.ts'
import { GLOBAL_FLAGS } from './flags/groups.ts'
import { FlagError, parseFlags } from './flags/parse.ts'
import { helpText, rootHelp } from './help.ts'
import type { HttpLog } from './http-log.ts'
import { Invocation } from './invocation.ts'
import { partsOf } from './parts.ts'
import { RECORDED, RECORDED_MINOR, RECORDED_MORE, VERSIONED } from './recorded.data.ts'
import { suggestions } from './suggest.ts'
import type { Verb } from './verb.ts'
import { VERBS } from './verbs.ts'

export const kubectl: Command = {
  name: 'kubectl',
  path: '/usr/bin/kubectl',
  flags: GLOBAL_FLAGS,
  parts: partsOf(VERBS),
  on: 'node',
  run,
  complete: (words, index, context) => complete(VERBS, words, index, context),
}

async function run(context: CommandContext): Promise<number> {
  const { verb, path, args, unknown } = findVerb(VERBS, context.argv.slice(1))
  if (unknown === 'help')
    return helpRun(
      context,
      args.filter((a) => a !== 'help'),
    )
  if (unknown !== undefined) {
    const near = suggestions(unknown, VERBS)
    context.mark(near === '' ? 'recorded' : 'modelled')
    return say(context, `error: unknown command "${unknown}" for "kubectl"${near === '' ? '\n' : near}`)
  }
  if (verb === undefined) return rootRun(context, args)
  if (verb.known) return notEmulated(context, path.slice('kubectl '.length))
  let log: HttpLog | undefined
  try {
    const specs = [...verb.flags, ...GLOBAL_FLAGS.filter((g) => !verb.flags.some((f) => f.long === g.long))]
    const parsed = parseFlags(specs, args)
    if (parsed.flags.bool('help')) {
      context.mark('modelled')
      context.stdout.write(encodeUtf8(helpText(verb, path)))
      return 0
    }
    for (const name of parsed.flags.names()) {
      if (DEPRECATED[name] !== undefined && specs.find((s) => s.long === name)?.hidden)
        context.stderr.write(`Flag --${name} has been deprecated, ${DEPRECATED[name]}\n`)
      if (specs.find((s) => s.long === name)?.status === 'known') throw new NotEmulated(`--${name}`)
    }
    const call = new Invocation(context, parsed.flags, parsed.args, parsed.dash, path)
    context.mark(fidelityOf(path.slice('kubectl '.length), parsed.flags.names(), call.minor))
    // Typed requests travel as protobuf, whose bytes nobody here has.
    if (parsed.flags.int('v') >= 8 && /^kubectl (create \w+|run|expose|autoscale)$/.test(path))
      throw new NotEmulated('-v=8 of a request in protobuf')
    log = call.log
    log?.start()
    if (verb.run === undefined) return groupRun(context, verb, path, parsed.args)
    const code = (await verb.run(call)) ?? 0
    return warned(call) ? say(context, warnedText(call)) : code
  } catch (error) {
    if (error instanceof FlagError) {
      context.mark(error.message.startsWith('unknown flag') ? 'recorded' : 'modelled')
      return say(context, `error: ${error.message}\nSee '${path} --help' for usage.\n`)
    }
    const lacking = notEmulatedBy(error)
    if (lacking !== undefined) return notEmulated(context, lacking)
    if (error instanceof StatusError) log?.failure(error.status)
    const told = errorText(error)
    if (told === undefined) throw error
    if (told.text !== '') context.stderr.write(encodeUtf8(told.text.endsWith('\n') ? told.text : `${told.text}\n`))
    return told.code
  }
}

/** --warnings-as-errors: whether the server warned of anything. */
function warned(call: Invocation): boolean {
  return call.flags.bool('warnings-as-errors') && call.warnings > 0
}

function warnedText({ warnings }: Invocation): string {
  return `error: ${warnings} warning${warnings === 1 ? '' : 's'} received\n`
}

/** An answer is as sure as the weakest of its command, its flags and the version that was recorded. */
function fidelityOf(command: string, flags: readonly string[], minor: number): Fidelity {
  const [recorded, more] = [RECORDED[command], RECORDED_MORE[command]]
  const covered = (lists: readonly (readonly string[] | undefined)[]) =>
    lists.some((l) => l !== undefined) && flags.every((name) => lists.some((l) => l?.includes(name)))
  // The second suite says nothing about other versions.
  if (minor === RECORDED_MINOR) return covered([recorded, more]) ? 'recorded' : 'modelled'
  if (!covered([recorded])) return 'modelled'
  return VERSIONED.some((v) => command === v || command.startsWith(`${v} `)) ? 'modelled' : 'recorded'
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

/** `kubectl help [COMMAND…]`. */
function helpRun(context: CommandContext, words: readonly string[]): number {
  context.mark('modelled')
  const { verb, path, unknown } = findVerb(VERBS, words)
  if (words.length === 0) context.stdout.write(encodeUtf8(rootHelp(VERBS)))
  else if (verb === undefined || unknown !== undefined) {
    const help = rootHelp(VERBS)
    context.stderr.write(
      encodeUtf8(`Unknown help topic [\`${words.join(' ')}\`]\n\n\n${help.slice(help.indexOf('Basic Commands'))}`),
    )
  } else context.stdout.write(encodeUtf8(helpText(verb, path)))
  return 0
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
  const to = verb.helpToStderr ? context.stderr : context.stdout
  to.write(encodeUtf8(helpText(verb, path)))
  return 1
}
