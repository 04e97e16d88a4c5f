import type { ApiStream } from '../../apiserver/client.ts'
import { NOT_EMULATED_EXIT } from '../command.ts'
import { fail } from './errors.ts'
import type { Invocation } from './invocation.ts'
import { UpgradeRefused } from './rest.ts'
import type { Obj } from './values.ts'

/** What a remote program's streams are joined to. */
export interface Remote {
  /** ".../exec?command=ls": container and command; the streams are added here. */
  readonly path: string
  readonly stdin: boolean
  /** The remote side has a terminal, and ours is raw. */
  readonly tty: boolean
  /** Where its output goes instead of ours. */
  onOutput?(from: 'stdout' | 'stderr', bytes: string): void
  /** What it reads instead of ours. */
  readonly input?: string
}

/** From here on kubectl tries WebSockets first; the API server answers those itself (TranslateStreamCloseWebsocketRequests). */
const WEBSOCKETS_SINCE = 31

/**
 * Runs until the remote program has ended; its exit code. Throws what the error channel said. Ctrl-C ends kubectl, not the program, unless
 * the terminal is the program's.
 */
export async function runRemote(call: Invocation, remote: Remote): Promise<number> {
  const { context } = call
  let status: Obj
  let wake = () => {}
  const write = remote.onOutput ?? ((from, bytes) => (from === 'stderr' ? context.stderr : context.stdout).write(bytes))
  const stream = opened(call, remote, {
    behalf: context.behalf,
    onOutput: write,
    onEnd: (end) => {
      status = end
      wake()
    },
  })
  const finish = join(call, remote, stream)
  const stop = context.signal.onAbort(() => wake())
  while (status === undefined && !context.signal.aborted) {
    await new Promise<void>((resolve) => {
      wake = resolve
    })
  }
  stop()
  finish()
  stream.close()
  if (status === undefined) return INTERRUPTED
  return exitOf(call, status)
}

const INTERRUPTED = 130

function opened(call: Invocation, remote: Remote, events: Parameters<Invocation['rest']['stream']>[1]): ApiStream {
  const streams = [remote.stdin ? 'stdin=true' : '', 'stdout=true', remote.tty ? 'tty=true' : 'stderr=true'].filter(
    (s) => s !== '',
  )
  try {
    return call.rest.stream(`${remote.path}${remote.path.includes('?') ? '&' : '?'}${streams.join('&')}`, events)
  } catch (error) {
    if (!(error instanceof UpgradeRefused)) throw error
    const words = `unable to upgrade connection: ${error.message}`
    throw fail(call.minor >= WEBSOCKETS_SINCE ? `Internal error occurred: ${words}` : words)
  }
}

/** Joins our input to the stream; returns how to let go of it. */
function join(call: Invocation, { stdin, tty, input }: Remote, stream: ApiStream): () => void {
  const { context } = call
  if (!stdin) return () => {}
  if (tty && context.tty !== undefined) {
    stream.resize(context.tty.columns, context.tty.rows)
    return context.tty.grabKeys((keys) => stream.write(keys), { interrupts: true })
  }
  let joined = true
  const pump = async () => {
    if (input !== undefined) stream.write(input)
    else {
      for (let piece = await context.stdin.piece(); piece !== undefined && joined; piece = await context.stdin.piece()) {
        stream.write(piece)
        if (!joined) return
      }
    }
    if (joined) stream.end()
  }
  void pump()
  return () => {
    joined = false
  }
}

/** The exit code that a Status tells of, or its error (remotecommand errorDecoderV4). */
function exitOf(call: Invocation, status: Obj): number {
  if (status.status === 'Success') return 0
  if (status.reason !== 'NonZeroExitCode') throw fail(status.message)
  const cause = (status.details?.causes ?? []).find((c: Obj) => c.reason === 'ExitCode')
  const code = Number(cause?.message ?? 1)
  if (code === NOT_EMULATED_EXIT) call.context.mark('not emulated')
  return code
}
