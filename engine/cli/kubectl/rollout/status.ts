import { type Fetched, listItems } from '../builder.ts'
import { fail, silentExit } from '../errors.ts'
import { FILENAME_FLAGS, SELECTOR } from '../flags/groups.ts'
import { flag } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import { type Mapping, pathOf } from '../mapper.ts'
import { revisionOf } from '../owners.ts'
import { query } from '../rest.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'
import { waitForEvents } from '../wait-events.ts'
import { workloads } from './objects.ts'

export const status: Verb = {
  name: 'status',
  short: 'Show the status of the rollout',
  use: '(TYPE NAME | TYPE/NAME) [flags] [options]',
  completes: 'deployment',
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR,
    flag('revision', 'int64'),
    flag('timeout', 'duration', { fallback: '0s' }),
    flag('watch', 'bool', { short: 'w', fallback: 'true' }),
  ],
  run: async (call) => {
    for (const found of await workloads(call)) await follow(call, found)
    return undefined
  },
}

/** Tells the status at every event of the object, until the rollout is done. */
async function follow(call: Invocation, { mapping, object }: Fetched): Promise<void> {
  const { flags } = call
  const { name, namespace } = object.metadata
  const tell = (live: Obj) => {
    const { text, done } = rolloutStatus(mapping, live, flags.int('revision'))
    call.out(text)
    return done || !flags.bool('watch')
  }
  // Like an informer: a list, and then what happens after it (an object may be older than the server's memory).
  const fieldSelector = `metadata.name=${name}`
  const list = call.rest.get(pathOf(mapping, namespace) + query({ fieldSelector }))
  const [live] = listItems(list)
  if (live !== undefined && tell(live)) return
  const params = { fieldSelector, resourceVersion: list.metadata.resourceVersion, watch: 'true' }
  const timeout = flags.duration('timeout')
  const done = await waitForEvents(
    call,
    pathOf(mapping, namespace) + query(params),
    'application/json',
    (event) => {
      if (event.type === 'DELETED') throw fail('object has been deleted')
      return event.type === 'BOOKMARK' ? false : tell(event.object)
    },
    timeout > 0 ? timeout : Number.POSITIVE_INFINITY,
  )
  if (!done) throw call.context.signal.aborted ? silentExit(130) : fail('timed out waiting for the condition')
}

/** polymorphichelpers StatusViewer. */
function rolloutStatus(mapping: Mapping, object: Obj, revision: number): { text: string; done: boolean } {
  if (mapping.resource === 'deployments') return deploymentStatus(object, revision)
  if (mapping.resource === 'daemonsets') return daemonSetStatus(object)
  if (mapping.resource === 'statefulsets') return statefulSetStatus(object)
  throw fail(`no status viewer has been implemented for ${mapping.kind}`)
}

const waiting = (text: string) => ({ text: `${text}\n`, done: false })

function deploymentStatus(object: Obj, revision: number): { text: string; done: boolean } {
  const { name } = object.metadata
  const { spec, status: s = {} } = object
  if (revision > 0 && revision !== revisionOf(object))
    throw fail(`desired revision (${revision}) is different from the running revision (${revisionOf(object)})`)
  if ((object.metadata.generation ?? 0) > (s.observedGeneration ?? 0))
    return waiting('Waiting for deployment spec update to be observed...')
  const progressing = (s.conditions ?? []).find((c: Obj) => c.type === 'Progressing')
  if (progressing?.reason === 'ProgressDeadlineExceeded') throw fail(`deployment "${name}" exceeded its progress deadline`)
  const [updated, all, available, wanted] = [
    s.updatedReplicas ?? 0,
    s.replicas ?? 0,
    s.availableReplicas ?? 0,
    spec.replicas ?? 1,
  ]
  if (updated < wanted)
    return waiting(
      `Waiting for deployment "${name}" rollout to finish: ${updated} out of ${wanted} new replicas have been updated...`,
    )
  if (all > updated)
    return waiting(`Waiting for deployment "${name}" rollout to finish: ${all - updated} old replicas are pending termination...`)
  if (available < updated)
    return waiting(
      `Waiting for deployment "${name}" rollout to finish: ${available} of ${updated} updated replicas are available...`,
    )
  return { text: `deployment "${name}" successfully rolled out\n`, done: true }
}

function daemonSetStatus(object: Obj): { text: string; done: boolean } {
  const { name } = object.metadata
  const s = object.status ?? {}
  if (object.spec.updateStrategy?.type !== 'RollingUpdate')
    throw fail('rollout status is only available for RollingUpdate strategy type')
  if ((object.metadata.generation ?? 0) > (s.observedGeneration ?? 0))
    return waiting('Waiting for daemon set spec update to be observed...')
  const [updated, wanted, available] = [s.updatedNumberScheduled ?? 0, s.desiredNumberScheduled ?? 0, s.numberAvailable ?? 0]
  if (updated < wanted)
    return waiting(
      `Waiting for daemon set "${name}" rollout to finish: ${updated} out of ${wanted} new pods have been updated...`,
    )
  if (available < wanted)
    return waiting(`Waiting for daemon set "${name}" rollout to finish: ${available} of ${wanted} updated pods are available...`)
  return { text: `daemon set "${name}" successfully rolled out\n`, done: true }
}

function statefulSetStatus(object: Obj): { text: string; done: boolean } {
  const { spec, status: s = {} } = object
  const replicas = spec.replicas ?? 1
  if (spec.updateStrategy?.type !== 'RollingUpdate')
    throw fail('rollout status is only available for RollingUpdate strategy type')
  if ((s.observedGeneration ?? 0) === 0 || (object.metadata.generation ?? 0) > s.observedGeneration)
    return waiting('Waiting for statefulset spec update to be observed...')
  if ((s.readyReplicas ?? 0) < replicas) return waiting(`Waiting for ${replicas - (s.readyReplicas ?? 0)} pods to be ready...`)
  const { rollingUpdate } = spec.updateStrategy
  if (rollingUpdate) {
    // Without a partition it is told the same way: the server writes partition 0.
    const wanted = replicas - (rollingUpdate.partition ?? 0)
    const updated = s.updatedReplicas ?? 0
    if (rollingUpdate.partition !== undefined && updated < wanted)
      return waiting(`Waiting for partitioned roll out to finish: ${updated} out of ${wanted} new pods have been updated...`)
    return { text: `partitioned roll out complete: ${updated} new pods have been updated...\n`, done: true }
  }
  if (s.updateRevision !== s.currentRevision) {
    return waiting(
      `waiting for statefulset rolling update to complete ${s.updatedReplicas ?? 0} pods at revision ${s.updateRevision}...`,
    )
  }
  return {
    text: `statefulset rolling update complete ${s.currentReplicas ?? 0} pods at revision ${s.currentRevision}...\n`,
    done: true,
  }
}
