// biome-ignore-all lint/suspicious/noExplicitAny: reviews are questions of several shapes
import { trackUpdate } from '../api/managed-fields.ts'
import type { KubeObject } from '../api/object.ts'
import { rulesFor } from '../api/rbac/resolver.ts'
import type { Attributes, PolicyRule } from '../api/rbac/rules.ts'
import { badRequest, type FieldError, invalid, invalidObject, notEmulatedStatus } from '../api/status.ts'
import { timestamp } from '../api/time.ts'
import { decide, withGroups } from './authorize.ts'
import { decodeObject } from './body.ts'
import type { ApiResponse, ApiUser } from './client.ts'
import { type Call, writeOptions } from './handler.ts'
import { reply } from './respond.ts'
import { verifyToken } from './token.ts'

/** Questions to authentication and authorization: answered, never stored. Undefined for any other resource. */
export function review(call: Call): ApiResponse | undefined {
  const { kind, info } = call
  if (kind.group !== 'authorization.k8s.io' && kind.group !== 'authentication.k8s.io') return undefined
  if (info.verb !== 'create') return undefined
  const given = placed(call, decodeObject(kind, call.request, info, call.warnings))
  const object = trackUpdate(call.context, undefined, given, writeOptions(call))
  const answer = (parts: object) => reply(201, { ...object, ...parts }, call.warnings)
  const user = withGroups(call.user)
  switch (kind.resource) {
    case 'selfsubjectreviews': {
      const metadata = { creationTimestamp: timestamp(call.context.clock.now) }
      return answer({ metadata, status: { userInfo: userInfo(user) } })
    }
    case 'selfsubjectaccessreviews':
    case 'subjectaccessreviews':
    case 'localsubjectaccessreviews':
      return answer({ status: accessReview(call, object, user) })
    case 'selfsubjectrulesreviews':
      return answer({ metadata: {}, spec: {}, status: rulesReview(call, object, user) })
    case 'tokenreviews':
      return answer({ status: tokenReview(call, object) })
    default:
      throw notEmulatedStatus(`creating ${kind.resource}`)
  }
}

/** The object as Go holds it: nothing empty in its attributes, in the namespace of its path. */
function placed({ info }: Call, object: KubeObject): KubeObject {
  const { name, ...rest } = object.metadata
  const metadata = { ...(name ? { name } : {}), ...rest, ...(info.namespace === undefined ? {} : { namespace: info.namespace }) }
  const attributes = object.spec?.resourceAttributes
  const filled = Object.fromEntries(Object.entries(attributes ?? {}).filter(([, value]) => value !== ''))
  const spec = attributes === undefined ? object.spec : { ...object.spec, resourceAttributes: filled }
  return { ...object, metadata: metadata as KubeObject['metadata'], ...(object.spec === undefined ? {} : { spec }) }
}

function userInfo({ name, uid, groups, extra }: ApiUser): object {
  return {
    username: name,
    ...(uid ? { uid } : {}),
    groups,
    ...(extra === undefined || Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

/** ValidateSubjectAccessReview and its two sisters (pkg/apis/authorization/validation). */
function validate(resource: string, object: KubeObject, namespace: string | undefined): FieldError[] {
  const { resourceAttributes: r, nonResourceAttributes: n, user = '', groups = [] } = object.spec ?? {}
  const out: FieldError[] = []
  if (r !== undefined && n !== undefined) {
    const shown = { Path: n.path ?? '', Verb: n.verb ?? '' }
    out.push(invalid('spec.nonResourceAttributes', shown, 'cannot be specified in combination with resourceAttributes'))
  }
  if (r === undefined && n === undefined) {
    const words = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
    out.push(invalid('spec.resourceAttributes', null, words))
  }
  if (resource !== 'selfsubjectaccessreviews' && user === '' && groups.length === 0)
    out.push(invalid('spec.user', '', 'at least one of user or group must be specified'))
  const local = resource === 'localsubjectaccessreviews'
  const { managedFields: _fields, ...own } = object.metadata
  if (Object.keys(own).some((key) => !(local && key === 'namespace')))
    out.push(invalid('metadata', object.metadata, local ? 'must be empty except for namespace' : 'must be empty'))
  if (!local) return out
  if (r !== undefined && (r.namespace ?? '') !== (namespace ?? ''))
    out.push(invalid('spec.resourceAttributes.namespace', r.namespace ?? '', 'must match metadata.namespace'))
  if (n !== undefined) {
    const shown = { Path: n.path ?? '', Verb: n.verb ?? '' }
    out.push(invalid('spec.nonResourceAttributes', shown, 'disallowed on this kind of request'))
  }
  return out
}

function attributesOf({ resourceAttributes: r, nonResourceAttributes: n }: any): Attributes {
  if (n !== undefined) return { verb: n.verb ?? '', group: '', resource: '', path: n.path ?? '' }
  return {
    verb: r.verb ?? '',
    group: r.group ?? '',
    resource: r.resource ?? '',
    subresource: r.subresource || undefined,
    namespace: r.namespace,
    name: r.name,
  }
}

function accessReview({ kind, context, info }: Call, object: KubeObject, user: ApiUser): object {
  const errors = validate(kind.resource, object, info.namespace)
  if (errors.length > 0) throw invalidObject({ group: kind.group, kind: '' }, '', errors, context.minor)
  const spec = object.spec ?? {}
  const self = kind.resource === 'selfsubjectaccessreviews'
  // who asks about others names all their groups: none is added
  const who: ApiUser = self ? user : { name: spec.user ?? '', groups: spec.groups ?? [] }
  const { allowed, reason } = decide(context.store, who, attributesOf(spec), self)
  return { allowed, ...(reason === '' ? {} : { reason }) }
}

function rulesReview({ context }: Call, object: KubeObject, user: ApiUser): object {
  const namespace = object.spec?.namespace
  if (!namespace) throw badRequest('no namespace on request')
  const { rules, error } = rulesFor(context.store, user, namespace)
  const filled = (list: readonly string[] | undefined) => (list ?? []).length > 0
  const resourceRule = ({ verbs, apiGroups, resources, resourceNames }: PolicyRule) => ({
    verbs,
    apiGroups,
    resources,
    ...(filled(resourceNames) ? { resourceNames } : {}),
  })
  return {
    resourceRules: rules.filter((r) => filled(r.resources)).map(resourceRule),
    nonResourceRules: rules
      .filter((r) => filled(r.nonResourceURLs))
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
    ...(error === '' ? {} : { evaluationError: error }),
  }
}

function tokenReview({ context }: Call, object: KubeObject): object {
  const { token = '', audiences } = object.spec ?? {}
  if (token === '') throw badRequest('token is required for TokenReview in authentication')
  const found = verifyToken(context, token, (audiences ?? []).length > 0 ? audiences : undefined)
  if ('error' in found) return { user: {}, error: found.error }
  return { authenticated: true, user: userInfo(found.user), audiences: found.audiences }
}
