import { GLOBAL_FLAGS } from './flags/groups.ts'
import type { FlagSpec } from './flags/spec.ts'
import type { Verb } from './verb.ts'

/** `kubectl VERB --help`: made from the verb's own table, so it never promises a flag that parsing does not know. */
export function helpText(verb: Verb, path: string): string {
  let out = `${verb.short}\n`
  if (verb.verbs !== undefined) {
    out += `\nAvailable Commands:\n${list(verb.verbs)}`
  }
  if (verb.flags.length > 0) out += `\nOptions:\n${[...verb.flags].sort(byName).map(option).join('\n')}`
  const usage =
    verb.verbs !== undefined && verb.run === undefined ? `${path} SUBCOMMAND [options]` : `${path} ${verb.use ?? ''}`.trim()
  return `${out}\nUsage:\n  ${usage}\n\nUse "kubectl options" for a list of global command-line options (applies to all commands).\n`
}

/** `kubectl` alone. */
export function rootHelp(verbs: readonly Verb[]): string {
  return `kubectl controls the Kubernetes cluster manager.\n\nCommands:\n${list(verbs)}\nUsage:\n  kubectl [flags] [options]\n\nUse "kubectl <command> --help" for more information about a given command.\nUse "kubectl options" for a list of global command-line options (applies to all commands).\n`
}

/** `kubectl options`. */
export function globalOptions(): string {
  return `The following options can be passed to any command:\n\n${GLOBAL_FLAGS.map(option).join('\n')}`
}

function byName(x: FlagSpec, y: FlagSpec): number {
  return x.long < y.long ? -1 : 1
}

function list(verbs: readonly Verb[]): string {
  const width = Math.max(...verbs.map((v) => v.name.length)) + 2
  return verbs.map((v) => `  ${v.name.padEnd(width)}${v.short}\n`).join('')
}

function option(spec: FlagSpec): string {
  const fallback =
    spec.type === 'bool'
      ? spec.fallback || 'false'
      : spec.type.startsWith('string')
        ? `'${spec.fallback ?? ''}'`
        : spec.fallback || '0'
  const status = spec.status === 'known' ? 'Valid, but not emulated here.' : (spec.help ?? '')
  return `    ${spec.short === undefined ? '' : `-${spec.short}, `}--${spec.long}=${fallback}:\n${status === '' ? '' : `\t${status}\n`}`
}
