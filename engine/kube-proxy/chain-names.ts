import { sha256 } from '@noble/hashes/sha2.js'

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Service names, protocols and addresses are ASCII (RFC 1123 labels): a character a byte. */
const input = new Uint8Array(512)
/** The first n bytes of it, for each n that was asked for. */
const inputs: Uint8Array[] = []
const output = new Uint8Array(32)
// A hundred thousand chains are named in one sync: one hasher is used over and over.
const blank = sha256.create()
const hasher = sha256.create()

/** Writes a part of what is hashed; where the next one goes. */
function put(bytes: Uint8Array, from: number, part: string): number {
  for (let i = 0; i < part.length; i++) bytes[from + i] = part.charCodeAt(i)
  return from + part.length
}

function bytesOf(length: number): Uint8Array {
  if (length > input.length) return new Uint8Array(length)
  inputs[length] ??= input.subarray(0, length)
  return inputs[length]
}

const codesOf = (text: string) => Array.from(text, (character) => character.charCodeAt(0))

/** The prefix and the first 16 characters of base32(sha256(name + protocol + endpoint)): 80 bits (portProtoHash of proxier.go). */
function hashed(prefix: readonly number[], name: string, protocol: string, endpoint: string): string {
  const bytes = bytesOf(name.length + protocol.length + endpoint.length)
  put(bytes, put(bytes, put(bytes, 0, name), protocol), endpoint)
  blank._cloneInto(hasher).update(bytes).digestInto(output)
  const codes = prefix.slice()
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

const ENDPOINT_PREFIX = codesOf('KUBE-SEP-')

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
  const hash = hashed([], servicePortName, protocol, '')
  return { cluster: `KUBE-SVC-${hash}`, local: `KUBE-SVL-${hash}`, firewall: `KUBE-FW-${hash}`, external: `KUBE-EXT-${hash}` }
}

/** KUBE-SEP-… of "address:port" behind a Service port (servicePortEndpointChainName). */
export function endpointChain(servicePortName: string, protocol: string, endpoint: string): string {
  return hashed(ENDPOINT_PREFIX, servicePortName, protocol, endpoint)
}

/** Whether a nat chain is one that kube-proxy makes per Service, and so deletes when no Service needs it. */
export function isServiceChain(name: string): boolean {
  return /^KUBE-(SVC|SVL|FW|EXT|SEP)-/.test(name)
}
