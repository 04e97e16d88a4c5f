import type { Obj } from '../values.ts'
import type { Describer } from './describer.ts'
import { describeEvents } from './events.ts'
import { annotations, type Lines, labels, rfc1123 } from './writer.ts'

export const horizontalPodAutoscaler: Describer = {
  kind: 'HorizontalPodAutoscaler.autoscaling',
  describe(out, object, tools) {
    const { metadata, spec, status = {} } = object
    out.field('Name', metadata.name).field('Namespace', metadata.namespace)
    labels(out, 'Labels', metadata.labels)
    annotations(out, 'Annotations', metadata.annotations)
    out.field('CreationTimestamp', rfc1123(metadata.creationTimestamp))
    out.field('Reference', `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`)
    out.line('Metrics:\t( current / target )')
    for (const [i, metric] of (spec.metrics ?? []).entries()) metricLine(out, metric, status.currentMetrics?.[i])
    out.field('Min replicas', spec.minReplicas ?? '<unset>').field('Max replicas', spec.maxReplicas)
    const kind = spec.scaleTargetRef.kind
    out.field(`${kind} pods`, `${status.currentReplicas ?? 0} current / ${status.desiredReplicas ?? 0} desired`)
    if ((status.conditions ?? []).length > 0) {
      out.line('Conditions:').at(1, 'Type\tStatus\tReason\tMessage\n').at(1, '----\t------\t------\t-------\n')
      for (const c of status.conditions) out.at(1, `${c.type}\t${c.status}\t${c.reason ?? ''}\t${c.message ?? ''}\n`)
    }
    describeEvents(out, object, tools)
  },
}

function metricLine(out: Lines, metric: Obj, current: Obj): void {
  if (metric.type !== 'Resource') {
    out.at(1, `<unknown metric type "${metric.type}">`)
    return
  }
  const { name, target } = metric.resource
  out.at(1, `resource ${name} on pods`)
  const now = current?.resource?.current
  if (target.averageValue !== undefined) out.at(0, `:\t${now?.averageValue ?? '<unknown>'} / ${target.averageValue}\n`)
  else {
    const shown = now?.averageUtilization === undefined ? '<unknown>' : `${now.averageUtilization}% (${now.averageValue})`
    out.at(
      0,
      `  (as a percentage of request):\t${shown} / ${target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}\n`,
    )
  }
}
