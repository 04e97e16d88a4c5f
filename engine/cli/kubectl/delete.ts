import { fetchObjects, type Target, targets } from './builder.ts'
import { dryRunOf } from './dry-run.ts'
import { fail, isNotFound, silentExit, throwAll } from './errors.ts'
import { ALL_NAMESPACES, DRY_RUN, FIELD_SELECTOR, FILENAME_FLAGS, SELECTOR } from './flags/groups.ts'
import { accepted, flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { whenCreating } from './manifest-verbs.ts'
import { manifestTargets } from './manifests.ts'
import { kindName, type Mapping, pathOf } from './mapper.ts'
import { checkRaw, sendRaw } from './raw-body.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

export const deleteVerb: Verb = {
  name: 'delete',
  short: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  use: '([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)]) [options]',
  completes: 'resource',
  flags: [
    ...FILENAME_FLAGS,
    ALL_NAMESPACES,
    DRY_RUN,
    FIELD_SELECTOR,
    SELECTOR,
    flag('all', 'bool'),
    flag('cascade', 'string', { fallback: 'background', bare: 'background' }),
    flag('force', 'bool'),
    flag('grace-period', 'int', { fallback: '-1' }),
    flag('ignore-not-found', 'bool'),
    flag('interactive', 'bool', { short: 'i' }),
    flag('now', 'bool'),
    flag('output', 'string', { short: 'o' }),
    flag('raw', 'string'),
    flag('timeout', 'duration', { fallback: '0s' }),
    accepted('show-managed-fields', 'bool', 'delete prints no objects'),
    flag('wait', 'bool', { fallback: 'true' }),
  ],
  run,
}

interface Doomed {
  readonly mapping: Mapping
  readonly namespace: string | undefined
  readonly name: string
  /** The file that names it. */
  readonly source?: string
}

async function run(call: Invocation): Promise<undefined> {
  const { flags } = call
  const output = flags.text('output')
  if (output !== '' && output !== 'name') throw fail(`unexpected -o output mode: ${output}. We only support '-o name'`)
  const dryRun = dryRunOf(call)
  if (flags.text('raw') !== '') {
    if (flags.bool('interactive')) throw fail('--interactive can not be used with --raw')
    checkRaw(call, false)
    return sendRaw(call, 'DELETE')
  }
  const options = deleteOptions(call, dryRun === 'server')
  const selector = flags.text('selector')
  const fieldSelector = flags.text('field-selector')
  const all = flags.bool('all')
  if (all && selector !== '') throw fail("setting 'all' parameter but found a non empty selector. ")
  const files = flags.list('filename')
  if (all && call.args.length > 1 && !call.args[0]!.includes('/'))
    throw fail('name cannot be provided when a selector is specified')
  const old = { true: 'background', false: 'orphan' }[flags.text('cascade')]
  if (old !== undefined)
    call.err(
      `warning: --cascade=${flags.text('cascade')} is deprecated (boolean value) and can be replaced with --cascade=${old}.\n`,
    )
  const list =
    files.length > 0
      ? await manifestTargets(call, files)
      : targets(call, call.args, { allNamespaces: flags.bool('all-namespaces'), selector, fieldSelector, all })
  if (options.gracePeriodSeconds === 0 && flags.bool('force')) {
    call.err(
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    )
  }
  const errors: Error[] = []
  const gone: (Doomed & { uid: string | undefined })[] = []
  const ignore = flags.bool('ignore-not-found') || (files.length === 0 && list.every((t) => t.name === undefined))
  const doomedOnes = expand(call, list, { selector, fieldSelector }, errors)
  if (flags.bool('interactive') && doomedOnes.length > 0 && !(await confirmed(call, doomedOnes))) {
    call.out('deletion is cancelled\n')
    return undefined
  }
  for (const doomed of doomedOnes) {
    try {
      const { mapping, namespace, name } = doomed
      const answer: Obj = dryRun === 'client' ? undefined : call.rest.delete(pathOf(mapping, namespace, name), options)
      say(call, doomed, options, dryRun)
      gone.push({ ...doomed, uid: answer?.metadata?.uid ?? answer?.details?.uid })
    } catch (error) {
      if (!(isNotFound(error) && ignore))
        errors.push(doomed.source === undefined ? (error as Error) : whenCreating(error, doomed.source, 'deleting'))
    }
  }
  if (gone.length === 0 && errors.length === 0 && dryRun === 'none' && list.every((t) => t.name === undefined))
    call.out('No resources found\n')
  throwAll(errors)
  if (dryRun === 'none' && waits(call)) await waitGone(call, gone)
  return undefined
}

/** -i: what would go is listed, and only "y" lets it go. */
async function confirmed(call: Invocation, list: readonly Doomed[]): Promise<boolean> {
  const lines = list.map(({ mapping, name }) => `${kindName(mapping)}/${name}\n`).join('')
  call.out(`You are about to delete the following ${list.length} resource(s):\n${lines}Do you want to continue? (y/N): `)
  // fmt.Fscanln takes one word and nothing after it.
  return ((await call.context.stdin.line()) ?? '').trim().toLowerCase() === 'y'
}

/** --wait is on unless the deletion does not finalise (grace 0 with force). */
function waits(call: Invocation): boolean {
  return call.flags.bool('wait') && !(call.flags.bool('force') && !call.flags.changed('wait'))
}

function deleteOptions(call: Invocation, server: boolean): Obj {
  const { flags } = call
  let grace = flags.int('grace-period')
  if (flags.bool('now')) {
    if (grace !== -1) throw fail('--now and --grace-period cannot be specified together')
    grace = 1
  }
  if (grace === 0 && !flags.bool('force')) {
    // Zero without --force means: as soon as possible, confirmed.
    grace = 1
  } else if (flags.bool('force') && grace < 0) grace = 0
  if (flags.bool('force') && grace > 0) throw fail('--force and --grace-period greater than 0 cannot be specified together')
  const cascade = flags.text('cascade')
  const policy = { background: 'Background', true: 'Background', orphan: 'Orphan', false: 'Orphan', foreground: 'Foreground' }[
    cascade
  ]
  if (policy === undefined) throw fail(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`)
  return {
    ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
    ...(server ? { dryRun: ['All'] } : {}),
    propagationPolicy: policy,
  }
}

function expand(
  call: Invocation,
  list: readonly Target[],
  options: { selector: string; fieldSelector: string },
  errors: Error[],
): Doomed[] {
  const out: Doomed[] = []
  for (const target of list) {
    if (target.name !== undefined) out.push({ ...target, name: target.name })
    else {
      const found = fetchObjects(call, [target], options)
      errors.push(...found.errors)
      for (const { mapping, object } of found.objects)
        out.push({ mapping, namespace: object.metadata.namespace, name: object.metadata.name })
    }
  }
  return out
}

function say(call: Invocation, doomed: Doomed, options: Obj, dryRun: string): void {
  const { mapping, name, namespace } = doomed
  if (call.flags.text('output') === 'name') {
    call.out(`${kindName(mapping)}/${name}\n`)
    return
  }
  let how = options.gracePeriodSeconds === 0 ? 'force deleted' : 'deleted'
  // The namespace is told from v1.34 on.
  if (call.minor >= 34 && mapping.namespaced) how += ` from ${namespace} namespace`
  if (dryRun !== 'none') how += dryRun === 'server' ? ' (server dry run)' : ' (dry run)'
  call.out(`${kindName(mapping)} "${name}" ${how}\n`)
}

/** How often a deletion that is waited for is looked at. */
const LOOK_MS = 100

/** Until the objects (the same UIDs) are gone. */
async function waitGone(call: Invocation, list: readonly (Doomed & { uid: string | undefined })[]): Promise<void> {
  const given = call.flags.duration('timeout')
  const deadline = given > 0 ? call.now + given : Number.POSITIVE_INFINITY
  for (const doomed of list) {
    const path = pathOf(doomed.mapping, doomed.namespace, doomed.name)
    for (;;) {
      let live: Obj
      try {
        live = call.rest.get(path)
      } catch (error) {
        if (isNotFound(error)) break
        throw error
      }
      if (doomed.uid !== undefined && live.metadata.uid !== doomed.uid) break
      if (call.now >= deadline) throw fail(`timed out waiting for the condition on ${doomed.mapping.resource}/${doomed.name}`)
      if (call.context.signal.aborted) throw silentExit(130)
      await call.context.sleep(LOOK_MS)
    }
  }
}
