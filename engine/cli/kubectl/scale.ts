import { fetchObjects, targets } from './builder.ts'
import { dryRunOf, writeQuery } from './dry-run.ts'
import { fail, throwAll } from './errors.ts'
import { DRY_RUN, FILENAME_FLAGS, PRINT_FLAGS, SELECTOR } from './flags/groups.ts'
import { flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { manifestTargets } from './manifests.ts'
import { pathOf } from './mapper.ts'
import { ResultPrinter } from './print/printer.ts'
import { query } from './rest.ts'
import type { Verb } from './verb.ts'

export const scale: Verb = {
  name: 'scale',
  short: 'Set a new size for a deployment, replica set, or replication controller',
  use: '[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME) [options]',
  completes: 'resource',
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    DRY_RUN,
    SELECTOR,
    flag('all', 'bool'),
    flag('current-replicas', 'int', { fallback: '-1' }),
    flag('replicas', 'int'),
    flag('resource-version', 'string'),
    flag('timeout', 'duration', { fallback: '0s' }),
  ],
  run,
}

async function run(call: Invocation): Promise<undefined> {
  const { flags } = call
  if (!flags.changed('replicas')) throw fail('required flag(s) "replicas" not set')
  if (flags.int('replicas') < 0) throw fail('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0')
  const dryRun = dryRunOf(call)
  const files = flags.list('filename')
  const options = { selector: flags.text('selector'), all: flags.bool('all') }
  const list = files.length > 0 ? await manifestTargets(call, files) : targets(call, call.args, options)
  const { objects, errors } = fetchObjects(call, list, options)
  if (objects.length === 0 && errors.length > 0) throwAll(errors)
  if (objects.length === 0) throw fail('no objects passed to scale')
  if (objects.length > 1 && flags.changed('resource-version')) throw fail('cannot use --resource-version with multiple resources')
  const printer = new ResultPrinter(call, dryRun)
  const replicas = flags.int('replicas')
  for (const { mapping, object } of objects) {
    const path = pathOf(mapping, object.metadata.namespace, object.metadata.name, 'scale')
    const current = call.rest.get(path)
    const expected = flags.int('current-replicas')
    const has = current.spec?.replicas ?? 0
    if (expected >= 0 && has !== expected) throw fail(`Expected replicas to be ${expected}, was ${has}`)
    const version = flags.text('resource-version')
    if (version !== '' && current.metadata.resourceVersion !== version)
      throw fail(`Expected resource version to be ${version}, was ${current.metadata.resourceVersion}`)
    if (dryRun !== 'client') {
      const conditional = expected >= 0 || version !== ''
      if (conditional) call.rest.put(path + writeQuery(call, dryRun), { ...current, spec: { ...current.spec, replicas } })
      else
        call.rest.patch(path + query({ dryRun: dryRun === 'server' ? 'All' : undefined }), 'application/merge-patch+json', {
          spec: { replicas },
        })
    }
    const timeout = flags.duration('timeout')
    if (timeout > 0 && dryRun === 'none')
      await waitScaled(call, pathOf(mapping, object.metadata.namespace, object.metadata.name), replicas, timeout)
    printer.print(mapping, object, 'scaled')
  }
  throwAll(errors)
  return undefined
}

async function waitScaled(call: Invocation, path: string, replicas: number, timeout: number): Promise<void> {
  const deadline = call.now + timeout
  for (;;) {
    const { status = {}, metadata } = call.rest.get(path)
    if ((status.replicas ?? 0) === replicas && (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)) return
    if (call.now >= deadline || call.context.signal.aborted) throw fail(`timed out waiting for "${metadata.name}" to be synced`)
    await call.context.sleep(100)
  }
}
