import type { Store } from '../api/store.ts'
import type { ApiStream, StreamEvents } from '../apiserver/client.ts'
import type { ExecRequest } from '../apiserver/node-proxy.ts'
import type { Json } from '../base/json.ts'
import type { ContainerProgram, ContainerRuntime } from './container-runtime.ts'
import { onContainerEnd } from './container-watch.ts'

export const SUCCESS: Json = { metadata: {}, status: 'Success' }
/** What a program ends with that SIGKILL ended. */
const KILLED = 137

const GONE: ContainerProgram = { write: () => {}, end: () => {}, resize: () => {}, kill: () => {} }

interface Parts {
  readonly store: Store
  readonly runtime: ContainerRuntime
}

/**
 * Starts a program in a container; how it ended travels as a Status (kubelet's remotecommand ServeExec). What it says once its caller
 * has gone is heard by nobody; the program goes on, unless it had a terminal, which hangs up.
 */
export function execIn(
  { store, runtime }: Parts,
  request: ExecRequest & { readonly command: readonly string[] },
  events: StreamEvents,
): ApiStream {
  let over = false
  let stopWatching = () => {}
  const end = (status: Json) => {
    if (over) return
    over = true
    stopWatching()
    events.onEnd(status)
  }
  const { command, tty } = request
  const started = runtime.start(request, {
    ...(events.behalf === undefined ? {} : { behalf: events.behalf }),
    onOutput: (from, bytes) => {
      if (!over && bytes !== '' && (from === 'stdout' || tty ? request.stdout : request.stderr))
        events.onOutput(tty ? 'stdout' : from, bytes)
    },
    onExit: (code) => end(code === 0 ? SUCCESS : exited(command, code)),
  })
  if ('error' in started) {
    end(failure(`error executing command in container: ${started.error}`))
    return streamOf(GONE, () => {})
  }
  if (!over) {
    stopWatching = onContainerEnd(store, request, () => {
      started.kill()
      end(exited(command, KILLED))
    })
  }
  return streamOf(started, () => {
    over = true
    stopWatching()
    if (tty) started.kill()
    else started.end()
  })
}

/** A program as the far end of a stream; after `close` nothing reaches it. */
export function streamOf(program: ContainerProgram, onClose: () => void): ApiStream {
  let open = true
  return {
    write: (bytes) => {
      if (open) program.write(bytes)
    },
    end: () => {
      if (open) program.end()
    },
    resize: (columns, rows) => {
      if (open) program.resize(columns, rows)
    },
    close: () => {
      if (!open) return
      open = false
      onClose()
    },
  }
}

function exited(command: readonly string[], code: number): Json {
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: error executing command [${command.join(' ')}], exit code ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  }
}

/** apierrors.NewInternalError. */
export function failure(words: string): Json {
  return {
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: ${words}`,
    reason: 'InternalError',
    details: { causes: [{ message: words }] },
    code: 500,
  }
}
