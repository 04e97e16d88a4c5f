import { attachablePod } from './attachable-pod.ts'
import { defaultContainer } from './containers.ts'
import { fail } from './errors.ts'
import { FILENAME_FLAGS } from './flags/groups.ts'
import { flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { manifestTargets } from './manifests.ts'
import { pathOf } from './mapper.ts'
import { runRemote } from './remote-program.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

export const exec: Verb = {
  name: 'exec',
  short: 'Execute a command in a container',
  use: '(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...] [options]',
  completes: 'pod',
  flags: [
    ...FILENAME_FLAGS.filter((f) => f.long === 'filename'),
    flag('container', 'string', { short: 'c' }),
    flag('pod-running-timeout', 'duration', { fallback: '1m0s' }),
    flag('quiet', 'bool', { short: 'q' }),
    flag('stdin', 'bool', { short: 'i' }),
    flag('tty', 'bool', { short: 't' }),
  ],
  run,
}

async function run(call: Invocation): Promise<number> {
  const { flags, args, dash } = call
  const files = flags.list('filename')
  const name = dash !== 0 ? args[0] : undefined
  if (dash < 0 && (args.length > 1 || (args.length > 0 && files.length > 0)))
    throw call.usage('exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead')
  const command = dash < 0 ? [] : args.slice(dash)
  if (flags.duration('pod-running-timeout') <= 0) throw call.usage('--pod-running-timeout must be higher than zero')
  if (name === undefined && files.length === 0) throw fail('pod, type/name or --filename must be specified')
  if (command.length === 0) throw fail('you must specify at least one command for the container')
  const pod = await attachablePod(call, name === undefined ? await manifestWords(call, files) : [name])
  const phase = pod.status?.phase
  if (phase === 'Succeeded' || phase === 'Failed')
    throw fail(`cannot exec into a container in a completed pod; current phase is ${phase}`)
  const container = flags.text('container') || defaultContainer(call, pod, flags.bool('quiet'))
  const tty = usesTty(call)
  const exit = await execIn(call, pod, container, command, { stdin: flags.bool('stdin'), tty })
  if (exit !== 0 && !call.context.signal.aborted) call.err(`command terminated with exit code ${exit}\n`)
  return exit
}

/** Whether the remote side gets a terminal: asked for, with input, and ours is one (SetupTTY). */
export function usesTty(call: Invocation): boolean {
  const { flags, context } = call
  if (!flags.bool('stdin') || !flags.bool('tty')) return false
  if (context.tty !== undefined && context.stdin.isTty) return true
  if (!flags.bool('quiet')) call.err('Unable to use a TTY - input is not a terminal or the right kind of file\n')
  return false
}

/** Runs the command in the container; an interactive shell on a terminal becomes a level of ours, with our line editing. */
export async function execIn(
  call: Invocation,
  pod: Obj,
  container: string,
  command: readonly string[],
  streams: { readonly stdin: boolean; readonly tty: boolean },
): Promise<number> {
  const { namespace, name } = pod.metadata
  const base = pathOf(call.mapper.resolve('pods'), namespace, name, 'exec')
  const path = (words: readonly string[]) =>
    `${base}?${[...words.map((c) => `command=${encodeURIComponent(c)}`), `container=${encodeURIComponent(container)}`].join('&')}`
  const shell = /(?:^|\/)(sh|bash)$/.exec(command[0] ?? '')?.[1]
  const { enterShell, machine } = call.context
  if (!streams.tty || shell === undefined || command.length > 1 || enterShell === undefined)
    return runRemote(call, { path: path(command), ...streams })
  // That it can be started is asked as for any other program.
  const can = await runRemote(call, { path: path([command[0] as string, '-c', ':']), stdin: false, tty: false })
  const there = machine.container(namespace, name, container)
  if (can !== 0 || there === undefined) return can
  enterShell({ machine: there, host: name, kind: 'exec', program: shell as 'sh' | 'bash' })
  return 0
}

/** The one object of the files, as TYPE and NAME. */
async function manifestWords(call: Invocation, files: readonly string[]): Promise<string[]> {
  const found = await manifestTargets(call, files)
  if (found.length !== 1) throw fail('cannot exec into multiple objects at a time')
  const { mapping, name = '' } = found[0]!
  return [mapping.resource, name]
}
