import { attachTo } from './attach.ts'
import { fail, KubectlError } from './errors.ts'
import type { Invocation } from './invocation.ts'
import { pathOf } from './mapper.ts'
import { attachOrLogs, waitForPod } from './pod-wait.ts'
import type { Obj } from './values.ts'

/** Something that `kubectl run` made, for --rm. */
export interface Made {
  readonly resource: string
  readonly object: Obj
}

const isOver = (pod: Obj) => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

const isReady = (pod: Obj) =>
  pod.status?.phase === 'Running' && (pod.status.conditions ?? []).some((c: Obj) => c.type === 'Ready' && c.status === 'True')

/** The part of `kubectl run` after the pod was created: wait until it runs, attach to its program, wait for its end, delete it. */
export async function runAttached(call: Invocation, pod: Obj, made: readonly Made[]): Promise<number> {
  try {
    return await attached(call, pod)
  } finally {
    if (call.flags.bool('rm')) for (const one of made) remove(call, one)
  }
}

async function attached(call: Invocation, made: Obj): Promise<number> {
  const { flags } = call
  const timeout = flags.duration('pod-running-timeout')
  const { name, namespace } = made.metadata
  const pod = await waitForPod(call, { namespace, name }, (p) => isOver(p) || isReady(p), timeout)
  if (pod === undefined) return INTERRUPTED
  const container: string = pod.spec.containers[0].name
  await attachOrLogs(call, pod, container, isOver(pod), () => attachTo(call, pod, { container: '', command: 'kubectl attach' }))
  if (call.context.signal.aborted) return INTERRUPTED
  const policy = pod.spec.restartPolicy
  if (flags.bool('leave-stdin-open') || policy === 'Always') return 0
  const done = await waitForPod(
    call,
    { namespace, name },
    (p) => p.status?.phase === 'Succeeded' || (policy === 'Never' && p.status?.phase === 'Failed'),
    timeout,
  )
  if (done === undefined) return INTERRUPTED
  if (done.status.phase === 'Succeeded') return 0
  const ended = done.status.containerStatuses?.[0]?.state?.terminated
  if (!ended?.exitCode) throw fail(`pod ${namespace}/${name} failed with unknown exit code`)
  throw new KubectlError(`pod ${namespace}/${name} terminated (${ended.reason})\n${ended.message ?? ''}`, ended.exitCode)
}

const INTERRUPTED = 130
/** From here on a deletion is told with its namespace. */
const NAMESPACE_SINCE = 34

function remove(call: Invocation, { resource, object }: Made): void {
  const { name, namespace } = object.metadata
  call.rest.delete(pathOf(call.mapper.resolve(resource), namespace, name), { propagationPolicy: 'Background' })
  if (call.flags.bool('quiet')) return
  call.out(
    `${resource.replace(/s$/, '')} "${name}" deleted${call.minor >= NAMESPACE_SINCE ? ` from ${namespace} namespace` : ''}\n`,
  )
}
