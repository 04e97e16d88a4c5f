import { fetchObjects, targets } from '../builder.ts'
import { fail, throwAll } from '../errors.ts'
import { FILENAME_FLAGS, fieldManager, PRINT_FLAGS, SAVE_CONFIG, VALIDATE, WINDOWS_LINES } from '../flags/groups.ts'
import { flag } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import { manifestTargets } from '../manifests.ts'
import type { Verb } from '../verb.ts'
import { editLoop, submitPatches } from './loop.ts'

/** `kubectl edit`: objects from the server, in an editor, and back as patches. */
export const edit: Verb = {
  name: 'edit',
  short: 'Edit a resource on the server',
  use: '(RESOURCE/NAME | -f FILENAME) [options]',
  completes: 'resource',
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    fieldManager('kubectl-edit'),
    flag('output-patch', 'bool'),
    SAVE_CONFIG,
    flag('subresource', 'string'),
    VALIDATE,
    WINDOWS_LINES,
  ],
  run,
}

async function run(call: Invocation): Promise<undefined> {
  const format = call.flags.text('output')
  // an object is edited as a text, so there are fewer formats than elsewhere
  if (format === 'kyaml' && call.minor >= 34) throw call.notEmulated('-o kyaml')
  if (!['', 'json', 'yaml'].includes(format)) {
    const allowed = call.minor >= 34 ? 'json,kyaml,yaml' : 'json,yaml'
    throw fail(`unable to match a printer suitable for the output format "${format}", allowed formats are: ${allowed}`)
  }
  const files = call.flags.list('filename')
  const list = files.length > 0 ? await manifestTargets(call, files) : targets(call, call.args, { all: true })
  const { objects, errors } = fetchObjects(call, list)
  throwAll(errors)
  if (objects.length === 0) throw fail('edit cancelled, no objects found')
  return editLoop(call, { objects, submit: submitPatches(objects) })
}
