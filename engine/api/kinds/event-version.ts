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

type Fields = Readonly<Record<string, (event: KubeObject) => string>>

/** AddFieldLabelConversionsForEvent: the fields of core/v1 under their newer names, all but the source. */
function renamedFields(fields: Fields): Fields {
  const entries = Object.entries(fields).filter(([name]) => name !== 'source')
  return Object.fromEntries(
    entries.map(([name, read]) => [
      name === 'reportingComponent' ? 'reportingController' : name.replace(/^involvedObject\./, 'regarding.'),
      read,
    ]),
  )
}

/** events.k8s.io/v1: the same events under newer names. */
export const newerEvent = (fields: Fields): VersionConversion => ({
  fields: renamedFields(fields),
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
})
