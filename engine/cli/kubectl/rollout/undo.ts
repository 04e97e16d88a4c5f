import { dryRunOf, writeQuery } from '../dry-run.ts'
import { fail } from '../errors.ts'
import { DRY_RUN, FILENAME_FLAGS, PRINT_FLAGS, SELECTOR } from '../flags/groups.ts'
import { flag } from '../flags/spec.ts'
import { pathOf } from '../mapper.ts'
import { compactJson } from '../print/json.ts'
import { ResultPrinter } from '../print/printer.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'
import { revisionsOf, workloads } from './objects.ts'

export const undo: Verb = {
  name: 'undo',
  short: 'Undo a previous rollout',
  use: '(TYPE NAME | TYPE/NAME) [flags] [options]',
  completes: 'deployment',
  flags: [...PRINT_FLAGS, ...FILENAME_FLAGS, DRY_RUN, SELECTOR, flag('to-revision', 'int64')],
  run: async (call) => {
    const dryRun = dryRunOf(call)
    const printer = new ResultPrinter(call, dryRun)
    const wanted = call.flags.int('to-revision')
    for (const found of await workloads(call)) {
      const { mapping, object } = found
      const revisions = revisionsOf(call, found, 'rollbacker')
      if (wanted > 0 && !revisions.some((r) => r.number === wanted))
        throw fail(`unable to find specified revision ${wanted} in history`)
      if (wanted === 0 && revisions.length <= 1) {
        throw fail(
          mapping.resource === 'deployments'
            ? `no rollout history found for deployment "${object.metadata.name}"`
            : 'no last revision to roll back to',
        )
      }
      if (object.spec?.paused)
        throw fail(`you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again`)
      const target = wanted > 0 ? revisions.find((r) => r.number === wanted)! : revisions.at(-2)!
      const template = bare(target.template)
      if (compactJson(template) === compactJson(bare(object.spec.template))) {
        printer.print(mapping, object, `skipped rollback (current template already matches revision ${target.number})`)
        continue
      }
      const path = pathOf(mapping, object.metadata.namespace, object.metadata.name) + writeQuery(call, dryRun)
      const body = [{ op: 'replace', path: '/spec/template', value: template }]
      printer.print(
        mapping,
        dryRun === 'client' ? object : call.rest.patch(path, 'application/json-patch+json', body),
        'rolled back',
      )
    }
    return undefined
  },
}

/** The template without the label that its controller added. */
function bare(template: Obj): Obj {
  const { 'pod-template-hash': _, ...labels } = template.metadata?.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } }
}
