// biome-ignore-all lint/suspicious/noExplicitAny: a TokenRequest
import type { KubeObject } from '../api/object.ts'
import { badRequest, conflict, type FieldError, invalid, invalidObject, notFound } from '../api/status.ts'
import { timestamp } from '../api/time.ts'
import { decodeObject } from './body.ts'
import type { ApiResponse } from './client.ts'
import type { Call } from './handler.ts'
import { reply } from './respond.ts'
import { ISSUER, mintToken, type TokenWish } from './token.ts'

const KIND = {
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenRequest',
  version: 'v1',
  group: 'authentication.k8s.io',
} as const
const SHORTEST = 600
/** A kubelet's own wish; such a token works for a year, and its late use is only noted (token.WarnOnlyBoundTokenExpirationSeconds). */
const KUBELET = 3607
const YEAR = 365 * 24 * 3600

/** The object that a token is to die with. */
function bound(call: Call, account: KubeObject, wanted: any): TokenWish['bound'] {
  const { store } = call.context
  const { namespace } = account.metadata
  const { kind, apiVersion = '', name = '', uid } = wanted
  const find = (resource: string, within?: string) => {
    const found = store.get(resource, within, name)
    if (found === undefined) throw notFound({ group: '', resource }, name)
    if (uid && uid !== found.metadata.uid) {
      const words = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`
      throw conflict({ group: '', resource: kind }, name, words)
    }
    return found
  }
  const core = apiVersion === 'v1' || apiVersion === ''
  if (core && kind === 'Secret') return { secret: find('secrets', namespace) }
  if (core && kind === 'Node') return { node: find('nodes') }
  if (!core || kind !== 'Pod') {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
    throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind ?? ''}`)
  }
  const pod = find('pods', namespace)
  if (pod.spec.serviceAccountName !== account.metadata.name) {
    const words = `cannot bind token for serviceaccount "${account.metadata.name}" to pod running with different serviceaccount name.`
    throw badRequest(words)
  }
  const node = pod.spec.nodeName ? store.get('nodes', undefined, pod.spec.nodeName) : undefined
  return { pod, ...(node === undefined ? {} : { node }) }
}

/** POST …/serviceaccounts/NAME/token (registry/core/serviceaccount/storage/token.go). */
export function requestToken(call: Call): ApiResponse {
  const { context, info, request, warnings } = call
  const name = info.name as string
  const given = decodeObject(KIND, request, info, warnings)
  const refuse = (field: string, value: unknown, why: string, named = name) => {
    const errors: FieldError[] = [invalid(field, value, why)]
    throw invalidObject(KIND, named, errors, context.minor)
  }
  const { name: asked, namespace } = given.metadata
  if (asked && asked !== name) refuse('metadata.name', asked, 'must match the service account name if specified')
  if (namespace && namespace !== info.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  const account = context.store.get('serviceaccounts', info.namespace, name)
  if (account === undefined) throw notFound({ group: '', resource: 'serviceaccounts' }, name)
  const spec = given.spec ?? {}
  const seconds: number = spec.expirationSeconds ?? 3600
  const at = 'spec.expirationSeconds'
  if (seconds < SHORTEST) refuse(at, seconds, 'may not specify a duration less than 10 minutes', '')
  if (seconds > 2 ** 32) refuse(at, seconds, 'may not specify a duration larger than 2^32 seconds', '')
  const audiences: readonly string[] = (spec.audiences ?? []).length > 0 ? spec.audiences : [ISSUER]
  const to = spec.boundObjectRef ? bound(call, account, spec.boundObjectRef) : undefined
  const late = to?.pod !== undefined && seconds === KUBELET && audiences.every((a) => a === ISSUER)
  const token = mintToken(context, {
    account,
    audiences,
    seconds: late ? YEAR : seconds,
    ...(to === undefined ? {} : { bound: to }),
    ...(late ? { warnAfter: seconds } : {}),
  })
  const now = context.clock.now
  const answer = {
    kind: KIND.kind,
    apiVersion: KIND.apiVersion,
    metadata: { name, namespace: info.namespace, uid: account.metadata.uid, creationTimestamp: timestamp(now) },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec.boundObjectRef ?? null },
    status: { token, expirationTimestamp: timestamp(now + seconds * 1000) },
  }
  return reply(201, answer, warnings)
}
