import { fail, silentExit } from './errors.ts'
import type { Invocation } from './invocation.ts'
import type { Obj } from './values.ts'

const STEP_MS = 100
/** --pod-running-timeout. */
const RUNNING_MS = 60_000

/**
 * The part of `kubectl run --rm -i` after the pod was created: wait until it runs, attach to its program, delete it. The program
 * runs here, on the container's machine, while one is attached: the kubelet's workloads do not execute arbitrary commands.
 */
export async function runAttached(call: Invocation, pod: Obj, command: readonly string[]): Promise<number> {
  call.context.mark('modelled')
  const { name, namespace } = pod.metadata
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`
  const remove = () => {
    // The program has ended, so nothing is left to be waited for: a real kubelet lets such a pod go at once.
    call.rest.delete(path, { gracePeriodSeconds: 0, propagationPolicy: 'Background' })
    call.out(`pod "${name}" deleted${call.minor >= 34 ? ` from ${namespace} namespace` : ''}\n`)
  }
  const deadline = call.now + RUNNING_MS
  while (call.rest.get(path).status?.phase !== 'Running') {
    if (call.context.signal.aborted) {
      remove()
      throw silentExit(130)
    }
    if (call.now >= deadline) {
      remove()
      throw fail('timed out waiting for the condition')
    }
    await call.context.sleep(STEP_MS)
  }
  if (!call.flags.bool('quiet')) call.err("If you don't see a command prompt, try pressing enter.\n")
  const machine = call.context.machine.container(namespace, name, pod.spec.containers[0].name)
  if (machine === undefined) {
    remove()
    throw fail(`unable to upgrade connection: container ${name} not found in pod ${name}_${namespace}`)
  }
  const stdin = call.context.tty === undefined ? await call.context.stdin.text() : undefined
  const exit = await call.context.run(command, { machine, ...(stdin === undefined ? {} : { stdin }) })
  remove()
  if (exit !== 0 && pod.spec.restartPolicy === 'Never') {
    call.err(`pod ${namespace}/${name} terminated (Error)\n`)
    return exit
  }
  return 0
}
