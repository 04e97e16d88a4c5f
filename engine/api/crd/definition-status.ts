// biome-ignore-all lint/suspicious/noExplicitAny: a CustomResourceDefinition's status as it is in the store
import { deepEqual } from '../deep-equal.ts'
import type { KubeObject } from '../object.ts'
import { timestamp } from '../time.ts'
import type { WriteContext } from '../write-context.ts'
import { protectedGroup } from './definition.ts'

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io'

interface Condition {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

/** A name that another definition of the group has already, or undefined (apiextensions controller/status). */
function conflictOf(names: any, others: readonly KubeObject[]): Condition | undefined {
  const taken = { resources: new Set<string>(), kinds: new Set<string>() }
  for (const { status } of others) {
    const { plural, singular, shortNames = [], kind, listKind } = status?.acceptedNames ?? {}
    for (const name of [plural, singular, ...shortNames]) if (name) taken.resources.add(name)
    for (const name of [kind, listKind]) if (name) taken.kinds.add(name)
  }
  const no = (reason: string, name: string): Condition => ({
    type: 'NamesAccepted',
    status: 'False',
    reason,
    message: `${JSON.stringify(name)} is already in use`,
  })
  if (taken.resources.has(names.plural)) return no('PluralConflict', names.plural)
  if (taken.resources.has(names.singular)) return no('SingularConflict', names.singular)
  const short = (names.shortNames ?? []).find((n: string) => taken.resources.has(n))
  if (short !== undefined) return no('ShortNamesConflict', short)
  if (taken.kinds.has(names.kind)) return no('KindConflict', names.kind)
  return taken.kinds.has(names.listKind) ? no('ListKindConflict', names.listKind) : undefined
}

function approval(object: KubeObject): Condition | undefined {
  if (!protectedGroup(object.spec.group)) return undefined
  const value = object.metadata.annotations?.['api-approved.kubernetes.io'] ?? ''
  const base = { type: 'KubernetesAPIApprovalPolicyConformant' }
  if (value.startsWith('unapproved'))
    return { ...base, status: 'False', reason: 'UnapprovedAnnotation', message: `not approved: ${JSON.stringify(value)}` }
  return { ...base, status: 'True', reason: 'ApprovedAnnotation', message: `approved in ${value}` }
}

/** What the server's controllers say of a definition at once after it was written: its names, and that it is served. */
export function acceptDefinition(context: WriteContext, object: KubeObject): void {
  const { store, clock } = context
  const { names, group } = object.spec
  const others = store
    .list(DEFINITIONS)
    .filter((d) => d.spec.group === group && d.metadata.name !== object.metadata.name && d.status?.acceptedNames !== undefined)
  const conflict = conflictOf(names, others)
  const before: readonly any[] = object.status?.conditions ?? []
  const wasEstablished = before.some((c) => c.type === 'Established' && c.status === 'True')
  const accepted: Condition = conflict ?? {
    type: 'NamesAccepted',
    status: 'True',
    reason: 'NoConflicts',
    message: 'no conflicts found',
  }
  const established: Condition | undefined = wasEstablished
    ? undefined
    : conflict === undefined
      ? {
          type: 'Established',
          status: 'True',
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
        }
      : { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }
  const news = [approval(object), accepted, established].filter((c) => c !== undefined)
  const conditions = [...before]
  for (const { type, status, reason, message } of news) {
    const i = conditions.findIndex((c) => c.type === type)
    const old = conditions[i]
    if (old !== undefined && old.status === status && old.reason === reason && old.message === message) continue
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : timestamp(clock.now)
    const next = { lastTransitionTime, message, reason, status, type }
    if (i < 0) conditions.push(next)
    else conditions[i] = next
  }
  const status = {
    acceptedNames: conflict === undefined ? names : (object.status?.acceptedNames ?? { kind: '', plural: '' }),
    conditions,
    storedVersions: object.status?.storedVersions ?? [],
  }
  if (!deepEqual(status, object.status)) store.put(DEFINITIONS, { ...object, status })
}
