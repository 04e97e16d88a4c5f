import type { KubeObject } from '../api/object.ts'
import { completeProfile } from '../cluster/profile.ts'
import type { ClusterSpec } from '../cluster/spec.ts'
import { type Lab, labSpec, loadLab } from '../lab/lab.ts'
import { parseTime } from './batch-record.ts'
import type { SessionSpec } from './types.ts'

export interface Opened {
  readonly lab?: Lab
  readonly cluster: ClusterSpec
  readonly locale: string
}

/** Reads a session's spec. Throws an Error that says which file and line is wrong. */
export function openSpec(spec: SessionSpec): Opened {
  if ('lab' in spec) {
    const loaded = loadLab(spec.lab)
    if ('errors' in loaded) throw new Error(loaded.errors.map((e) => `${e.file}:${e.line}: ${e.message}`).join('\n'))
    return { lab: loaded.ok, cluster: labSpec(loaded.ok), locale: spec.locale ?? 'en' }
  }
  const { objects = [], now, running = true, profile = {} } = spec.cluster
  const start = parseTime(now ?? '2026-01-01T00:00:00Z')
  if (start === undefined) throw new Error(`not a time: ${now}`)
  return {
    cluster: { now: start, profile: completeProfile(profile), objects: objects as readonly KubeObject[], running, nodes: {} },
    locale: 'en',
  }
}
