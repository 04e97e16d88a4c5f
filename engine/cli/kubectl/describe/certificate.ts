import { parseRequest } from '../../../api/certificate-request.ts'
import { requestStatus } from '../../../api/kinds/certificatesigningrequest.ts'
import { formatLabels } from '../../../api/kinds/kind.ts'
import { humanDuration } from '../../../base/duration.ts'
import { decodeBase64, decodeUtf8 } from '../../../base/utf8.ts'
import { fail } from '../errors.ts'
import type { Describer } from './describer.ts'
import { describeEvents } from './events.ts'
import { type Lines, rfc1123 } from './writer.ts'

/** Attributes of the subject that may come several times, in the order they are told. */
const LISTED: readonly (readonly [string, string])[] = [
  ['Organization', 'O'],
  ['Organizational Unit', 'OU'],
  ['Country', 'C'],
  ['Locality', 'L'],
  ['Province', 'ST'],
  ['StreetAddress', 'STREET'],
  ['PostalCode', 'POSTALCODE'],
]

function list(out: Lines, name: string, values: readonly string[]): void {
  if (values.length > 0) out.at(0, `\t${name}:\t${values.join('\n\t\t')}\n`)
}

/** describeCertificateSigningRequest: who asks, and what the request itself says. */
export const certificateSigningRequest: Describer = {
  kind: 'CertificateSigningRequest.certificates.k8s.io',
  describe(out, object, tools) {
    const { metadata, spec } = object
    const request = parseRequest(decodeBase64(spec.request ?? '') ?? '')
    if (typeof request === 'string') throw fail(`Error parsing CSR: ${request}`)
    out.field('Name', metadata.name).field('Labels', formatLabels(metadata.labels))
    out.field('Annotations', formatLabels(metadata.annotations))
    out.field('CreationTimestamp', rfc1123(metadata.creationTimestamp)).field('Requesting User', spec.username ?? '')
    if (spec.signerName) out.field('Signer', spec.signerName)
    if (spec.expirationSeconds !== undefined) out.field('Requested Duration', humanDuration(spec.expirationSeconds * 1000))
    out.field('Status', requestStatus(object))
    const of = (type: string) => request.subject.filter((a) => a.type === type).map((a) => decodeUtf8(a.value))
    out.line('Subject:')
    out.at(0, `\tCommon Name:\t${of('CN').at(-1) ?? ''}\n`).at(0, `\tSerial Number:\t${of('SERIALNUMBER').at(-1) ?? ''}\n`)
    for (const [name, type] of LISTED) list(out, name, of(type))
    const { dnsNames, emailAddresses, uris, ipAddresses } = request
    if (dnsNames.length + emailAddresses.length + uris.length + ipAddresses.length > 0) {
      out.line('Subject Alternative Names:')
      list(out, 'DNS Names', dnsNames)
      list(out, 'Email Addresses', emailAddresses)
      list(out, 'URIs', uris)
      list(out, 'IP Addresses', ipAddresses)
    }
    describeEvents(out, object, tools)
  },
}
