import { parseLabelSelector } from '../../api/label-selector.ts'
import { goDuration } from '../../base/duration.ts'
import { fetchObjects, listItems, targets } from './builder.ts'
import { dryRunOf, writeQuery } from './dry-run.ts'
import { fail, isNotFound, notEmulatedBy, StatusError, silentExit, throwAll } from './errors.ts'
import { DRY_RUN, SELECTOR } from './flags/groups.ts'
import { accepted, flag, known } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { pathOf } from './mapper.ts'
import { ResultPrinter } from './print/printer.ts'
import { query } from './rest.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

export const drain: Verb = {
  name: 'drain',
  short: 'Drain node in preparation for maintenance',
  use: 'NODE [options]',
  completes: 'node',
  flags: [
    DRY_RUN,
    SELECTOR,
    accepted('chunk-size', 'int64', 'lists come whole', { fallback: '500' }),
    flag('delete-emptydir-data', 'bool'),
    known('disable-eviction', 'bool'),
    flag('force', 'bool'),
    flag('grace-period', 'int', { fallback: '-1' }),
    flag('ignore-daemonsets', 'bool'),
    flag('pod-selector', 'string'),
    known('skip-wait-for-delete-timeout', 'int'),
    flag('timeout', 'duration', { fallback: '0s' }),
  ],
  run,
}

async function run(call: Invocation): Promise<undefined> {
  const selector = call.flags.text('selector')
  if (call.args.length === 0 && selector === '') throw call.usage('USAGE: drain NODE [flags]')
  if (call.args.length > 0 && selector !== '') throw call.usage('error: cannot specify both a node name and a --selector option')
  checkPodSelector(call)
  const dryRun = dryRunOf(call)
  const printer = new ResultPrinter(call, dryRun)
  const { objects, errors } = fetchObjects(call, targets(call, ['nodes', ...call.args], { selector }), { selector })
  throwAll(errors)
  for (const { mapping, object } of objects) {
    const cordoned = object.spec?.unschedulable === true
    if (!cordoned && dryRun !== 'client') {
      call.rest.patch(
        pathOf(mapping, undefined, object.metadata.name) + writeQuery(call, dryRun),
        'application/strategic-merge-patch+json',
        { spec: { unschedulable: true } },
      )
    }
    printer.print(mapping, object, cordoned ? 'already cordoned' : 'cordoned')
  }
  const failed: { node: string; error: Error }[] = []
  for (const { mapping, object } of objects) {
    try {
      await drainNode(
        call,
        object.metadata.name,
        dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)',
      )
      printer.print(mapping, object, 'drained')
    } catch (error) {
      if (!(error instanceof Error) || notEmulatedBy(error) !== undefined) throw error
      failed.push({ node: object.metadata.name, error })
    }
  }
  if (failed.length === 0) return undefined
  for (const { node, error } of failed)
    call.err(`error: unable to drain node "${node}" due to error: ${plain(error)}, continuing command...\n`)
  call.err('There are pending nodes to be drained:\n')
  for (const { node, error } of failed) call.err(` ${node}\n${plain(error)}\n`)
  throw silentExit()
}

function checkPodSelector(call: Invocation): void {
  try {
    parseLabelSelector(call.flags.text('pod-selector'))
  } catch {
    throw fail('--pod-selector=<pod_selector> must be a valid label selector')
  }
}

const plain = (error: Error) => error.message.replace(/^error: /, '')

async function drainNode(call: Invocation, node: string, dry: string): Promise<void> {
  const fields = query({ fieldSelector: `spec.nodeName=${node}`, labelSelector: call.flags.text('pod-selector'), limit: '500' })
  const { doomed, warnings, errors } = chosen(call, listItems(call.rest.get(`/api/v1/pods${fields}`)))
  if (errors !== '') throw fail(`cannot delete ${errors}`)
  if (warnings !== '') call.err(`Warning: ${warnings}\n`)
  if (dry !== '') {
    for (const pod of doomed) call.out(`evicting pod ${pod.metadata.namespace}/${pod.metadata.name}${dry}\n`)
    return
  }
  const timeout = call.flags.duration('timeout')
  const deadline = timeout > 0 ? call.now + timeout : Number.POSITIVE_INFINITY
  const late: string[] = []
  for (const pod of doomed) {
    const problem = await evict(call, pod, deadline, timeout)
    if (problem !== undefined) late.push(problem)
  }
  if (late.length > 0) {
    call.err(`There are pending pods in node "${node}" when an error occurred: ${late.join(', ')}\n`)
    for (const pod of doomed) call.err(`pod/${pod.metadata.name}\n`)
    throw fail(late.length === 1 ? late[0]! : `[${late.join(', ')}]`)
  }
}

/** Which pods go, and what stands in the way (kubectl/pkg/drain/filters.go). */
function chosen(call: Invocation, pods: readonly Obj[]): { doomed: Obj[]; warnings: string; errors: string } {
  const doomed: Obj[] = []
  const warnings = new Map<string, string[]>()
  const errors = new Map<string, string[]>()
  const note = (map: Map<string, string[]>, why: string, pod: Obj) =>
    map.set(why, [...(map.get(why) ?? []), `${pod.metadata.namespace}/${pod.metadata.name}`])
  const { flags } = call
  for (const pod of pods) {
    const owner = (pod.metadata.ownerReferences ?? []).find((o: Obj) => o.controller)
    const done = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
    if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) continue
    if (owner?.kind === 'DaemonSet' && !done) {
      if (flags.bool('ignore-daemonsets')) note(warnings, 'ignoring DaemonSet-managed Pods', pod)
      else note(errors, 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)', pod)
      continue
    }
    const local = (pod.spec.volumes ?? []).some((v: Obj) => v.emptyDir !== undefined)
    if (local && !done && !flags.bool('delete-emptydir-data')) {
      note(errors, 'Pods with local storage (use --delete-emptydir-data to override)', pod)
      continue
    }
    if (owner === undefined && !done) {
      if (!flags.bool('force')) {
        note(errors, 'cannot delete Pods that declare no controller (use --force to override)', pod)
        continue
      }
      note(warnings, 'deleting Pods that declare no controller', pod)
    }
    doomed.push(pod)
  }
  const text = (map: Map<string, string[]>) => [...map].map(([why, list]) => `${why}: ${list.join(', ')}`)
  return { doomed, warnings: text(warnings).join('; '), errors: text(errors).join(', cannot delete ') }
}

const RETRY_MS = 5000
const STEP_MS = 100

/** Asks for the eviction until it is allowed, then waits until the pod is gone; returns what went wrong, if anything. */
async function evict(call: Invocation, pod: Obj, deadline: number, timeout: number): Promise<string | undefined> {
  const { name, namespace, uid } = pod.metadata
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`
  const what = `error when evicting pods/"${name}" -n "${namespace}"`
  const grace = call.flags.int('grace-period')
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
    deleteOptions: grace >= 0 ? { gracePeriodSeconds: grace } : {},
  }
  for (;;) {
    call.out(`evicting pod ${namespace}/${name}\n`)
    if (call.now >= deadline) return `${what}: global timeout reached: ${goDuration(timeout)}`
    try {
      call.rest.post(`${path}/eviction`, body)
      break
    } catch (error) {
      if (isNotFound(error)) return undefined
      if (!(error instanceof StatusError) || error.reason !== 'TooManyRequests') throw error
      call.err(`${what} (will retry after 5s): ${error.message}\n`)
      await call.context.sleep(Math.min(RETRY_MS, deadline - call.now))
      if (call.context.signal.aborted) throw silentExit(130)
      if (call.now >= deadline) return `${what}: global timeout reached: ${goDuration(timeout)}`
    }
  }
  for (;;) {
    try {
      if (call.rest.get(path).metadata.uid !== uid) break
    } catch (error) {
      if (isNotFound(error)) break
      throw error
    }
    if (call.now >= deadline)
      return `error when waiting for pod "${name}" in namespace "${namespace}" to terminate: global timeout reached: ${goDuration(timeout)}`
    if (call.context.signal.aborted) throw silentExit(130)
    await call.context.sleep(STEP_MS)
  }
  call.out(`pod/${name} evicted\n`)
  return undefined
}
