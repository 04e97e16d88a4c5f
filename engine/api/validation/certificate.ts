// biome-ignore-all lint/suspicious/noExplicitAny: a CertificateSigningRequest's parts
import { decodeBase64 } from '../../base/utf8.ts'
import { parseRequest, pemBlock } from '../certificate-request.ts'
import type { KubeObject } from '../object.ts'
import { duplicate, type FieldError, forbiddenField, invalid, notSupported, required, tooLong } from '../status.ts'
import { dns1123Label, dns1123Subdomain } from './names.ts'

const USAGES = [
  'signing',
  'digital signature',
  'content commitment',
  'key encipherment',
  'key agreement',
  'data encipherment',
  'cert sign',
  'crl sign',
  'encipher only',
  'decipher only',
  'any',
  'server auth',
  'client auth',
  'code signing',
  'email protection',
  's/mime',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'timestamping',
  'ocsp signing',
  'microsoft sgc',
  'netscape sgc',
]
const LEGACY = 'kubernetes.io/legacy-unknown'
/** Conditions that are true or not there. */
const TRUE_ONLY = ['Approved', 'Denied', 'Failed']

/** ValidateSignerName: "example.com/signer-name". */
function signerName(name: string, at: string): FieldError[] {
  if (name === '') return [required(at)]
  const parts = name.split('/')
  if (parts.length !== 2)
    return [invalid(at, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")]
  const [domain = '', path = ''] = parts
  const out: FieldError[] = domain.length > 253 ? [tooLong(at, 253)] : []
  const labels = domain.split('.')
  const first = (list: readonly string[], rule: (v: string) => string[], where: string) => {
    const label = list.find((l) => rule(l).length > 0)
    if (label !== undefined)
      for (const m of rule(label)) out.push(invalid(at, where, `validating label ${JSON.stringify(label)}: ${m}`))
  }
  first(labels, dns1123Label, domain)
  if (labels.length < 2) out.push(invalid(at, domain, 'should be a domain with at least two segments separated by dots'))
  first(path.split('.'), (v) => dns1123Subdomain(v), path)
  return out
}

function conditions(list: readonly any[]): FieldError[] {
  const at = 'status.conditions'
  const out: FieldError[] = []
  for (const [i, c] of list.entries()) {
    if (!c.type) out.push(required(`${at}[${i}].type`))
    const allowed = TRUE_ONLY.includes(c.type) ? ['True'] : ['True', 'False', 'Unknown']
    if (!c.status) out.push(required(`${at}[${i}].status`))
    else if (!allowed.includes(c.status)) out.push(notSupported(`${at}[${i}].status`, c.status, allowed))
    const other = { Approved: 'Denied', Denied: 'Approved' }[c.type as string]
    if (other !== undefined && list.slice(0, i).some((b) => b.type === other))
      out.push(invalid(at, c.type, 'Approved and Denied conditions are mutually exclusive'))
    if (list.slice(0, i).some((b) => b.type === c.type)) out.push(duplicate(`${at}[${i}].type`, c.type))
  }
  return out
}

/** validateCertificateSigningRequest (pkg/apis/certificates/validation). */
export function validateSigningRequest(object: KubeObject): FieldError[] {
  const { request = '', usages = [], signerName: signer = '', expirationSeconds } = object.spec ?? {}
  const out: FieldError[] = []
  const parsed = parseRequest(decodeBase64(request) ?? '')
  if (typeof parsed === 'string') out.push(invalid('spec.request', object.spec?.request ?? null, parsed))
  if (usages.length === 0) out.push(required('spec.usages'))
  for (const [i, usage] of usages.entries())
    if (!USAGES.includes(usage)) out.push(notSupported(`spec.usages[${i}]`, usage, USAGES))
  for (const [i, usage] of usages.entries()) if (usages.indexOf(usage) < i) out.push(duplicate(`spec.usages[${i}]`, usage))
  if (signer === LEGACY) out.push(invalid('spec.signerName', signer, 'the legacy signerName is not allowed via this API version'))
  else out.push(...signerName(signer, 'spec.signerName'))
  if (expirationSeconds !== undefined && expirationSeconds < 600) {
    const words = 'may not specify a duration less than 600 seconds (10 minutes)'
    out.push(invalid('spec.expirationSeconds', expirationSeconds, words))
  }
  out.push(...conditions(object.status?.conditions ?? []))
  const certificate = object.status?.certificate
  if (certificate && pemBlock(decodeBase64(certificate) ?? '', 'CERTIFICATE') === undefined)
    out.push(invalid('status.certificate', '<certificate data>', 'must contain at least one CERTIFICATE PEM block'))
  return out
}

/** What each of the three ways to change a request may change of its status. */
export function validateSigningRequestUpdate(object: KubeObject, old: KubeObject, way?: 'approval' | 'status'): FieldError[] {
  const out = validateSigningRequest(object)
  const at = 'status.conditions'
  const of = (o: KubeObject, type: string) => (o.status?.conditions ?? []).filter((c: any) => c.type === type)
  for (const type of TRUE_ONLY) {
    if (of(object, type).length < of(old, type).length)
      out.push(forbiddenField(at, `updates may not remove a condition of type "${type}"`))
  }
  for (const type of way === 'approval' ? [] : ['Approved', 'Denied']) {
    if (of(object, type).length > of(old, type).length)
      out.push(forbiddenField(at, `updates may not add a condition of type "${type}"`))
  }
  const [now, before] = [object.status?.certificate ?? '', old.status?.certificate ?? '']
  if (now === before) return out
  if (way !== 'status') out.push(forbiddenField('status.certificate', 'updates may not set certificate content'))
  else if (before !== '') out.push(forbiddenField('status.certificate', 'updates may not modify existing certificate content'))
  return out
}
