import { generate } from 'selfsigned'

export interface Certificate {
  readonly key: string
  readonly cert: string
}

const DAY = 24 * 60 * 60 * 1000

/** A certificate for this machine's own address, made anew at every start; it is its own authority, and no other program trusts it. */
export async function ownCertificate(now: number): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: 'chainwalk' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - DAY),
    notAfterDate: new Date(now + 365 * DAY),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  return { key: made.private, cert: made.cert }
}
