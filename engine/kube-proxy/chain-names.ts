import { sha256 } from '@noble/hashes/sha2.js'

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Service names, protocols and addresses are ASCII (RFC 1123 labels): a character a byte. */
const input = new Uint8Array(512)
const output = new Uint8Array(32)
// A hundred thousand chains are named in one sync: one hasher is used over and over.
const blank = sha256.create()
const hasher = sha256.create()

/** The first 16 characters of base32(sha256(text)): 80 bits (pkg/proxy/iptables/proxier.go, portProtoHash). */
function hash16(text: string): string {
  const bytes = text.length <= input.length ? input.subarray(0, text.length) : new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  blank._cloneInto(hasher).update(bytes).digestInto(output)
  const codes: number[] = []
  let bits = 0
  let held = 0
  for (let i = 0; i < 10; i++) {
    held = (held << 8) | (output[i] as number)
    bits += 8
    while (bits >= 5) {
      bits -= 5
      codes.push(BASE32.charCodeAt((held >> bits) & 31))
    }
    held &= 31
  }
  return String.fromCharCode(...codes)
}

/** The chains of one Service port; names depend on "namespace/name:port" and the protocol alone. */
export interface ServiceChains {
  /** Endpoints of traffic policy Cluster. */
  readonly cluster: string
  /** Endpoints of traffic policy Local. */
  readonly local: string
  /** Where load balancer traffic meets loadBalancerSourceRanges. */
  readonly firewall: string
  /** Node ports, external IPs and load balancer IPs. */
  readonly external: string
}

export function serviceChains(servicePortName: string, protocol: string): ServiceChains {
  const hash = hash16(servicePortName + protocol)
  return { cluster: `KUBE-SVC-${hash}`, local: `KUBE-SVL-${hash}`, firewall: `KUBE-FW-${hash}`, external: `KUBE-EXT-${hash}` }
}

/** KUBE-SEP-… of "address:port" behind a Service port (servicePortEndpointChainName). */
export function endpointChain(servicePortName: string, protocol: string, endpoint: string): string {
  return `KUBE-SEP-${hash16(servicePortName + protocol + endpoint)}`
}

/** Whether a nat chain is one that kube-proxy makes per Service, and so deletes when no Service needs it. */
export function isServiceChain(name: string): boolean {
  return /^KUBE-(SVC|SVL|FW|EXT|SEP)-/.test(name)
}
