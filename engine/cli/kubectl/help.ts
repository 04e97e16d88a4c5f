import { COMMAND_FACTS } from './flags/facts.data.ts'
import { GLOBAL_FLAGS } from './flags/groups.ts'
import type { FlagSpec } from './flags/spec.ts'
import { FLAG_WORDS } from './flags/words.data.ts'
import type { Verb } from './verb.ts'

const OPTIONS = 'Use "kubectl options" for a list of global command-line options (applies to all commands).\n'

/** `kubectl VERB --help`: made from the verb's own table, so it never promises a flag that parsing does not know. */
export function helpText(verb: Verb, path: string): string {
  const facts = COMMAND_FACTS[path.replace(/^kubectl /, '')]
  const verbs = [...(verb.verbs ?? [])].sort((x, y) => (x.name < y.name ? -1 : 1))
  const flags = verb.flags.filter((f) => !f.hidden).sort((x, y) => (x.long < y.long ? -1 : 1))
  let out = `${verb.short}.\n`
  if ((facts?.aliases ?? []).length > 0) out += `\nAliases:\n${[verb.name, ...facts!.aliases!].join(', ')}\n`
  if (verbs.length > 0) out += `\nAvailable Commands:\n${list(verbs)}`
  if (flags.length > 0) out += `\nOptions:\n${flags.map(option).join('\n')}`
  const use = `${path} ${facts?.use ?? verb.use ?? ''}`.trim()
  out += `\nUsage:\n  ${use}${use.endsWith('[options]') ? '' : ' [options]'}\n\n`
  if (verbs.length > 0) out += `Use "${path} <command> --help" for more information about a given command.\n`
  return out + OPTIONS
}

/** The commands of `kubectl` alone, by what they are for (kubectl/pkg/cmd/cmd.go). */
const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  ['Basic Commands (Beginner):', ['create', 'expose', 'run', 'set']],
  ['Basic Commands (Intermediate):', ['explain', 'get', 'edit', 'delete']],
  ['Deploy Commands:', ['rollout', 'scale', 'autoscale']],
  ['Cluster Management Commands:', ['certificate', 'cluster-info', 'top', 'cordon', 'uncordon', 'drain', 'taint']],
  [
    'Troubleshooting and Debugging Commands:',
    ['describe', 'logs', 'attach', 'exec', 'port-forward', 'proxy', 'cp', 'auth', 'debug', 'events'],
  ],
  ['Advanced Commands:', ['diff', 'apply', 'patch', 'replace', 'wait', 'kustomize']],
  ['Settings Commands:', ['label', 'annotate', 'completion']],
  ['Subcommands provided by plugins:', []],
  ['Other Commands:', ['alpha', 'api-resources', 'api-versions', 'config', 'plugin', 'version']],
]

/** `kubectl` alone. */
export function rootHelp(verbs: readonly Verb[]): string {
  const width = widthOf(verbs)
  const lines = (names: readonly string[]) =>
    names.map((name) => `  ${name.padEnd(width)}${verbs.find((v) => v.name === name)?.short ?? ''}\n`).join('')
  const groups = GROUPS.map(([title, names]) => `${title}\n${lines(names)}`).join('\n')
  return `kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/\n\n${groups}\nUsage:\n  kubectl [flags] [options]\n\nUse "kubectl <command> --help" for more information about a given command.\n${OPTIONS}`
}

/** `kubectl options`. */
export function globalOptions(): string {
  const flags = GLOBAL_FLAGS.filter((f) => f.long !== 'help').sort((x, y) => (x.long < y.long ? -1 : 1))
  return `The following options can be passed to any command:\n\n${flags.map(option).join('\n')}\n`
}

function widthOf(verbs: readonly Verb[]): number {
  return Math.max(11, ...verbs.map((v) => v.name.length)) + 3
}

function list(verbs: readonly Verb[]): string {
  const width = widthOf(verbs)
  return verbs.map((v) => `  ${v.name.padEnd(width)}${v.short}\n`).join('')
}

function option(spec: FlagSpec): string {
  const words = FLAG_WORDS[spec.long] ?? ''
  const status = spec.status === 'known' ? `${words}${words === '' ? '' : ' '}Valid, but not emulated here.` : words
  return `    ${spec.short === undefined ? '' : `-${spec.short}, `}--${spec.long}=${fallbackOf(spec)}:\n${status === '' ? '' : `\t${status}\n`}`
}

/** A default as pflag shows it. */
function fallbackOf({ type, fallback = '', long }: FlagSpec): string {
  if (long === 'vmodule') return ''
  if (type === 'bool') return fallback || 'false'
  if (type === 'string') return `'${fallback}'`
  if (type.startsWith('string')) return `[${fallback}]`
  return fallback || (type === 'duration' ? '0s' : '0')
}
