import { notEmulatedStatus } from '../api/status.ts'
import { authorized, rulesFor, withGroups } from './authorize.ts'
import { bodyOf, decodeObject } from './body.ts'
import type { ApiResponse } from './client.ts'
import type { Call } from './handler.ts'
import { reply } from './respond.ts'

/** Questions to authentication and authorization: answered, never stored. Undefined for any other resource. */
export function review(call: Call): ApiResponse | undefined {
  const { kind, info } = call
  if (kind.group !== 'authorization.k8s.io' && kind.group !== 'authentication.k8s.io') return undefined
  if (info.verb !== 'create') return undefined
  const object = decodeObject(kind, bodyOf(call.request), info, call.warnings)
  const answer = (status: object) => reply(201, { ...object, status }, call.warnings)
  const user = withGroups(call.user)
  switch (kind.resource) {
    case 'selfsubjectreviews':
      return answer({ userInfo: { username: user.name, groups: user.groups } })
    case 'selfsubjectaccessreviews':
    case 'subjectaccessreviews':
    case 'localsubjectaccessreviews': {
      const own = kind.resource === 'selfsubjectaccessreviews'
      const who = own ? user : withGroups({ name: object.spec?.user ?? '', groups: object.spec?.groups ?? [] })
      const { resourceAttributes: r, nonResourceAttributes: n } = object.spec ?? {}
      const attributes =
        n === undefined
          ? {
              verb: r?.verb ?? '',
              group: r?.group ?? '',
              resource: r?.resource ?? '',
              subresource: r?.subresource || undefined,
              namespace: r?.namespace,
              name: r?.name,
            }
          : { verb: n.verb ?? '', group: '', resource: '', path: n.path ?? '' }
      return answer({ allowed: authorized(call.context.store, who, attributes) })
    }
    case 'selfsubjectrulesreviews': {
      const rules = rulesFor(call.context.store, user, object.spec?.namespace)
      return answer({
        resourceRules: rules.filter((r) => r.resources !== undefined),
        nonResourceRules: rules
          .filter((r) => r.nonResourceURLs !== undefined)
          .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
        incomplete: false,
      })
    }
    default:
      throw notEmulatedStatus(`creating ${kind.resource}`)
  }
}
