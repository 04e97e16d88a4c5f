import { fetchObjects, targets } from './builder.ts'
import { writeQuery } from './dry-run.ts'
import { type EditPlan, editLoop } from './edit/loop.ts'
import { fail, throwAll } from './errors.ts'
import { FILENAME_FLAGS, fieldManager, PRINT_FLAGS, VALIDATE, WINDOWS_LINES } from './flags/groups.ts'
import { LAST_APPLIED, lastAppliedOf, withLastApplied } from './last-applied.ts'
import { manifestPath, manifestTargets } from './manifests.ts'
import { ResultPrinter } from './print/printer.ts'
import type { Verb } from './verb.ts'

/** `kubectl apply edit-last-applied`: what was applied, in an editor (editor.ApplyEditMode). */
export const editLastApplied: Verb = {
  name: 'edit-last-applied',
  short: 'Edit latest last-applied-configuration annotations of a resource/object',
  use: '(RESOURCE/NAME | -f FILENAME) [options]',
  completes: 'resource',
  flags: [...PRINT_FLAGS, ...FILENAME_FLAGS, fieldManager('kubectl-client-side-apply'), VALIDATE, WINDOWS_LINES],
  run: async (call) => {
    const files = call.flags.list('filename')
    const list = files.length > 0 ? await manifestTargets(call, files) : targets(call, call.args, { all: true })
    const { objects, errors } = fetchObjects(call, list)
    throwAll(errors)
    const applied = objects.flatMap(({ mapping, object }) => {
      const text = lastAppliedOf(object)
      return text === undefined ? [] : [{ mapping, object: JSON.parse(text) }]
    })
    if (applied.length === 0)
      throw fail(
        'no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`',
      )
    return editLoop(call, { objects: applied, lastApplied: true, submit })
  },
}

/** Only the annotation changes. */
const submit: EditPlan['submit'] = (call, edited) => {
  const printer = new ResultPrinter(call)
  for (const m of edited) {
    const patch = { metadata: { annotations: { [LAST_APPLIED]: lastAppliedOf(withLastApplied(m.object)) } } }
    call.rest.patch(manifestPath(m) + writeQuery(call, 'none', true), 'application/merge-patch+json', patch)
    printer.print(m.mapping, m.object, 'edited')
  }
}
