import type { KubeObject } from '../object.ts'
import type { VersionConversion } from './kind.ts'

/** Fields of core/v1 beside their names in events.k8s.io/v1 (pkg/apis/events/v1/conversion.go). */
const NAMES: readonly (readonly [core: string, newer: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
]

function renamed(object: KubeObject, names: readonly (readonly [string, string])[]): KubeObject {
  const to = new Map(names)
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [to.get(name) ?? name, value])) as KubeObject
}

/** events.k8s.io/v1: the same events under newer names. */
export const newerEvent: VersionConversion = {
  to: (stored) => {
    const { reportingController, reportingInstance, ...rest } = renamed(stored, NAMES)
    // here they are left out where they are empty
    return {
      ...rest,
      ...(reportingController ? { reportingController } : {}),
      ...(reportingInstance ? { reportingInstance } : {}),
    } as KubeObject
  },
  from: (given) =>
    renamed(
      given,
      NAMES.map(([core, newer]) => [newer, core]),
    ),
}
