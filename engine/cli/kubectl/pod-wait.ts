import { fail } from './errors.ts'
import type { Invocation } from './invocation.ts'
import { consumeLogs } from './log-streams.ts'
import { pathOf } from './mapper.ts'
import { query } from './rest.ts'
import type { Obj } from './values.ts'
import { waitForEvents } from './wait-events.ts'

/** The pod once `ready` says so of it (watchtools.UntilWithSync); undefined after Ctrl-C. */
export async function waitForPod(
  call: Invocation,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  ready: (pod: Obj) => boolean,
  timeoutMs?: number,
): Promise<Obj | undefined> {
  let found: Obj
  const path = `${pathOf(call.mapper.resolve('pods'), namespace)}${query({ fieldSelector: `metadata.name=${name}`, watch: 'true' })}`
  const came = await waitForEvents(
    call,
    path,
    'application/json',
    (event) => {
      if (event.type === 'DELETED') throw fail('pods "" not found')
      if (event.type === 'BOOKMARK' || !ready(event.object)) return false
      found = event.object
      return true
    },
    timeoutMs,
  )
  if (came) return found
  if (call.context.signal.aborted) return undefined
  throw fail('timed out waiting for the condition')
}

/** A container's status, of whichever sort it is. */
export function containerStatus(pod: Obj, container: string): Obj {
  const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {}
  return [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses].find((s: Obj) => s.name === container)
}

/** Attaches; where that fails, or the program is over already, its log is printed instead. */
export async function attachOrLogs(
  call: Invocation,
  pod: Obj,
  container: string,
  isOver: boolean,
  attach: () => Promise<number>,
): Promise<void> {
  if (!isOver) {
    try {
      await attach()
      return
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const words = error.message.replace(/^error: /, '')
      call.err(`warning: couldn't attach to pod/${pod.metadata.name}, falling back to streaming logs: ${words}\n`)
    }
  }
  await consumeLogs(call, [{ pod, container }], false)
}
