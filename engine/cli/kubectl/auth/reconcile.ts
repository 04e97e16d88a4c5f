import { missing, type PolicyRule } from '../../../api/rbac/rules.ts'
import { dryRunOf } from '../dry-run.ts'
import { fail, isNotFound } from '../errors.ts'
import { DRY_RUN, FILENAME_FLAGS, PRINT_FLAGS } from '../flags/groups.ts'
import { flag } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import { loadManifests, type Manifest } from '../manifests.ts'
import { pathOf } from '../mapper.ts'
import { printerFor } from '../print/printer.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'
import { goList } from './rules.ts'

const GROUP = 'rbac.authorization.k8s.io'
const PROTECTED = 'rbac.authorization.kubernetes.io/autoupdate'

export const reconcile: Verb = {
  name: 'reconcile',
  short: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
  use: '-f FILENAME [options]',
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    DRY_RUN,
    flag('remove-extra-permissions', 'bool'),
    flag('remove-extra-subjects', 'bool'),
  ],
  run: async (call) => {
    if (!call.flags.changed('filename') && !call.flags.changed('kustomize')) throw fail('must specify one of -f and -k')
    if (call.args.length > 0) throw fail('no arguments are allowed')
    const dryRun = dryRunOf(call)
    if (dryRun === 'server') throw fail('--dry-run=server for command reconcile is not supported yet')
    const { manifests, errors } = await loadManifests(call, call.flags.list('filename'))
    if (errors.length > 0) throw errors[0]
    for (const m of manifests) {
      if (m.mapping.group !== GROUP) continue
      report(call, m, /Binding$/.test(m.mapping.kind) ? reconcileBinding(call, m) : reconcileRole(call, m), dryRun === 'client')
    }
    return undefined
  },
}

interface Result {
  readonly object: Obj
  readonly operation: 'none' | 'create' | 'update' | 'recreate'
  readonly protected?: boolean
  readonly missing: readonly string[]
  readonly extra: readonly string[]
  readonly what: 'rules' | 'subjects'
}

const listOf = <T>(value: readonly T[] | undefined | null): readonly T[] => value ?? []
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Go's %+v of a PolicyRule and of a Subject. */
const ruleText = (r: PolicyRule) =>
  `{Verbs:${goList(listOf(r.verbs))} APIGroups:${goList(listOf(r.apiGroups))} Resources:${goList(listOf(r.resources))} ResourceNames:${goList(listOf(r.resourceNames))} NonResourceURLs:${goList(listOf(r.nonResourceURLs))}}`
const subjectText = (s: Obj) =>
  `{Kind:${s.kind ?? ''} APIGroup:${s.apiGroup ?? ''} Name:${s.name ?? ''} Namespace:${s.namespace ?? ''}}`

function existing(call: Invocation, path: string): Obj | undefined {
  try {
    return call.rest.get(path)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** The stored object with what the given one adds to labels and annotations. */
function merged(stored: Obj, given: Obj): { object: Obj; changed: boolean } {
  const metadata = { ...stored.metadata }
  let changed = false
  for (const part of ['annotations', 'labels'] as const) {
    const all = { ...given.metadata[part], ...stored.metadata[part] }
    if (Object.keys(all).length === Object.keys(stored.metadata[part] ?? {}).length) continue
    metadata[part] = all
    changed = true
  }
  return { object: { ...stored, metadata }, changed }
}

/** computeReconciledRole (component-helpers/auth/rbac/reconciliation). */
function reconcileRole(call: Invocation, { object: given, mapping, namespace }: Manifest): Result {
  const stored = existing(call, pathOf(mapping, namespace, given.metadata.name))
  const wanted: readonly PolicyRule[] = listOf(given.rules)
  if (stored === undefined) return { object: given, operation: 'create', missing: wanted.map(ruleText), extra: [], what: 'rules' }
  const { object, changed } = merged(stored, given)
  const held: readonly PolicyRule[] = listOf(stored.rules)
  const aggregated = given.aggregationRule !== undefined && stored.aggregationRule !== undefined
  const extra = aggregated ? [] : missing(wanted, held)
  const lacking = missing(held, wanted)
  const remove = call.flags.bool('remove-extra-permissions')
  let rules = held
  if (remove && lacking.length + extra.length > 0) rules = wanted
  else if (!remove && lacking.length > 0) rules = [...held, ...lacking]
  const selectors = (o: Obj): readonly Obj[] => listOf(o.aggregationRule?.clusterRoleSelectors)
  const added = selectors(given).filter((s) => !selectors(stored).some((t) => same(s, t)))
  const gone = selectors(stored).filter((s) => !selectors(given).some((t) => same(s, t)))
  let aggregation = stored.aggregationRule
  if (given.aggregationRule === undefined) aggregation = undefined
  else if (remove && added.length + gone.length > 0) aggregation = given.aggregationRule
  else if (added.length > 0) aggregation = { clusterRoleSelectors: [...selectors(stored), ...added] }
  const differs = changed || rules !== held || !same(aggregation, stored.aggregationRule)
  const { aggregationRule: _old, ...rest } = object
  return {
    object: { ...rest, rules, ...(aggregation === undefined ? {} : { aggregationRule: aggregation }) },
    operation: differs ? 'update' : 'none',
    protected: stored.metadata.annotations?.[PROTECTED] === 'false',
    missing: lacking.map(ruleText),
    extra: extra.map(ruleText),
    what: 'rules',
  }
}

/** computeReconciledRoleBinding: another role means another binding. */
function reconcileBinding(call: Invocation, { object: bare, mapping, namespace }: Manifest): Result {
  const subjects: readonly Obj[] = listOf<Obj>(bare.subjects).map((s) =>
    s.kind === 'ServiceAccount' || s.apiGroup ? s : { ...s, apiGroup: GROUP },
  )
  const given = { ...bare, subjects, roleRef: { ...bare.roleRef, apiGroup: bare.roleRef?.apiGroup || GROUP } }
  const stored = existing(call, pathOf(mapping, namespace, given.metadata.name))
  const texts = (list: readonly Obj[]) => list.map(subjectText)
  if (stored === undefined) return { object: given, operation: 'create', missing: texts(subjects), extra: [], what: 'subjects' }
  const optedOut = stored.metadata.annotations?.[PROTECTED] === 'false'
  const { kind, name } = stored.roleRef
  if (kind !== given.roleRef.kind || name !== given.roleRef.name)
    return { object: given, operation: 'recreate', protected: optedOut, missing: [], extra: [], what: 'subjects' }
  const { object, changed } = merged(stored, given)
  const held: readonly Obj[] = listOf(stored.subjects)
  const lacking = subjects.filter((s) => !texts(held).includes(subjectText(s)))
  const extra = held.filter((s) => !texts(subjects).includes(subjectText(s)))
  const remove = call.flags.bool('remove-extra-subjects')
  let next = held
  if (remove && lacking.length + extra.length > 0) next = subjects
  else if (!remove && lacking.length > 0) next = [...held, ...lacking]
  return {
    object: { ...object, subjects: next },
    operation: changed || next !== held ? 'update' : 'none',
    protected: optedOut,
    missing: texts(lacking),
    extra: texts(extra),
    what: 'subjects',
  }
}

/** Writes what differs, unless it is only a try or the object opted out, and says what that was. */
function report(call: Invocation, { mapping, namespace, object }: Manifest, result: Result, dry: boolean): void {
  const { operation } = result
  let shown = result.object
  const collection = pathOf(mapping, namespace)
  const path = `${collection}/${object.metadata.name}`
  if (!dry && result.protected !== true) {
    if (operation === 'recreate') call.rest.delete(path, {})
    if (operation === 'update') shown = call.rest.put(path, result.object)
    else if (operation !== 'none') shown = call.rest.post(collection, result.object)
  }
  const printer = printerFor(call, 'other')
  const name = `${mapping.kind.toLowerCase()}.${GROUP}/${object.metadata.name}`
  call.out(printer === undefined ? `${name} reconciled${dry ? ' (dry run)' : ''}\n` : printer.print(shown))
  if (operation === 'none') return
  const caveat = result.protected ? `, but object opted out (${PROTECTED}: false)` : ''
  call.err(`\treconciliation required ${operation}${caveat}\n`)
  const say = (title: string, lines: readonly string[]) => {
    if (lines.length > 0) call.err(`\t${title}:\n${lines.map((l) => `\t\t${l}\n`).join('')}`)
  }
  say(`missing ${result.what} added`, result.missing)
  const removes = call.flags.bool(result.what === 'rules' ? 'remove-extra-permissions' : 'remove-extra-subjects')
  if (removes) say(`extra ${result.what} removed`, result.extra)
}
