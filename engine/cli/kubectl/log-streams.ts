import type { WatchEvent } from '../../apiserver/client.ts'
import { errorText } from './errors.ts'
import type { Invocation } from './invocation.ts'
import { pathOf } from './mapper.ts'
import { query } from './rest.ts'
import type { Obj } from './values.ts'

/** A container whose log is read. */
export interface LogSource {
  readonly pod: Obj
  readonly container: string
}

const DEFAULT_TAIL = 10

/** Prints the logs: one after the other, or side by side when several are followed. */
export async function consumeLogs(
  call: Invocation,
  sources: readonly LogSource[],
  follow = call.flags.bool('follow'),
): Promise<number> {
  if (!follow) {
    for (const source of sources)
      if (!tolerated(call, () => print(call, source, String(call.rest.get(pathFor(call, source)))))) return 1
    return 0
  }
  if (sources.length > 1) return followAll(call, sources)
  for (const source of sources) await followAll(call, [source])
  return call.context.signal.aborted ? INTERRUPTED : 0
}

const INTERRUPTED = 130

function tolerated(call: Invocation, act: () => void): boolean {
  try {
    act()
    return true
  } catch (error) {
    if (!call.flags.bool('ignore-errors')) throw error
    const told = error instanceof Error && errorText(error) !== undefined ? error.message : undefined
    if (told === undefined) throw error
    call.out(`error: ${told}\n`)
    return true
  }
}

/** Every log until the last has ended, or Ctrl-C. */
async function followAll(call: Invocation, sources: readonly LogSource[]): Promise<number> {
  let open = 0
  let wake = () => {}
  const stops: (() => void)[] = []
  for (const source of sources) {
    const onEvent = (event: WatchEvent) => {
      if (event.type === 'DELETED') open--
      else print(call, source, String(event.object))
      wake()
    }
    tolerated(call, () => {
      open++
      try {
        stops.push(call.rest.watch(`${pathFor(call, source)}&follow=true`, onEvent, 'text/plain').stop)
      } catch (error) {
        open--
        throw error
      }
    })
  }
  stops.push(call.context.signal.onAbort(() => wake()))
  while (open > 0 && !call.context.signal.aborted) {
    await new Promise<void>((resolve) => {
      wake = resolve
    })
  }
  for (const stop of stops) stop()
  return call.context.signal.aborted ? INTERRUPTED : 0
}

function print(call: Invocation, { pod, container }: LogSource, text: string): void {
  const wanted = call.flags.bool('prefix') || call.flags.bool('all-pods')
  call.context.stdout.write(wanted ? text.replace(/^(?=.)/gm, `[pod/${pod.metadata.name}/${container}] `) : text)
}

function pathFor(call: Invocation, source: LogSource): string {
  const { flags } = call
  const { name, namespace } = source.pod.metadata
  const since = Math.round(flags.duration('since') / 1000)
  const tail = flags.changed('tail') ? flags.int('tail') : flags.text('selector') === '' ? -1 : DEFAULT_TAIL
  const params = {
    container: source.container,
    previous: flags.bool('previous') ? 'true' : undefined,
    timestamps: flags.bool('timestamps') ? 'true' : undefined,
    tailLines: tail === -1 ? undefined : String(tail),
    limitBytes: flags.int('limit-bytes') !== 0 ? String(flags.int('limit-bytes')) : undefined,
    sinceSeconds: flags.duration('since') === 0 ? undefined : String(since),
    sinceTime: flags.text('since-time'),
  }
  return pathOf(call.mapper.resolve('pods'), namespace, name, 'log') + query(params)
}
