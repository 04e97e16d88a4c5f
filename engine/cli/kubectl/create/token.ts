import { fail, notEmulatedBy, StatusError } from '../errors.ts'
import { PRINT_FLAGS } from '../flags/groups.ts'
import { flag } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import { printerFor } from '../print/printer.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'
import { nullTime, oneName } from './typed.ts'

const BOUND_KINDS = ['Node', 'Pod', 'Secret']

/** TokenOptions.Validate. */
function validate({ flags }: Invocation): void {
  const duration = flags.duration('duration')
  if (duration < 0) throw fail('--duration must be greater than or equal to 0')
  if (duration % 1000 !== 0) throw fail('--duration cannot be expressed in units less than seconds')
  if (flags.list('audience').includes('')) throw fail('--audience must not be an empty string')
  const kind = flags.text('bound-object-kind')
  if (kind === '') {
    for (const what of ['name', 'uid']) {
      if (flags.text(`bound-object-${what}`) !== '')
        throw fail(`--bound-object-${what} can only be set if --bound-object-kind is provided`)
    }
    return
  }
  if (!BOUND_KINDS.includes(kind)) throw fail(`supported --bound-object-kind values are ${BOUND_KINDS.join(', ')}`)
  if (flags.text('bound-object-name') === '') throw fail('--bound-object-name is required if --bound-object-kind is provided')
}

export const createToken: Verb = {
  name: 'token',
  short: 'Request a service account token',
  use: 'SERVICE_ACCOUNT_NAME [options]',
  flags: [
    ...PRINT_FLAGS,
    flag('audience', 'stringArray'),
    flag('bound-object-kind', 'string'),
    flag('bound-object-name', 'string'),
    flag('bound-object-uid', 'string'),
    flag('duration', 'duration'),
  ],
  run: (call) => {
    const name = oneName(call)
    const printer = printerFor(call, 'other')
    validate(call)
    const { flags } = call
    const audiences = flags.list('audience')
    const duration = flags.duration('duration')
    const kind = flags.text('bound-object-kind')
    const uid = flags.text('bound-object-uid')
    const bound = { kind, apiVersion: 'v1', name: flags.text('bound-object-name'), ...(uid === '' ? {} : { uid }) }
    const request = {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: nullTime(call),
      spec: {
        audiences: audiences.length === 0 ? null : audiences,
        expirationSeconds: duration > 0 ? duration / 1000 : null,
        boundObjectRef: kind === '' ? null : bound,
      },
      status: { token: '', expirationTimestamp: null },
    }
    let answer: Obj
    try {
      answer = call.rest.post(`/api/v1/namespaces/${call.namespace}/serviceaccounts/${name}/token`, request)
    } catch (error) {
      if (error instanceof StatusError && notEmulatedBy(error) === undefined)
        throw fail(`failed to create token: ${error.message}`)
      throw error
    }
    if (printer !== undefined) call.out(printer.print(answer, false))
    else call.out(`${answer.status.token}${call.context.tty === undefined ? '' : '\n'}`)
    return undefined
  },
}
