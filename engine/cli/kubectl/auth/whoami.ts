import { TABLE_LAYOUT, TabWriter } from '../../../base/tabwriter.ts'
import { fail, isNotFound, StatusError } from '../errors.ts'
import { PRINT_FLAGS } from '../flags/groups.ts'
import { printerFor } from '../print/printer.ts'
import { type Obj, sortedKeys } from '../values.ts'
import type { Verb } from '../verb.ts'
import { goList } from './rules.ts'

const DISABLED = 'the selfsubjectreviews API is not enabled in the cluster'

export const whoami: Verb = {
  name: 'whoami',
  short: 'Experimental: Check self subject attributes',
  flags: PRINT_FLAGS,
  run: (call) => {
    const printer = printerFor(call, 'other')
    let review: Obj
    try {
      const question = {
        kind: 'SelfSubjectReview',
        apiVersion: 'authentication.k8s.io/v1',
        metadata: {},
        status: { userInfo: {} },
      }
      review = call.rest.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', question)
    } catch (error) {
      if (isNotFound(error)) throw fail(DISABLED)
      if (error instanceof StatusError && error.reason === 'Forbidden')
        throw fail(`${DISABLED} or you do not have permission to call it`)
      throw error
    }
    if (printer !== undefined) {
      const { kind, apiVersion, metadata, status } = review
      call.out(printer.print({ kind, apiVersion, metadata, status }, false))
      return undefined
    }
    const { username, uid, groups = [], extra = {} } = review.status?.userInfo ?? {}
    const writer = new TabWriter(TABLE_LAYOUT, true)
    writer.write('ATTRIBUTE\tVALUE\n')
    if (username) writer.write(`Username\t${username}\n`)
    if (uid) writer.write(`UID\t${uid}\n`)
    if (groups.length > 0) writer.write(`Groups\t${goList(groups)}\n`)
    for (const key of sortedKeys(extra)) writer.write(`Extra: ${key}\t${goList(extra[key])}\n`)
    call.out(writer.flush())
    return undefined
  },
}
