import { fail } from './errors.ts'
import type { Invocation } from './invocation.ts'
import { compactJson } from './print/json.ts'
import { checkRawPath } from './raw-body.ts'

/** `kubectl get --raw PATH`: the body as it came. */
export function getRaw(call: Invocation): undefined {
  const { flags } = call
  if (flags.bool('watch') || flags.bool('watch-only') || flags.text('selector') !== '') {
    throw fail('--raw may not be specified with other flags that filter the server request or alter the output')
  }
  if (call.args.length > 0) throw fail('arguments may not be passed when --raw is specified')
  if (flags.changed('output')) throw fail('--raw and --output are mutually exclusive')
  const path = flags.text('raw')
  checkRawPath(path)
  const body = call.rest.get(path.startsWith('/') ? path : `/${path}`)
  // The server's JSON is a struct's: its members come in their own order. Every body but text ends with a newline.
  call.out(typeof body === 'string' ? body : `${compactJson(body, false)}\n`)
  return undefined
}
