// biome-ignore-all lint/suspicious/noExplicitAny: conditions of a request
import { humanDuration } from '../../base/duration.ts'
import { decodeBase64 } from '../../base/utf8.ts'
import { parseRequest } from '../certificate-request.ts'
import type { KubeObject } from '../object.ts'
import { MASTERS } from '../rbac/resolver.ts'
import { forbidden } from '../status.ts'
import { timestamp } from '../time.ts'
import { validateSigningRequest, validateSigningRequestUpdate } from '../validation/certificate.ts'
import type { WriteContext, Writer } from '../write-context.ts'
import { created, type KindDescriptor } from './kind.ts'

/** "Approved,Issued", "Denied", "Pending" (printers.go extractCSRStatus). */
export function requestStatus(object: KubeObject): string {
  const has = (type: string) => (object.status?.conditions ?? []).some((c: any) => c.type === type)
  const decided = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  return `${decided}${has('Failed') ? ',Failed' : ''}${object.status?.certificate ? ',Issued' : ''}`
}

/** Who asks is who sends the request, whatever it says. */
function prepareCreate(object: KubeObject, _context: WriteContext, user?: Writer): KubeObject {
  const { username: _name, uid: _uid, groups: _groups, extra: _extra, ...spec } = object.spec ?? {}
  const who = user === undefined ? {} : { username: user.name, groups: user.groups }
  const more = user as { uid?: string; extra?: object } | undefined
  return {
    ...object,
    spec: {
      ...spec,
      ...who,
      ...(more?.uid ? { uid: more.uid } : {}),
      ...(Object.keys(more?.extra ?? {}).length === 0 ? {} : { extra: more?.extra }),
    },
    status: {},
  }
}

const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client'

/** CertificateSubjectRestriction: nobody asks for a certificate of system:masters. It looks at what validation has passed. */
function restrictSubject(object: KubeObject): void {
  if (object.spec?.signerName !== CLIENT_SIGNER) return
  const parsed = parseRequest(decodeBase64(object.spec.request ?? '') ?? '')
  if (typeof parsed === 'string' || !parsed.subject.some((a) => a.type === 'O' && a.value === MASTERS)) return
  const resource = { group: 'certificates.k8s.io', resource: 'certificatesigningrequests' }
  throw forbidden(resource, object.metadata.name, `use of ${CLIENT_SIGNER} signer with ${MASTERS} group is not allowed`)
}

/** Conditions without times get the present one, or keep the one they had (populateConditionTimestamps). */
function timed(object: KubeObject, old: KubeObject, context: Pick<WriteContext, 'clock'>): KubeObject {
  const now = timestamp(context.clock.now)
  const conditions = (object.status?.conditions ?? []).map((c: any) => {
    const same = (old.status?.conditions ?? []).find((o: any) => o.type === c.type && o.status === c.status)
    return {
      ...c,
      lastUpdateTime: c.lastUpdateTime ?? now,
      lastTransitionTime: c.lastTransitionTime ?? same?.lastTransitionTime ?? now,
    }
  })
  if (conditions.length === 0) return object
  return { ...object, status: { ...object.status, conditions } }
}

/** Requests are made, listed, approved and denied; no signer runs here, so none is ever issued. */
export const certificateSigningRequest: KindDescriptor = {
  resource: 'certificatesigningrequests.certificates.k8s.io',
  suite: 'modelled',
  cells: (object, at) => {
    const { signerName, username = '', expirationSeconds } = object.spec ?? {}
    const duration = expirationSeconds === undefined ? '<none>' : humanDuration(expirationSeconds * 1000)
    return [object.metadata.name, created(object, at), signerName || '<none>', username, duration, requestStatus(object)]
  },
  fields: { 'spec.signerName': (o) => o.spec?.signerName ?? '' },
  strategy: {
    name: 'any',
    defaults: (object) => object,
    prepareCreate,
    prepareUpdate: (object, old) => ({ ...object, spec: old.spec }),
    validate: (object) => {
      const errors = validateSigningRequest(object)
      if (errors.length === 0) restrictSubject(object)
      return errors
    },
    validateUpdate: (object, old) => validateSigningRequestUpdate(object, old),
    status: true,
    prepareStatus: (object, old, _subresource, context) => timed(object, old, context),
    validateStatus: (object, old) => validateSigningRequestUpdate(object, old, 'status'),
    subresources: {
      approval: {
        prepare: (object, old, context) => {
          const approved = timed({ ...old, metadata: object.metadata, status: object.status }, old, context)
          return { ...approved, status: { ...old.status, conditions: approved.status?.conditions } }
        },
        validate: (object, old) => validateSigningRequestUpdate(object, old, 'approval'),
      },
    },
  },
}
