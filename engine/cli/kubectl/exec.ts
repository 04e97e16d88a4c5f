import { fail } from './errors.ts'
import { FILENAME_FLAGS } from './flags/groups.ts'
import { accepted, flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { onePod } from './logs.ts'
import { pathOf } from './mapper.ts'
import type { Obj } from './values.ts'
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
  const pod = onePod(call, args[0]!)
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
  const stdin = flags.bool('stdin') && call.context.tty === undefined ? await call.context.stdin.text() : undefined
  const exit = await call.context.run(command, {
    machine,
    ...(flags.bool('stdin') && stdin === undefined ? {} : { stdin: stdin ?? '' }),
  })
  if (exit !== 0) call.err(`command terminated with exit code ${exit}\n`)
  return exit
}

function containerOf(call: Invocation, pod: Obj): string {
  const main: string[] = pod.spec.containers.map((c: Obj) => c.name)
  const others: string[] = [...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])].map((c: Obj) => c.name)
  const asked = call.flags.text('container')
  if (asked !== '') {
    if (![...main, ...others].includes(asked)) throw fail(`container ${asked} not found in pod ${pod.metadata.name}`)
    return asked
  }
  const noted = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container']
  if (noted !== undefined && main.includes(noted)) return noted
  if (main.length > 1 && !call.flags.bool('quiet')) call.err(`Defaulted container "${main[0]}" out of: ${main.join(', ')}\n`)
  return main[0]!
}
