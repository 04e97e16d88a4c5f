import { type Obj, sortedKeys } from '../values.ts'
import type { Describer } from './describer.ts'
import { describeEvents } from './events.ts'
import { describeDataSource, volumeSource } from './volumes.ts'
import { annotations, type Lines, labels, rfc1123 } from './writer.ts'

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}
const modes = (list: readonly string[] | undefined) => (list ?? []).map((m) => MODES[m] ?? m).join(',')

export const persistentVolumeClaim: Describer = {
  kind: 'PersistentVolumeClaim',
  describe(out, object, tools) {
    const { metadata, spec, status = {} } = object
    out.field('Name', metadata.name).field('Namespace', metadata.namespace)
    out.field('StorageClass', spec.storageClassName ?? '')
    out.field(
      'Status',
      metadata.deletionTimestamp ? `Terminating (lasts ${tools.age(metadata.deletionTimestamp)})` : (status.phase ?? ''),
    )
    out.field('Volume', spec.volumeName ?? '')
    labels(out, 'Labels', metadata.labels)
    annotations(out, 'Annotations', metadata.annotations)
    out.field('Finalizers', `[${(metadata.finalizers ?? []).join(' ')}]`)
    const bound = Boolean(spec.volumeName)
    out.field('Capacity', bound ? (status.capacity?.storage ?? '0') : '')
    out.field('Access Modes', bound ? modes(status.accessModes) : '')
    if (spec.volumeMode) out.field('VolumeMode', spec.volumeMode)
    if (spec.dataSource) describeDataSource(out, spec.dataSource)
    const pods = tools
      .list(`/api/v1/namespaces/${metadata.namespace}/pods`)
      .filter((p) => (p.spec.volumes ?? []).some((v: Obj) => v.persistentVolumeClaim?.claimName === metadata.name))
      .map((p) => p.metadata.name as string)
    if (pods.length === 0) out.field('Used By', '<none>')
    for (const [i, name] of pods.entries()) out.at(0, `${i === 0 ? 'Used By:' : '        '}\t${name}\n`)
    conditions(out, status.conditions ?? [])
    describeEvents(out, object, tools)
  },
}

/** What has been noticed about a claim. */
function conditions(out: Lines, list: readonly Obj[]): void {
  if (list.length === 0) return
  out.line('Conditions:').at(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n')
  out.at(1, '----\t------\t-----------------\t------------------\t------\t-------\n')
  const when = (t: string | undefined) => (t ? rfc1123(t) : 'Mon, 01 Jan 0001 00:00:00 +0000')
  for (const c of list) {
    const times = `${when(c.lastProbeTime)} \t${when(c.lastTransitionTime)}`
    out.at(1, `${c.type} \t${c.status} \t${times} \t${c.reason ?? ''} \t${c.message ?? ''}\n`)
  }
}

export const persistentVolume: Describer = {
  kind: 'PersistentVolume',
  describe(out, object, tools) {
    const { metadata, spec, status = {} } = object
    out.field('Name', metadata.name)
    labels(out, 'Labels', metadata.labels)
    annotations(out, 'Annotations', metadata.annotations)
    out.field('Finalizers', `[${(metadata.finalizers ?? []).join(' ')}]`)
    out.field('StorageClass', spec.storageClassName ?? '')
    out.field(
      'Status',
      metadata.deletionTimestamp ? `Terminating (lasts ${tools.age(metadata.deletionTimestamp)})` : (status.phase ?? ''),
    )
    out.field('Claim', spec.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : '')
    out.field('Reclaim Policy', spec.persistentVolumeReclaimPolicy ?? '').field('Access Modes', modes(spec.accessModes))
    if (spec.volumeMode) out.field('VolumeMode', spec.volumeMode)
    out.field('Capacity', spec.capacity?.storage ?? '0')
    affinity(out, spec.nodeAffinity)
    out.field('Message', status.message ?? '').line('Source:')
    volumeSource(out, spec, 2, false)
    describeEvents(out, object, tools)
  },
}

function affinity(out: Lines, value: Obj): void {
  if (!value) {
    out.field('Node Affinity', '<none>')
    return
  }
  out.at(0, 'Node Affinity:\t\n')
  const terms: readonly Obj[] = value.required?.nodeSelectorTerms ?? []
  if (terms.length === 0) out.at(1, 'Required Terms:\t<none>\n')
  else out.at(1, 'Required Terms:\t\n')
  for (const [i, term] of terms.entries()) {
    const list: readonly Obj[] = term.matchExpressions ?? []
    out.at(2, `Term ${i}:\t`)
    if (list.length === 0) out.at(0, '<none>\n')
    for (const [k, e] of list.entries()) {
      out.at(
        0,
        `${k === 0 ? '' : '    \t'}${e.key} ${String(e.operator).toLowerCase()}${e.values ? ` [${e.values.join(', ')}]` : ''}\n`,
      )
    }
  }
}

/** "AllowedTopologies:". */
function topologies(out: Lines, terms: readonly Obj[]): void {
  out.at(0, `AllowedTopologies:\t${terms.length === 0 ? '<none>' : ''}\n`)
  for (const [i, term] of terms.entries()) {
    const list: readonly Obj[] = term.matchLabelExpressions ?? []
    out.at(1, `Term ${i}:\t${list.length === 0 ? '<none>\n' : ''}`)
    for (const [k, r] of list.entries()) {
      if (k > 0) out.at(1, '\t')
      out.at(0, `${r.key} in${(r.values ?? []).length > 0 ? ` [${r.values.join(', ')}]` : ''}\n`)
    }
  }
}

export const storageClass: Describer = {
  kind: 'StorageClass.storage.k8s.io',
  describe(out, object, tools) {
    const { metadata } = object
    out.field('Name', metadata.name)
    const isDefault = metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true'
    out.field('IsDefaultClass', isDefault ? 'Yes' : 'No')
    const text = sortedKeys(metadata.annotations).map((k) => `${k}=${metadata.annotations[k]}`)
    out.field('Annotations', text.join(',') || '<none>')
    out.field('Provisioner', object.provisioner)
    out.field(
      'Parameters',
      sortedKeys(object.parameters)
        .map((k) => `${k}=${object.parameters[k]}`)
        .join(',') || '<none>',
    )
    out.field(
      'AllowVolumeExpansion',
      object.allowVolumeExpansion === undefined ? '<unset>' : object.allowVolumeExpansion ? 'True' : 'False',
    )
    const options: readonly string[] = object.mountOptions ?? []
    if (options.length === 0) out.field('MountOptions', '<none>')
    else {
      out.line('MountOptions:')
      for (const o of options) out.at(1, `${o}\n`)
    }
    if (object.reclaimPolicy) out.field('ReclaimPolicy', object.reclaimPolicy)
    if (object.volumeBindingMode) out.field('VolumeBindingMode', object.volumeBindingMode)
    if (object.allowedTopologies !== undefined) topologies(out, object.allowedTopologies)
    describeEvents(out, object, tools)
  },
}
