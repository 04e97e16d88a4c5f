import { parse } from 'yaml'
import { yamlDocument } from '../../base/yaml.ts'
import { fetchObjects, targets } from './builder.ts'
import { dryRunOf, writeQuery } from './dry-run.ts'
import { fail, throwAll } from './errors.ts'
import { DRY_RUN, FILENAME_FLAGS, PRINT_FLAGS, SELECTOR } from './flags/groups.ts'
import { flag } from './flags/spec.ts'
import { LAST_APPLIED, lastAppliedOf, withLastApplied } from './last-applied.ts'
import { loadManifests, manifestPath, manifestTargets } from './manifests.ts'
import { indentedJson } from './print/json.ts'
import { ResultPrinter } from './print/printer.ts'
import type { Verb } from './verb.ts'

export const viewLastApplied: Verb = {
  name: 'view-last-applied',
  short: 'View the latest last-applied-configuration annotations of a resource/object',
  completes: 'resource',
  flags: [...FILENAME_FLAGS, SELECTOR, flag('all', 'bool'), flag('output', 'string', { short: 'o' })],
  run: async (call) => {
    const { flags } = call
    const output = flags.text('output')
    if (!['', 'yaml', 'json'].includes(output))
      throw call.usage(`Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`)
    const files = flags.list('filename')
    const options = { selector: flags.text('selector'), all: flags.bool('all') }
    const list = files.length > 0 ? await manifestTargets(call, files) : targets(call, call.args, options)
    const { objects, errors } = fetchObjects(call, list, options)
    throwAll(errors)
    for (const { object } of objects) {
      const applied = lastAppliedOf(object)
      if (applied === undefined) continue
      call.out(
        output === 'json'
          ? `${indentedJson(JSON.parse(applied)).replace(/^( +)/gm, (blanks) => blanks.slice(blanks.length / 2))}\n`
          : yamlDocument(parse(applied)),
      )
    }
    return undefined
  },
}

export const setLastApplied: Verb = {
  name: 'set-last-applied',
  short: 'Set the last-applied-configuration annotation on a live object to match the contents of a file',
  flags: [...FILENAME_FLAGS, ...PRINT_FLAGS, DRY_RUN, flag('create-annotation', 'bool')],
  run: async (call) => {
    const dryRun = dryRunOf(call)
    const printer = new ResultPrinter(call, dryRun)
    const { manifests, errors } = await loadManifests(call, call.flags.list('filename'))
    throwAll(errors)
    for (const m of manifests) {
      const name = m.object.metadata?.name
      const live = call.rest.get(manifestPath(m))
      const before = lastAppliedOf(live)
      if (before === undefined && !call.flags.bool('create-annotation')) {
        throw fail(
          `no last-applied-configuration annotation found on resource: ${name}, to create the annotation, run the command with --create-annotation`,
        )
      }
      const after = lastAppliedOf(withLastApplied(m.object))
      if (before === after) {
        call.out(`set-last-applied ${name}: no changes required.\n`)
        continue
      }
      const patch = { metadata: { annotations: { [LAST_APPLIED]: after } } }
      const made =
        dryRun === 'client'
          ? live
          : call.rest.patch(manifestPath(m) + writeQuery(call, dryRun), 'application/merge-patch+json', patch)
      printer.print(m.mapping, made, 'configured')
    }
    return undefined
  },
}
