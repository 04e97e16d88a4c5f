// biome-ignore-all lint/suspicious/noExplicitAny: metrics are a union of open structures

import { autoscalerDefaults } from '../defaults/autoscaling.ts'
import type { KubeObject } from '../object.ts'
import { validateAutoscaler, validateAutoscalerUpdate } from '../validation/autoscaler.ts'
import { fromV1, toV1 } from './autoscaler-v1.ts'
import { created, type KindDescriptor } from './kind.ts'

function target(spec: any, current: any): string {
  const { target: wanted } = spec
  if (wanted?.averageUtilization !== undefined) {
    const now = current?.averageUtilization
    return `${now === undefined ? '<unknown>' : `${now}%`}/${wanted.averageUtilization}%`
  }
  const average = wanted?.averageValue !== undefined
  const now = (average ? current?.averageValue : current?.value) ?? '<unknown>'
  return `${now}/${average ? `${wanted.averageValue}${spec.metric ? ' (avg)' : ''}` : (wanted?.value ?? '<auto>')}`
}

/** "cpu: 34%/70%" (printers.go formatHPAMetrics), two metrics at most. */
function targets(hpa: KubeObject): string {
  const specs: readonly any[] = hpa.spec?.metrics ?? []
  if (specs.length === 0) return '<none>'
  const currents: readonly any[] = hpa.status?.currentMetrics ?? []
  const texts = specs.map((m, i) => {
    const field = m.type === 'Resource' ? 'resource' : m.type === 'ContainerResource' ? 'containerResource' : m.type.toLowerCase()
    const spec = m[m.type === 'Pods' ? 'pods' : field] ?? {}
    const text = target(spec, currents[i]?.[field]?.current)
    return m.type === 'Resource' || m.type === 'ContainerResource' ? `${spec.name}: ${text}` : text
  })
  return texts.length > 2 ? `${texts.slice(0, 2).join(', ')} + ${texts.length - 2} more...` : texts.join(', ')
}

export const horizontalPodAutoscaler: KindDescriptor = {
  resource: 'horizontalpodautoscalers.autoscaling',
  suite: 'kubectl',
  versions: { 'autoscaling/v1': { to: toV1, from: fromV1 } },
  cells: (object, at) => [
    object.metadata.name,
    `${object.spec?.scaleTargetRef?.kind}/${object.spec?.scaleTargetRef?.name}`,
    targets(object),
    object.spec?.minReplicas === undefined ? '<unset>' : String(object.spec.minReplicas),
    object.spec?.maxReplicas ?? 0,
    object.status?.currentReplicas ?? 0,
    created(object, at),
  ],
  strategy: {
    name: 'subdomain',
    defaults: autoscalerDefaults,
    validate: validateAutoscaler,
    validateUpdate: validateAutoscalerUpdate,
    status: true,
    initialStatus: { desiredReplicas: 0, currentMetrics: null },
  },
}
