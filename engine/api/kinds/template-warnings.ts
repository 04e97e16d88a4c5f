import type { KubeObject } from '../object.ts'
import { dns1123Label } from '../validation/names.ts'
import { templateWarnings } from '../warnings/pod.ts'
import type { Strategy } from './kind.ts'

/** Pods carry the workload's name in theirs and in their host names. */
export function dnsLabelWarning(object: KubeObject): readonly string[] {
  const complaints = dns1123Label(object.metadata.name)
  if (complaints.length === 0) return []
  const words = 'this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended'
  return [`metadata.name: ${words}: [${complaints.join(' ').replace('bytes', 'characters')}]`]
}

/** What a workload's server warns of: a name that is no DNS label where it is `named`, and what its pod template at `path` says. */
export function workloadWarnings(path: readonly string[], named: boolean): Pick<Strategy, 'warnings' | 'warningsUpdate'> {
  const ofTemplate = (object: KubeObject): readonly string[] => {
    const template = path.reduce((value: KubeObject[string], field) => value?.[field], object)
    return template === undefined ? [] : templateWarnings(template, path.join('.'))
  }
  return {
    warnings: (object) => [...(named ? dnsLabelWarning(object) : []), ...ofTemplate(object)],
    warningsUpdate: (object, old) => (object.metadata.generation === old.metadata.generation ? [] : ofTemplate(object)),
  }
}
