import { StatusError } from '../api/status.ts'
import type { WriteContext } from '../api/write-context.ts'
import type { ApiRequest, ApiUser } from './client.ts'
import { header } from './headers.ts'
import { verifyToken } from './token.ts'

/** What a client in this process shows instead of a TLS handshake: its certificate, or nothing where it has none. */
export const CERTIFICATE = 'X-Client-Certificate'

const UNAUTHORIZED = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'Unauthorized',
  reason: 'Unauthorized',
  code: 401,
} as const

/**
 * Who asks. A connection has a user; only where the client says that it showed no certificate does its bearer token count, as in
 * the real server, which asks certificates first. Without either it is anonymous. A token that is none is 401.
 */
export function authenticate(context: Pick<WriteContext, 'store' | 'clock'>, connected: ApiUser, request: ApiRequest): ApiUser {
  if (header(request, CERTIFICATE) !== '') return connected
  const [, token] = /^Bearer\s+(\S+)\s*$/i.exec(header(request, 'Authorization') ?? '') ?? []
  if (token === undefined) return { name: 'system:anonymous', groups: ['system:unauthenticated'] }
  const found = verifyToken(context, token)
  if ('error' in found) throw new StatusError(UNAUTHORIZED)
  return found.user
}
