import type { ApiForward } from '../../apiserver/client.ts'
import { namedObject, podsOf } from './attachable-pod.ts'
import { fail } from './errors.ts'
import { flag } from './flags/spec.ts'
import { addressesToListen, type ForwardedPort, type ListenAddress, parsePorts, podPorts, servicePorts } from './forward-ports.ts'
import type { Invocation } from './invocation.ts'
import { klogError } from './klog.ts'
import { kubectlPid, listenOn } from './listen.ts'
import { pathOf } from './mapper.ts'
import { relay } from './relay.ts'
import { UpgradeRefused } from './rest.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

export const portForward: Verb = {
  name: 'port-forward',
  short: 'Forward one or more local ports to a pod',
  use: 'TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  completes: 'pod',
  flags: [
    flag('address', 'stringSlice', { fallback: 'localhost' }),
    flag('pod-running-timeout', 'duration', { fallback: '1m0s' }),
  ],
  run,
}

async function run(call: Invocation): Promise<number> {
  const { flags, args, context } = call
  if (args.length < 2) throw call.usage('TYPE/NAME and list of ports are required for port-forward')
  if (flags.duration('pod-running-timeout') <= 0) throw call.usage('--pod-running-timeout must be higher than zero')
  const object = namedObject(call, [args[0] as string])
  const chosen = object.kind === 'Pod' ? object : ((await podsOf(call, object, 'program', 'cannot attach to'))[0] as Obj)
  const words = args.slice(1)
  const ports = object.kind === 'Service' ? servicePorts(words, object, chosen) : podPorts(words, chosen)
  const path = pathOf(call.mapper.resolve('pods'), chosen.metadata.namespace, chosen.metadata.name)
  const pod = call.rest.get(path)
  if (pod.status?.phase !== 'Running')
    throw fail(`unable to forward port because pod is not running. Current status=${pod.status?.phase ?? ''}`)
  const addresses = addressesToListen(flags.list('address'))
  const parsed = parsePorts(ports)
  const forward = dialed(call, `${path}/portforward`)
  const lost = { now: false, wake: () => {} }
  const closes = listenOnAll(call, forward, addresses, parsed, lost)
  const stop = context.signal.onAbort(() => lost.wake())
  while (!context.signal.aborted && !lost.now) {
    await new Promise<void>((resolve) => {
      lost.wake = resolve
    })
  }
  stop()
  for (const close of closes) close()
  forward.close()
  if (lost.now) throw fail('lost connection to pod')
  return 0
}

function dialed(call: Invocation, path: string): ApiForward {
  try {
    return call.rest.forward(path)
  } catch (error) {
    const words = error instanceof UpgradeRefused ? `unable to upgrade connection: ${error.message}` : (error as Error).message
    throw fail(`error upgrading connection: ${words}`)
  }
}

type Lost = { now: boolean; wake(): void }

/** Listens for every port; that some cannot be had is told, that none can ends it. Returns how to close everything. */
function listenOnAll(
  call: Invocation,
  forward: ApiForward,
  addresses: readonly ListenAddress[],
  ports: readonly ForwardedPort[],
  lost: Lost,
): (() => void)[] {
  const closes: (() => void)[] = []
  let some = false
  const seen: ForwardedPort[] = []
  const pid = kubectlPid(call)
  for (const port of ports) {
    const held = { ...port }
    const errors: string[] = []
    const outcome = { all: [0, 0], any: [0, 0] }
    for (const { address, mode } of addresses) {
      const listener = listenOn(call, address, held.local, pid)
      if ('error' in listener) {
        errors.push(`unable to create listener: Error ${listener.error}`)
        outcome[mode][1]!++
        continue
      }
      outcome[mode][0]!++
      held.local = listener.port
      const shown = address.includes(':') ? `[${address}]` : address
      call.out(`Forwarding from ${shown}:${held.local} -> ${held.remote}\n`)
      closes.push(listener.close)
      listener.onConnection((connection) => {
        call.out(`Handling connection for ${held.local}\n`)
        const failed = (text: string) => {
          klogError(call, 'portforward.go:424', `an error occurred forwarding ${held.local} -> ${held.remote}: ${text}`)
          lost.now = true
          lost.wake()
        }
        closes.push(relay(connection, forward, held.remote, { failed, sleep: (ms) => call.context.sleep(ms) }))
      })
    }
    seen.push(held)
    if ((outcome.all[0] === 0 && outcome.all[1]! > 0) || outcome.any[1]! > 0)
      call.err(
        `Unable to listen on port ${held.local}: Listeners failed to create with the following errors: [${errors.join(' ')}]\n`,
      )
    else some = true
  }
  if (some) return closes
  for (const close of closes) close()
  forward.close()
  throw fail(`unable to listen on any of the requested ports: [${seen.map((p) => `{${p.local} ${p.remote}}`).join(' ')}]`)
}
