import { goDuration, humanDuration } from '../../../base/duration.ts'
import { deploymentRevisions, isController } from '../owners.ts'
import { query } from '../rest.ts'
import type { Obj } from '../values.ts'
import type { Describer, DescribeTools } from './describer.ts'
import { describeEvents } from './events.ts'
import { describeTemplate } from './template.ts'
import { annotations, formatSelector, type Lines, labels, mapSelector, rfc1123, selectorText } from './writer.ts'

export const deployment: Describer = {
  kind: 'Deployment.apps',
  describe(out, object, tools) {
    const { metadata, spec, status = {} } = object
    out.field('Name', metadata.name).field('Namespace', metadata.namespace)
    out.field('CreationTimestamp', rfc1123(metadata.creationTimestamp))
    labels(out, 'Labels', metadata.labels)
    annotations(out, 'Annotations', metadata.annotations)
    out.field('Selector', selectorText(spec.selector))
    const n = (value: unknown) => value ?? 0
    out.field(
      'Replicas',
      `${n(spec.replicas)} desired | ${n(status.updatedReplicas)} updated | ${n(status.replicas)} total | ${n(status.availableReplicas)} available | ${n(status.unavailableReplicas)} unavailable`,
    )
    out.field('StrategyType', spec.strategy?.type ?? '').field('MinReadySeconds', n(spec.minReadySeconds))
    const rolling = spec.strategy?.rollingUpdate
    if (rolling) out.field('RollingUpdateStrategy', `${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`)
    describeTemplate(out, spec.template, tools.call.minor)
    conditions(out, status.conditions)
    const selector = query({ labelSelector: selectorText(spec.selector) })
    const sets = tools.list(`/apis/apps/v1/namespaces/${metadata.namespace}/replicasets${selector}`)
    const { current, old } = deploymentRevisions(object, sets)
    const told = (list: readonly Obj[]) =>
      list
        .map((rs) => `${rs.metadata.name} (${rs.status?.replicas ?? 0}/${rs.spec.replicas ?? 0} replicas created)`)
        .join(', ') || '<none>'
    out.field('OldReplicaSets', told(old)).field('NewReplicaSet', told(current === undefined ? [] : [current]))
    describeEvents(out, object, tools)
  },
}

export const replicaSet: Describer = {
  kind: 'ReplicaSet.apps',
  describe(out, object, tools) {
    const { metadata, spec, status = {} } = object
    out.field('Name', metadata.name).field('Namespace', metadata.namespace)
    out.field('Selector', formatSelector(spec.selector))
    labels(out, 'Labels', metadata.labels)
    annotations(out, 'Annotations', metadata.annotations)
    controlledBy(out, object)
    out.field('Replicas', `${status.replicas ?? 0} current / ${spec.replicas ?? 0} desired`)
    out.field('Pods Status', podCounts(object, tools))
    describeTemplate(out, spec.template, tools.call.minor)
    conditions(out, status.conditions)
    describeEvents(out, object, tools)
  },
}

export const daemonSet: Describer = {
  kind: 'DaemonSet.apps',
  describe(out, object, tools) {
    const { metadata, spec, status = {} } = object
    out.field('Name', metadata.name)
    // The namespace is told from v1.33 on.
    if (tools.call.minor >= 33) out.field('Namespace', metadata.namespace)
    out.field('Selector', formatSelector(spec.selector))
    out.field('Node-Selector', mapSelector(spec.template.spec.nodeSelector))
    labels(out, 'Labels', metadata.labels)
    annotations(out, 'Annotations', metadata.annotations)
    const n = (value: unknown) => value ?? 0
    out.line(`Desired Number of Nodes Scheduled: ${n(status.desiredNumberScheduled)}`)
    out.line(`Current Number of Nodes Scheduled: ${n(status.currentNumberScheduled)}`)
    out.line(`Number of Nodes Scheduled with Up-to-date Pods: ${n(status.updatedNumberScheduled)}`)
    out.line(`Number of Nodes Scheduled with Available Pods: ${n(status.numberAvailable)}`)
    out.line(`Number of Nodes Misscheduled: ${n(status.numberMisscheduled)}`)
    out.field('Pods Status', podCounts(object, tools))
    describeTemplate(out, spec.template, tools.call.minor)
    describeEvents(out, object, tools)
  },
}

export const statefulSet: Describer = {
  kind: 'StatefulSet.apps',
  describe(out, object, tools) {
    const { metadata, spec, status = {} } = object
    out.field('Name', metadata.name).field('Namespace', metadata.namespace)
    out.field('CreationTimestamp', rfc1123(metadata.creationTimestamp))
    out.field('Selector', formatSelector(spec.selector))
    labels(out, 'Labels', metadata.labels)
    annotations(out, 'Annotations', metadata.annotations)
    out.field('Replicas', `${spec.replicas ?? 0} desired | ${status.replicas ?? 0} total`)
    out.field('Update Strategy', spec.updateStrategy?.type ?? '')
    const rolling = spec.updateStrategy?.rollingUpdate
    if (rolling?.partition !== undefined) out.at(1, `Partition:\t${rolling.partition}\n`)
    if (rolling?.maxUnavailable !== undefined) out.at(1, `MaxUnavailable:\t${rolling.maxUnavailable}\n`)
    out.field('Pods Status', podCounts(object, tools))
    describeTemplate(out, spec.template, tools.call.minor)
    claims(out, spec.volumeClaimTemplates)
    describeEvents(out, object, tools)
  },
}

function claims(out: Lines, list: readonly Obj[] | undefined): void {
  if (list === undefined || list.length === 0) {
    out.field('Volume Claims', '<none>')
    return
  }
  out.line('Volume Claims:')
  for (const claim of list) {
    out.at(1, `Name:\t${claim.metadata.name}\n`).at(1, `StorageClass:\t${claim.spec.storageClassName ?? ''}\n`)
    const inner = (title: string, map: Obj) => {
      const keys = Object.keys(map ?? {}).sort()
      if (keys.length === 0) out.at(1, `${title}:\t<none>\n`)
      for (const [i, key] of keys.entries()) out.at(1, `${i === 0 ? `${title}:` : ''}\t${key}=${map[key]}\n`)
    }
    inner('Labels', claim.metadata.labels)
    inner('Annotations', claim.metadata.annotations)
    out.at(1, `Capacity:\t${claim.spec.resources?.requests?.storage ?? '<default>'}\n`)
    out.at(1, `Access Modes:\t[${(claim.spec.accessModes ?? []).join(' ')}]\n`)
  }
}

export const job: Describer = {
  kind: 'Job.batch',
  describe(out, object, tools) {
    const { metadata, spec, status = {} } = object
    out.field('Name', metadata.name).field('Namespace', metadata.namespace)
    if (spec.selector) out.field('Selector', selectorText(spec.selector))
    labels(out, 'Labels', metadata.labels)
    annotations(out, 'Annotations', metadata.annotations)
    controlledBy(out, object)
    if (spec.parallelism !== undefined) out.field('Parallelism', spec.parallelism)
    out.field('Completions', spec.completions ?? '<unset>')
    if (spec.completionMode) out.field('Completion Mode', spec.completionMode)
    if (spec.suspend !== undefined) out.field('Suspend', spec.suspend)
    if (spec.backoffLimit !== undefined) out.field('Backoff Limit', spec.backoffLimit)
    if (spec.ttlSecondsAfterFinished !== undefined) out.field('TTL Seconds After Finished', spec.ttlSecondsAfterFinished)
    if (status.startTime) out.field('Start Time', rfc1123(status.startTime))
    if (status.completionTime) out.field('Completed At', rfc1123(status.completionTime))
    if (status.startTime && status.completionTime) {
      out.field('Duration', humanDuration(Date.parse(status.completionTime) - Date.parse(status.startTime)))
    }
    if (spec.activeDeadlineSeconds !== undefined) out.field('Active Deadline Seconds', `${spec.activeDeadlineSeconds}s`)
    const ready = status.ready === undefined ? '' : ` (${status.ready} Ready)`
    out.field(
      'Pods Statuses',
      `${status.active ?? 0} Active${ready} / ${status.succeeded ?? 0} Succeeded / ${status.failed ?? 0} Failed`,
    )
    if (spec.completionMode === 'Indexed') out.field('Completed Indexes', status.completedIndexes || '<none>')
    describeTemplate(out, spec.template, tools.call.minor)
    describeEvents(out, object, tools)
  },
}

export const cronJob: Describer = {
  kind: 'CronJob.batch',
  describe(out, object, tools) {
    const { metadata, spec, status = {} } = object
    out.field('Name', metadata.name).field('Namespace', metadata.namespace)
    labels(out, 'Labels', metadata.labels)
    annotations(out, 'Annotations', metadata.annotations)
    out
      .field('Schedule', spec.schedule)
      .field('Concurrency Policy', spec.concurrencyPolicy)
      .field('Suspend', printed(spec.suspend))
    out.field('Successful Job History Limit', spec.successfulJobsHistoryLimit ?? '<unset>')
    out.field('Failed Job History Limit', spec.failedJobsHistoryLimit ?? '<unset>')
    out.field(
      'Starting Deadline Seconds',
      spec.startingDeadlineSeconds === undefined ? '<unset>' : `${spec.startingDeadlineSeconds}s`,
    )
    const template = spec.jobTemplate?.spec ?? {}
    out.field('Selector', template.selector ? selectorText(template.selector) : '<unset>')
    out.field('Parallelism', template.parallelism ?? '<unset>').field('Completions', template.completions ?? '<unset>')
    if (template.activeDeadlineSeconds !== undefined)
      out.field('Active Deadline Seconds', goDuration(template.activeDeadlineSeconds * 1000))
    describeTemplate(out, template.template, tools.call.minor)
    out.field('Last Schedule Time', status.lastScheduleTime ? rfc1123(status.lastScheduleTime) : '<unset>')
    out.field('Active Jobs', (status.active ?? []).map((a: Obj) => a.name).join(', ') || '<none>')
    describeEvents(out, object, tools)
  },
}

const printed = (value: unknown) => (value === undefined ? '<unset>' : value ? 'True' : 'False')

function controlledBy(out: Lines, object: Obj): void {
  const owner = (object.metadata.ownerReferences ?? []).find((o: Obj) => o.controller)
  if (owner) out.field('Controlled By', `${owner.kind}/${owner.name}`)
}

function conditions(out: Lines, list: readonly Obj[] | undefined): void {
  if (list === undefined || list.length === 0) return
  out.line('Conditions:').at(1, 'Type\tStatus\tReason\n').at(1, '----\t------\t------\n')
  for (const c of list) out.at(1, `${c.type} \t${c.status}\t${c.reason ?? ''}\n`)
}

/** The phases of the pods that this object controls (getPodStatusForController). */
function podCounts(object: Obj, tools: DescribeTools): string {
  const selector = query({ labelSelector: selectorText(object.spec.selector), limit: '500' })
  const pods = tools
    .list(`/api/v1/namespaces/${object.metadata.namespace}/pods${selector}`)
    .filter((p) => isController(p, object))
  const count = (phase: string) => pods.filter((p) => p.status?.phase === phase).length
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`
}
