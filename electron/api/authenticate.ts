import { timingSafeEqual } from 'node:crypto'
import type { ApiUser } from '../../engine/index.ts'
import type { ApiBackend } from './backend.ts'
import { USER } from './kubeconfig.ts'

/** Whom the kubeconfig's token stands for: the administrator that kubeadm makes. */
export const ADMIN: ApiUser = { name: USER, groups: ['kubeadm:cluster-admins', 'system:authenticated'] }
/** Who asks about other tokens: what a real API server does within itself. */
const ITSELF: ApiUser = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] }

const REVIEWS = '/apis/authentication.k8s.io/v1/tokenreviews'

export type Authenticate = (authorization: string | undefined) => Promise<ApiUser | undefined>

/** Who a request is from: the kubeconfig's own token, or one that the cluster knows (a ServiceAccount's). */
export function authenticator(token: string, backend: ApiBackend): Authenticate {
  return async (authorization) => {
    // RFC 6750: the scheme's case does not matter.
    const given = /^bearer +([^ ]+) *$/i.exec(authorization ?? '')?.[1]
    if (given === undefined) return undefined
    if (same(given, token)) return ADMIN
    // Only what can be a ServiceAccount's token is asked about.
    return given.split('.').length === 3 ? await reviewed(given, backend) : undefined
  }
}

async function reviewed(token: string, backend: ApiBackend): Promise<ApiUser | undefined> {
  const body = { kind: 'TokenReview', apiVersion: 'authentication.k8s.io/v1', spec: { token } }
  const reply = await backend.request(ITSELF, { method: 'POST', path: REVIEWS, body })
  if (reply.status >= 300) return undefined
  const { status } = JSON.parse(reply.body) as {
    status?: { authenticated?: boolean; user?: { username?: string; groups?: string[] } }
  }
  const name = status?.authenticated === true ? status.user?.username : undefined
  return name === undefined ? undefined : { name, groups: status?.user?.groups ?? [] }
}

function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
