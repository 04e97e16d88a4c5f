import { dryRunOf } from './dry-run.ts'
import { fail, StatusError } from './errors.ts'
import type { Invocation } from './invocation.ts'
import { type Manifest, manifestPath } from './manifests.ts'
import { query } from './rest.ts'
import type { Obj } from './values.ts'

const HINT = `
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`

/** One object by server-side apply; a conflict comes with the ways out of it (apply.go applyOneObject). */
export function applyServerSide(call: Invocation, m: Manifest, dryRun = dryRunOf(call)): Obj {
  const { flags } = call
  const params = query({
    dryRun: dryRun === 'server' ? 'All' : undefined,
    fieldManager: flags.changed('field-manager') ? flags.text('field-manager') : 'kubectl',
    fieldValidation: ['false', 'ignore'].includes(flags.text('validate'))
      ? 'Ignore'
      : flags.text('validate') === 'warn'
        ? 'Warn'
        : 'Strict',
    force: String(flags.bool('force-conflicts')),
  })
  const subresource = flags.text('subresource')
  const path = `${manifestPath(m)}${subresource === '' ? '' : `/${subresource}`}${params}`
  try {
    return call.rest.patch(path, 'application/apply-patch+yaml', m.object)
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== 'Conflict') throw error
    throw fail(`${error.message}${HINT}`)
  }
}
