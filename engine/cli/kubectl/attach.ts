import { attachablePod } from './attachable-pod.ts'
import { containerSpec, defaultContainer } from './containers.ts'
import { fail } from './errors.ts'
import { usesTty } from './exec.ts'
import { flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { pathOf } from './mapper.ts'
import { runRemote } from './remote-program.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

export const attach: Verb = {
  name: 'attach',
  short: 'Attach to a running container',
  use: '(POD | TYPE/NAME) -c CONTAINER [options]',
  completes: 'pod',
  flags: [
    flag('container', 'string', { short: 'c' }),
    flag('pod-running-timeout', 'duration', { fallback: '1m0s' }),
    flag('quiet', 'bool', { short: 'q' }),
    flag('stdin', 'bool', { short: 'i' }),
    flag('tty', 'bool', { short: 't' }),
  ],
  run,
}

const RECORDED =
  'All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\n'
/** The release whose kubectl says so. */
const RECORDED_SINCE = 35

async function run(call: Invocation): Promise<number> {
  const { flags, args } = call
  if (flags.duration('pod-running-timeout') <= 0 && flags.changed('pod-running-timeout'))
    throw call.usage('--pod-running-timeout must be higher than zero')
  if (args.length === 0) throw fail('at least 1 argument is required for attach')
  if (args.length > 2)
    throw fail(`expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`)
  const pod = await attachablePod(call, args)
  const phase = pod.status?.phase
  if (phase === 'Succeeded' || phase === 'Failed')
    throw fail(`cannot attach a container in a completed pod; current phase is ${phase}`)
  return attachTo(call, pod, { container: flags.text('container'), command: 'kubectl attach' })
}

/** Joins our terminal to what the container runs; `command` is how one would come back. */
export async function attachTo(
  call: Invocation,
  pod: Obj,
  { container: asked, command }: { readonly container: string; readonly command: string },
): Promise<number> {
  const { flags } = call
  const quiet = flags.bool('quiet')
  if (asked !== '' && containerSpec(pod, asked) === undefined)
    throw fail(`cannot attach to the container: container ${asked} not found in pod ${pod.metadata.name}`)
  const container = asked || defaultContainer(call, pod, quiet)
  const hasTty = containerSpec(pod, container)?.spec.tty === true
  const wanted = flags.bool('tty')
  if (wanted && !hasTty && !quiet) call.err(`error: Unable to use a TTY - container ${container} did not allocate one\n`)
  const tty = hasTty && flags.bool('stdin') && (usesTty(call) || terminalOf(call, wanted))
  if (!quiet) {
    if (call.minor >= RECORDED_SINCE) call.err(RECORDED)
    call.err("If you don't see a command prompt, try pressing enter.\n")
  }
  const path = pathOf(call.mapper.resolve('pods'), pod.metadata.namespace, pod.metadata.name, 'attach')
  const stdin = flags.bool('stdin')
  const exit = await runRemote(call, { path: `${path}?container=${encodeURIComponent(container)}`, stdin, tty })
  if (call.context.signal.aborted || exit !== 0) return exit
  const message = quiet || !stdin || !tty ? undefined : reattach(pod, container, command)
  if (message !== undefined) call.out(`${message}\n`)
  return 0
}

/** A container with a terminal gets ours also where -t was not given. */
function terminalOf(call: Invocation, asked: boolean): boolean {
  return !asked && call.context.tty !== undefined && call.context.stdin.isTty
}

function reattach(pod: Obj, container: string, command: string): string | undefined {
  if (pod.spec.restartPolicy !== 'Always') return undefined
  const again = `'${command} ${pod.metadata.name} -c ${container} -i -t'`
  return containerSpec(pod, container)?.sort === 'ephemeral'
    ? `Session ended, the ephemeral container will not be restarted but may be reattached using ${again} if it is still running`
    : `Session ended, resume using ${again} command when the pod is running`
}
