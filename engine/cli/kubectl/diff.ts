import { typeOfKind } from '../../api/schema/schema.ts'
import { unifiedDiff } from '../../base/difflib.ts'
import { yamlDocument } from '../../base/yaml.ts'
import { applyPatch } from './apply-patch.ts'
import { applyServerSide } from './apply-server.ts'
import { ErrorList, errorText, fail, isNotFound, KubectlError, notEmulatedBy } from './errors.ts'
import { FILENAME_FLAGS, fieldManager, SELECTOR } from './flags/groups.ts'
import { accepted, flag, known } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { lastAppliedOf, withLastApplied } from './last-applied.ts'
import { loadManifests, type Manifest, manifestPath } from './manifests.ts'
import { pathOf } from './mapper.ts'
import { withoutManagedFields } from './print/printer.ts'
import { query } from './rest.ts'
import { labelMatches } from './selector.ts'
import { isMap, type Obj, sortedKeys } from './values.ts'
import type { Verb } from './verb.ts'

export const diff: Verb = {
  name: 'diff',
  short: 'Diff the live version against a would-be applied version',
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR,
    fieldManager('kubectl-client-side-apply'),
    accepted('concurrency', 'int', 'objects are compared one after another'),
    flag('force-conflicts', 'bool'),
    known('prune', 'bool'),
    known('prune-allowlist', 'stringArray'),
    flag('server-side', 'bool'),
    flag('show-managed-fields', 'bool'),
  ],
  run: async (call) => {
    try {
      return await run(call)
    } catch (error) {
      // Above 1: kubectl itself failed; 1 means that there is a difference (cmdutil.CheckDiffErr).
      if (notEmulatedBy(error) !== undefined) throw error
      const told = errorText(error)
      if (told === undefined) throw error
      throw new KubectlError(told.text, 2)
    }
  },
}

interface Pair {
  readonly name: string
  readonly live: Obj
  readonly merged: Obj
}

async function run(call: Invocation): Promise<number | undefined> {
  const { flags, args } = call
  if (args.length > 0) throw call.usage(`Unexpected args: [${args.join(' ')}]`)
  if (!flags.changed('filename') && !flags.changed('kustomize')) throw fail('must specify one of -f and -k')
  if (flags.bool('force-conflicts') && !flags.bool('server-side')) throw fail('--force-conflicts only works with --server-side')
  if ((call.context.env.KUBECTL_EXTERNAL_DIFF ?? '') !== '') throw call.notEmulated('KUBECTL_EXTERNAL_DIFF')
  const { manifests, errors } = await loadManifests(call, flags.list('filename'))
  const selector = flags.text('selector')
  const pairs: Pair[] = []
  for (const m of manifests) {
    if (selector !== '' && !labelMatches(selector, m.object.metadata?.labels ?? {})) continue
    try {
      pairs.push(compared(call, m))
    } catch (error) {
      errors.push(error as Error)
    }
  }
  if (errors.length > 0) throw errors.length === 1 ? errors[0]! : new ErrorList(errors)
  return pairs.length === 0 ? undefined : print(call, pairs)
}

/** What is live and what an apply would make of it, both as the server has them. */
function compared(call: Invocation, m: Manifest): Pair {
  const path = manifestPath(m)
  const { group, version, kind } = m.mapping
  let live: Obj
  try {
    live = call.rest.get(path)
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
  const merged = call.flags.bool('server-side') ? applyServerSide(call, m, 'server') : clientSide(call, m, live)
  const namespace = m.namespace === undefined ? '' : m.namespace
  const name = `${group === '' ? '' : `${group}.`}${version}.${kind}.${namespace}.${m.object.metadata?.name}`
  return { name, ...masked(withoutManagedFields(live), withoutManagedFields(merged), kind, call) }
}

/** A dry run on the server: what apply would create or patch. */
function clientSide(call: Invocation, m: Manifest, live: Obj): Obj {
  const params = query({ dryRun: 'All', fieldManager: call.flags.text('field-manager') })
  const modified = withLastApplied(m.object)
  if (live === undefined) return call.rest.post(pathOf(m.mapping, m.namespace) + params, m.object)
  const applied = lastAppliedOf(live)
  const custom = typeOfKind(m.object.apiVersion, m.object.kind) === undefined
  const patch = applyPatch(applied === undefined ? undefined : JSON.parse(applied), modified, live, custom)
  // The annotation itself is no difference to be shown.
  if (isMap(patch.metadata?.annotations)) delete patch.metadata.annotations['kubectl.kubernetes.io/last-applied-configuration']
  return call.rest.patch(
    manifestPath(m) + params,
    custom ? 'application/merge-patch+json' : 'application/strategic-merge-patch+json',
    patch,
  )
}

/** Secrets are not shown: *** where they are the same, and which side where they differ (diff.go Masker). */
function masked(live: Obj, merged: Obj, kind: string, call: Invocation): { live: Obj; merged: Obj } {
  if (call.flags.bool('show-managed-fields')) return { live, merged }
  if (kind !== 'Secret') return { live, merged }
  const before: Record<string, Obj> = {}
  const after: Record<string, Obj> = {}
  for (const key of new Set([...sortedKeys(live?.data), ...sortedKeys(merged?.data)])) {
    const differ = live?.data?.[key] !== undefined && merged?.data?.[key] !== undefined && live.data[key] !== merged.data[key]
    if (live?.data?.[key] !== undefined) before[key] = differ ? '*** (before)' : '***'
    if (merged?.data?.[key] !== undefined) after[key] = differ ? '*** (after)' : '***'
  }
  return {
    live: live?.data === undefined ? live : { ...live, data: before },
    merged: merged?.data === undefined ? merged : { ...merged, data: after },
  }
}

/** What `diff -u -N` prints of two folders with a file for each object. */
function print(call: Invocation, pairs: readonly Pair[]): number | undefined {
  const { dice } = call.context.machine
  const folder = (name: string) => `/tmp/${name}-${dice.int(4_294_967_295)}`
  const [live, merged] = [folder('LIVE'), folder('MERGED')]
  const at = new Date(call.now).toISOString()
  const stamp = `${at.slice(0, 10)} ${at.slice(11, 23)}000000 +0000`
  let out = ''
  for (const pair of [...pairs].sort((x, y) => (x.name < y.name ? -1 : 1))) {
    const [before, after] = [pair.live, pair.merged].map((object) => (object === undefined ? '' : yamlDocument(object)))
    if (before === after) continue
    const files = [`${live}/${pair.name}`, `${merged}/${pair.name}`]
    out += `diff -u -N ${files.join(' ')}\n--- ${files[0]}\t${stamp}\n+++ ${files[1]}\t${stamp}\n${hunks(before!, after!)}`
  }
  call.out(out)
  return out === '' ? undefined : 1
}

function hunks(before: string, after: string): string {
  const lines = (text: string, mark: string) =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => `${mark}${line}\n`)
      .join('')
  const count = (text: string) => (text.split('\n').length - 1 === 1 ? '1' : `1,${text.split('\n').length - 1}`)
  if (before === '') return `@@ -0,0 +${count(after)} @@\n${lines(after, '+')}`
  if (after === '') return `@@ -${count(before)} +0,0 @@\n${lines(before, '-')}`
  return unifiedDiff(before.replace(/\n$/, ''), after.replace(/\n$/, ''))
}
