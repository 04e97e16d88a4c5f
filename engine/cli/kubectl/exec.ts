import { containerNames, defaultContainer } from './containers.ts'
import { fail } from './errors.ts'
import { FILENAME_FLAGS } from './flags/groups.ts'
import { accepted, flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { onePod } from './logs.ts'
import { pathOf } from './mapper.ts'
import { type Obj, quote } from './values.ts'
import type { Verb } from './verb.ts'

export const exec: Verb = {
  name: 'exec',
  short: 'Execute a command in a container',
  use: '(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...] [options]',
  completes: 'pod',
  flags: [
    ...FILENAME_FLAGS,
    flag('container', 'string', { short: 'c' }),
    accepted('pod-running-timeout', 'duration', 'the pod named is looked at once', { fallback: '1m0s' }),
    flag('quiet', 'bool', { short: 'q' }),
    flag('stdin', 'bool', { short: 'i' }),
    flag('tty', 'bool', { short: 't' }),
  ],
  run,
}

async function run(call: Invocation): Promise<number> {
  const { flags, args, dash } = call
  if (args.length === 0 || dash === 0) throw call.usage('pod, type/name or --filename must be specified')
  if (dash < 0 && args.length > 1)
    throw fail(
      "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples",
    )
  const command = dash < 0 ? [] : args.slice(dash)
  if (command.length === 0) throw call.usage('you must specify at least one command for the container')
  const pod = onePod(call, args[0]!, true)
  const phase = pod.status?.phase
  if (phase === 'Succeeded' || phase === 'Failed')
    throw fail(`cannot exec into a container in a completed pod; current phase is ${phase}`)
  const container = containerOf(call, pod)
  const params = [
    `container=${encodeURIComponent(container)}`,
    ...command.map((c) => `command=${encodeURIComponent(c)}`),
    'stdout=true',
    'stderr=true',
  ]
  const answer = call.rest.send({
    method: 'POST',
    path: `${pathOf(call.mapper.resolve('pods'), pod.metadata.namespace, pod.metadata.name, 'exec')}?${params.join('&')}`,
  })
  const machine = call.context.machine.container(pod.metadata.namespace, pod.metadata.name, answer.container ?? container)
  if (machine === undefined) throw fail(`unable to upgrade connection: container not found ("${container}")`)
  if (flags.bool('tty') && call.context.tty === undefined)
    call.err('Unable to use a TTY - input is not a terminal or the right kind of file\n')
  const interactive = flags.bool('stdin') && flags.bool('tty') && call.context.tty !== undefined
  const shell = /(?:^|\/)(sh|bash)$/.exec(command[0]!)?.[1]
  if (interactive && shell !== undefined && command.length === 1 && call.context.enterShell !== undefined) {
    call.context.enterShell({ machine, host: pod.metadata.name, kind: 'exec', program: shell as 'sh' | 'bash' })
    return 0
  }
  const stdin = flags.bool('stdin') && call.context.tty === undefined ? await call.context.stdin.text() : undefined
  let held = ''
  const isMissing = () =>
    held === `bash: line 1: ${command[0]}: command not found\n` ||
    held === `bash: line 1: ${command[0]}: No such file or directory\n`
  const exit = await call.context.run(command, {
    machine,
    ...(flags.bool('stdin') && stdin === undefined ? {} : { stdin: stdin ?? '' }),
    stderr: {
      // The shell that stands in for execve says that the program is missing; that is held back until the exit code confirms it.
      write: (text) => {
        held += text
        if (isMissing()) return
        call.context.stderr.write(held)
        held = ''
      },
    },
  })
  if (exit === 127 && isMissing()) throw missing(call, command[0]!)
  call.context.stderr.write(held)
  if (exit !== 0) call.err(`command terminated with exit code ${exit}\n`)
  return exit
}

function containerOf(call: Invocation, pod: Obj): string {
  const asked = call.flags.text('container')
  if (asked === '') return defaultContainer(call, pod, call.flags.bool('quiet'))
  if (!containerNames(pod).includes(asked)) throw fail(`container ${asked} not found in pod ${pod.metadata.name}`)
  return asked
}

/** A program that the image lacks is told by the container runtime (containerd's words), through the API server. */
function missing(call: Invocation, program: string): Error {
  let id = ''
  for (let i = 0; i < 8; i++) id += call.context.machine.dice.u32().toString(16).padStart(8, '0')
  const where = program.includes('/') ? `stat ${program}: no such file or directory` : 'executable file not found in $PATH'
  return fail(
    `Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: exec failed: unable to start container process: exec: ${quote(program)}: ${where}: unknown`,
  )
}
