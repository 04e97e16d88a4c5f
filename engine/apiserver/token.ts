import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { KubeObject } from '../api/object.ts'
import type { WriteContext } from '../api/write-context.ts'
import { decodeBase64, decodeUtf8, encodeBase64, encodeUtf8 } from '../base/utf8.ts'
import type { ApiUser } from './client.ts'

/** Who signs, and whom a token is for unless it says otherwise (--service-account-issuer, --api-audiences). */
export const ISSUER = 'https://kubernetes.default.svc.cluster.local'

interface Ref {
  readonly name: string
  readonly uid: string
}

/** What a service account token says (pkg/serviceaccount/claims.go). */
interface Claims {
  readonly aud: readonly string[]
  readonly exp: number
  readonly iat: number
  readonly iss: string
  readonly jti: string
  readonly 'kubernetes.io': {
    readonly namespace: string
    readonly node?: Ref
    readonly pod?: Ref
    readonly secret?: Ref
    readonly serviceaccount: Ref
    readonly warnafter?: number
  }
  readonly nbf: number
  readonly sub: string
}

export interface TokenWish {
  readonly account: KubeObject
  readonly audiences: readonly string[]
  readonly seconds: number
  /** The pod, secret or node that the token dies with; a pod's node is told as well. */
  readonly bound?: { readonly pod?: KubeObject; readonly node?: KubeObject; readonly secret?: KubeObject }
  /** Seconds after which a use is noted as late: tokens that a kubelet asks for live a year in truth. */
  readonly warnAfter?: number
}

const url = (base64: string) => base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const part = (value: object) => url(encodeBase64(encodeUtf8(JSON.stringify(value))))
const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0))
const text = (data: Uint8Array) => String.fromCharCode(...data)

/**
 * The cluster's signature. The real one is RS256; there is no RSA in the engine, so the token is an HS256 one, says so in its
 * header, and is good in this cluster only.
 */
function signature({ store }: Pick<WriteContext, 'store'>, signed: string): string {
  const cluster = store.get('namespaces', undefined, 'kube-system')?.metadata.uid ?? ''
  return url(encodeBase64(text(hmac(sha256, bytes(`service-account-key ${cluster}`), bytes(signed)))))
}

const ref = ({ metadata: { name, uid = '' } }: KubeObject): Ref => ({ name, uid })

/** A token for a service account: JSON Web Token whose payload is what a real one's would be. */
export function mintToken(context: Pick<WriteContext, 'store' | 'clock' | 'dice'>, wish: TokenWish): string {
  const now = Math.floor(context.clock.now / 1000)
  const { account, bound = {} } = wish
  const { name, namespace = '' } = account.metadata
  const claims: Claims = {
    aud: wish.audiences,
    exp: now + wish.seconds,
    iat: now,
    iss: ISSUER,
    jti: context.dice.uuid(),
    'kubernetes.io': {
      namespace,
      ...(bound.node === undefined ? {} : { node: ref(bound.node) }),
      ...(bound.pod === undefined ? {} : { pod: ref(bound.pod) }),
      ...(bound.secret === undefined ? {} : { secret: ref(bound.secret) }),
      serviceaccount: ref(account),
      ...(wish.warnAfter === undefined ? {} : { warnafter: now + wish.warnAfter }),
    },
    nbf: now,
    sub: `system:serviceaccount:${namespace}:${name}`,
  }
  const signed = `${part({ alg: 'HS256', kid: url(encodeBase64('chainwalk')) })}.${part(claims)}`
  return `${signed}.${signature(context, signed)}`
}

export type Verified = { readonly user: ApiUser; readonly audiences: readonly string[] } | { readonly error: string }

const INVALID = 'invalid bearer token'
const GONE = 'service account token has been invalidated'

function read(token: string): Claims | undefined {
  const [, payload = ''] = token.split('.')
  const base64 = payload.replaceAll('-', '+').replaceAll('_', '/')
  const json = decodeBase64(base64 + '='.repeat((4 - (base64.length % 4)) % 4))
  try {
    return json === undefined ? undefined : (JSON.parse(decodeUtf8(json)) as Claims)
  } catch {
    return undefined
  }
}

/** The user behind a token, or why there is none, in the words of TokenReview. */
export function verifyToken(
  context: Pick<WriteContext, 'store' | 'clock'>,
  token: string,
  wanted: readonly string[] = [ISSUER],
): Verified {
  const parts = token.split('.')
  const claims = parts.length === 3 ? read(token) : undefined
  if (claims?.iss !== ISSUER || claims['kubernetes.io'] === undefined) return { error: INVALID }
  const wrong = (why: string) => ({ error: `[${INVALID}, ${why}]` })
  if (signature(context, parts.slice(0, 2).join('.')) !== parts[2])
    return wrong('go-jose/go-jose: error in cryptographic primitive')
  const audiences = claims.aud.filter((a) => wanted.includes(a))
  const quoted = (list: readonly string[]) => `[${list.map((a) => JSON.stringify(a)).join(' ')}]`
  if (audiences.length === 0)
    return wrong(`token audiences ${quoted(claims.aud)} is invalid for the target audiences ${quoted(wanted)}`)
  if (claims.exp * 1000 <= context.clock.now) return wrong('service account token has expired')
  const why = invalidated(context, claims)
  return why === undefined ? { user: userOf(claims), audiences } : wrong(why)
}

/** A token dies with its account, and with the object it is bound to. */
function invalidated({ store }: Pick<WriteContext, 'store'>, claims: Claims): string | undefined {
  const { namespace, serviceaccount, pod, secret, node } = claims['kubernetes.io']
  const lives = (resource: string, within: string | undefined, { name, uid }: Ref) =>
    store.get(resource, within, name)?.metadata.uid === uid
  const account = store.get('serviceaccounts', namespace, serviceaccount.name)
  if (account === undefined) return `serviceaccounts "${serviceaccount.name}" not found`
  if (account.metadata.uid !== serviceaccount.uid) {
    const words = `service account UID (${account.metadata.uid}) does not match claim (${serviceaccount.uid})`
    return words
  }
  if (pod !== undefined && !lives('pods', namespace, pod)) return GONE
  if (secret !== undefined && !lives('secrets', namespace, secret)) return GONE
  if (node !== undefined && pod === undefined && !lives('nodes', undefined, node)) return GONE
  return undefined
}

/** The account with its groups, and what is known of the token (ServiceAccountInfo.UserInfo). */
function userOf(claims: Claims): ApiUser {
  const { namespace, serviceaccount, pod, node } = claims['kubernetes.io']
  const about = (key: string, value: string) => [`authentication.kubernetes.io/${key}`, [value]] as const
  return {
    name: claims.sub,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    extra: Object.fromEntries([
      about('credential-id', `JTI=${claims.jti}`),
      ...(node === undefined ? [] : [about('node-name', node.name), about('node-uid', node.uid)]),
      ...(pod === undefined ? [] : [about('pod-name', pod.name), about('pod-uid', pod.uid)]),
    ]),
  }
}
