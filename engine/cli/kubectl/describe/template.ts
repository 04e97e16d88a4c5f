import type { Obj } from '../values.ts'
import { describeContainers } from './containers.ts'
import { describeVolumes } from './volumes.ts'
import { annotations, formatSelector, type Lines, labels } from './writer.ts'

/** "Pod Template:" of a workload. */
export function describeTemplate(out: Lines, template: Obj, minor: number): void {
  out.line('Pod Template:')
  const spec = template?.spec ?? {}
  labels(out, '  Labels', template?.metadata?.labels)
  if (Object.keys(template?.metadata?.annotations ?? {}).length > 0)
    annotations(out, '  Annotations', template.metadata.annotations)
  if (spec.serviceAccountName) out.field('  Service Account', spec.serviceAccountName)
  if ((spec.initContainers ?? []).length > 0)
    describeContainers(out, 'Init Containers', spec.initContainers, { space: '  ', minor })
  describeContainers(out, 'Containers', spec.containers ?? [], { space: '  ', minor })
  describeVolumes(out, spec.volumes, '  ')
  spreadConstraints(out, spec.topologySpreadConstraints, '  ')
  if (spec.priorityClassName) out.field('  Priority Class Name', spec.priorityClassName)
  labels(out, '  Node-Selectors', spec.nodeSelector)
  tolerations(out, '  Tolerations', spec.tolerations)
}

/** Tolerations, one a line, by key. */
export function tolerations(out: Lines, title: string, list: readonly Obj[] | undefined): void {
  if (list === undefined || list.length === 0) {
    out.at(0, `${title}:\t<none>\n`)
    return
  }
  const sorted = [...list].sort((x, y) => ((x.key ?? '') < (y.key ?? '') ? -1 : (x.key ?? '') > (y.key ?? '') ? 1 : 0))
  sorted.forEach((t, i) => {
    let text = `${t.key ?? ''}${t.value ? `=${t.value}` : ''}${t.effect ? `:${t.effect}` : ''}`
    if (t.operator === 'Exists' && !t.value) text += t.key || t.effect ? ' op=Exists' : 'op=Exists'
    if (t.tolerationSeconds !== undefined) text += ` for ${t.tolerationSeconds}s`
    out.at(0, `${i === 0 ? `${title}:` : ''}\t${text}\n`)
  })
}

/** "Topology Spread Constraints:", by key; nothing without any. */
export function spreadConstraints(out: Lines, list: readonly Obj[] | undefined, space: string): void {
  if (list === undefined || list.length === 0) return
  const sorted = [...list].sort((x, y) => (x.topologyKey < y.topologyKey ? -1 : 1))
  sorted.forEach((c, i) => {
    const selector = c.labelSelector ? ` for selector ${formatSelector(c.labelSelector)}` : ''
    out.at(
      0,
      `${i === 0 ? `${space}Topology Spread Constraints:` : space}\t${c.topologyKey}:${c.whenUnsatisfiable} when max skew ${c.maxSkew} is exceeded${selector}\n`,
    )
  })
}
