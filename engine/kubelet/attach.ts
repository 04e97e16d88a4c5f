import type { Store } from '../api/store.ts'
import type { ApiStream, StreamEvents } from '../apiserver/client.ts'
import type { ExecRequest } from '../apiserver/node-proxy.ts'
import { onContainerEnd } from './container-watch.ts'
import { SUCCESS, streamOf } from './exec.ts'
import type { ContainerLogs } from './logs.ts'
import type { MainPrograms } from './main-programs.ts'

interface Parts {
  readonly store: Store
  readonly logs: ContainerLogs
  readonly mains: MainPrograms
}

/**
 * Joins what a container runs: its output from now on, and its standard input where it has one. The container goes on when its caller
 * leaves (kubelet's remotecommand ServeAttach).
 */
export function attachTo({ store, logs, mains }: Parts, request: ExecRequest, events: StreamEvents): ApiStream {
  const { namespace, pod, container } = request
  const main = mains.of(request)
  const stops: (() => void)[] = []
  const leave = () => {
    for (const stop of stops.splice(0)) stop()
  }
  let over = false
  const end = () => {
    if (over) return
    over = true
    leave()
    events.onEnd(SUCCESS)
  }
  if (main === undefined) {
    const log = { namespace, pod, container, previous: false, timestamps: false }
    stops.push(logs.follow(log, (text) => request.stdout && events.onOutput('stdout', text)))
  } else {
    const hear = (from: 'stdout' | 'stderr', bytes: string) => {
      if (from === 'stdout' ? request.stdout : request.stderr) events.onOutput(from, bytes)
    }
    stops.push(main.listen(hear, end))
  }
  if (!over) stops.push(onContainerEnd(store, request, end))
  const nobody = { write: () => {}, end: () => {}, resize: () => {}, kill: () => {} }
  return streamOf(request.stdin ? (main?.program ?? nobody) : { ...nobody, resize: (c, r) => main?.program.resize(c, r) }, () => {
    over = true
    // stdinOnce: the input of the container ends with its first client's.
    if (request.stdin && main?.stdinOnce && !main.tty) main.program.end()
    leave()
  })
}
