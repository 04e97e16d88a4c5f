import { badRequest } from '../api/status.ts'
import { parseGoJson } from '../base/go-json.ts'
import { decodeBase64, encodeBase64 } from '../base/utf8.ts'

/** Where a list goes on: from the first key after `after` (or at `start` where that is given), in the state of revision `rv`. */
export interface Position {
  readonly rv: number
  /** The key below the listed prefix, with what makes it the next one. */
  readonly start: string
}

const VERSION = 'meta.k8s.io/v1'

/** apiserver storage.EncodeContinue: URL-safe base64 of a JSON that names version, revision and key. */
export function encodeContinue({ rv, start }: Position): string {
  // Go writes the zero byte after a key as \u0000, as JSON.stringify does
  const raw = JSON.stringify({ v: VERSION, rv, start })
  return encodeBase64(raw).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

function cleaned(path: string): string {
  const out: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') out.pop()
    else out.push(part)
  }
  return `/${out.join('/')}`
}

/** storage.DecodeContinue, with its words for tokens that are none. */
export function decodeContinue(text: string): Position {
  const refuse = (why: string) => badRequest(`invalid continue token: continue key is not valid: ${why}`)
  const foreign = text.search(/[^A-Za-z0-9_-]/)
  const bytes = decodeBase64(`${text}${'='.repeat((4 - (text.length % 4)) % 4)}`.replaceAll('-', '+').replaceAll('_', '/'))
  if (foreign >= 0 || bytes === undefined)
    throw refuse(`illegal base64 data at input byte ${foreign >= 0 ? foreign : text.length - (text.length % 4)}`)
  let token: { v?: unknown; rv?: unknown; start?: unknown }
  try {
    token = (parseGoJson(bytes) ?? {}) as typeof token
  } catch (error) {
    throw refuse((error as Error).message)
  }
  const { v = '', rv, start = '' } = token
  if (v !== VERSION) throw refuse(`server does not recognize this encoded version ${String(v)}`)
  if (typeof rv !== 'number' || rv === 0) throw refuse(`incorrect encoded start resourceVersion (version ${VERSION})`)
  if (typeof start !== 'string' || start === '') throw refuse(`encoded start key empty (version ${VERSION})`)
  const key = start.startsWith('/') ? start : `/${start}`
  if (cleaned(key) !== key) throw refuse(start)
  return { rv, start: key.slice(1) }
}
