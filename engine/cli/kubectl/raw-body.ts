import { decodeUtf8 } from '../../base/utf8.ts'
import { FsError } from '../../cluster/fs.ts'
import { fail } from './errors.ts'
import type { Invocation } from './invocation.ts'
import { compactJson } from './print/json.ts'
import type { Obj } from './values.ts'

/** Flags that do not go with --raw, in the order in which the verb objects to them; `need`: one file must be given. */
export function checkRaw(call: Invocation, need: boolean): void {
  const { flags } = call
  const files = flags.list('filename')
  if (flags.bool('edit')) throw fail('--raw and --edit are mutually exclusive')
  if (files.length > 1 || (need && files.length === 0)) throw fail('--raw can only use a single local file or stdin')
  if (/^https?:\/\//.test(files[0] ?? '')) throw fail('--raw cannot read from a url')
  if (flags.bool('recursive')) throw fail('--raw and --recursive are mutually exclusive')
  if (need && flags.text('selector') !== '') throw fail('--raw and --selector (-l) are mutually exclusive')
  if (flags.text('output') !== '') throw fail('--raw and --output are mutually exclusive')
  checkRawPath(flags.text('raw'))
}

/** url.ParseRequestURI. */
export function checkRawPath(path: string): void {
  if (!/^(\/|[a-zA-Z][a-zA-Z0-9+.-]*:)/.test(path))
    throw fail(`--raw must be a valid URL path: parse "${path}": invalid URI for request`)
}

/** `create|replace|delete --raw PATH [-f FILE]`: the file's bytes as they are, and the answer's (rawhttp/raw.go). */
export async function sendRaw(call: Invocation, method: 'POST' | 'PUT' | 'DELETE'): Promise<undefined> {
  const [file] = call.flags.list('filename')
  const text = file === undefined ? '' : file === '-' ? await call.stdin() : fileText(call, file)
  const path = call.flags.text('raw')
  const answer = call.rest.send({
    method,
    path: path.startsWith('/') ? path : `/${path}`,
    // A body that is no JSON goes as the text it is: the server says what is wrong with it.
    ...(text === '' ? {} : { body: parsed(text) }),
    headers: { 'Content-Type': 'application/json' },
  })
  call.out(typeof answer === 'string' ? answer : `${compactJson(answer, false)}\n`)
  return undefined
}

function parsed(text: string): Obj {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function fileText(call: Invocation, path: string): string {
  try {
    return decodeUtf8(call.context.machine.fs.read(call.resolve(path)))
  } catch (error) {
    if (!(error instanceof FsError)) throw error
    throw fail(`open ${path}: ${error.code === 'EACCES' ? 'permission denied' : 'no such file or directory'}`)
  }
}
