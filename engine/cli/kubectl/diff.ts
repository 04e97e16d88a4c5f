import { fail } from './errors.ts'
import { FILENAME_FLAGS, fieldManager, SELECTOR } from './flags/groups.ts'
import { flag, known } from './flags/spec.ts'
import { loadManifests } from './manifests.ts'
import type { Verb } from './verb.ts'

export const diff: Verb = {
  name: 'diff',
  short: 'Diff the live version against a would-be applied version',
  use: '-f FILENAME [options]',
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR,
    fieldManager('kubectl-client-side-apply'),
    known('concurrency', 'int'),
    known('force-conflicts', 'bool'),
    known('prune', 'bool'),
    known('prune-allowlist', 'stringArray'),
    known('server-side', 'bool'),
    flag('show-managed-fields', 'bool'),
  ],
  run: async (call) => {
    if (!call.flags.changed('filename') && !call.flags.changed('kustomize')) throw fail('must specify one of -f and -k')
    const { manifests, errors } = await loadManifests(call, call.flags.list('filename'))
    if (errors.length > 0) throw errors[0]
    // Nothing to compare is no difference; anything else needs diff(1) over the two versions.
    if (manifests.length > 0) throw call.notEmulated('diff of objects')
    return undefined
  },
}
