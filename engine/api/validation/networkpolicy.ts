// biome-ignore-all lint/suspicious/noExplicitAny: a NetworkPolicy's parts
import { cidrContains } from '../../base/ip.ts'
import type { KubeObject } from '../object.ts'
import { type FieldError, forbiddenField, invalid, required } from '../status.ts'
import { cidrWarnings, legacyCidr, sloppyCidr } from './ip.ts'
import { portName, portNumber, validateLabelSelector } from './names.ts'

/** The server prints these lists as it has them, unsorted. */
function unsupported(field: string, value: unknown, list: string): FieldError {
  return { type: 'FieldValueNotSupported', field, detail: `supported values: ${list}`, value: { of: value } }
}

function validatePort({ protocol, port, endPort }: any, at: string): FieldError[] {
  const out: FieldError[] = []
  if (protocol !== undefined && !['TCP', 'UDP', 'SCTP'].includes(protocol))
    out.push(unsupported(`${at}.protocol`, protocol, '"TCP", "UDP", "SCTP"'))
  if (port === undefined) {
    if (endPort !== undefined) out.push(invalid(`${at}.endPort`, endPort, 'may not be specified when `port` is not specified'))
  } else if (typeof port === 'number') {
    for (const m of portNumber(port)) out.push(invalid(`${at}.port`, port, m))
    if (endPort === undefined) return out
    if (endPort < port) out.push(invalid(`${at}.endPort`, port, 'must be greater than or equal to `port`'))
    for (const m of portNumber(endPort)) out.push(invalid(`${at}.endPort`, endPort, m))
  } else {
    if (endPort !== undefined) out.push(invalid(`${at}.endPort`, endPort, 'may not be specified when `port` is non-numeric'))
    for (const m of portName(port)) out.push(invalid(`${at}.port`, port, m))
  }
  return out
}

function validateBlock({ cidr, except = [] }: any, at: string, old: readonly string[]): FieldError[] {
  if (!cidr) return [required(`${at}.cidr`)]
  const out = legacyCidr(`${at}.cidr`, cidr, old)
  const outer = sloppyCidr(cidr)?.cidr
  if (outer === undefined) return out
  for (const [i, text] of except.entries()) {
    out.push(...legacyCidr(`${at}.except[${i}]`, text, old))
    const inner = sloppyCidr(text)?.cidr
    if (inner !== undefined && (!cidrContains(outer, inner.base) || outer.bits >= inner.bits))
      out.push(invalid(`${at}.except[${i}]`, text, 'must be a strict subset of `cidr`'))
  }
  return out
}

function validatePeer(peer: any, at: string, old: readonly string[]): FieldError[] {
  const { podSelector, namespaceSelector, ipBlock } = peer
  const out: FieldError[] = []
  if (podSelector !== undefined) out.push(...validateLabelSelector(podSelector, `${at}.podSelector`))
  if (namespaceSelector !== undefined) out.push(...validateLabelSelector(namespaceSelector, `${at}.namespaceSelector`))
  if (ipBlock !== undefined) out.push(...validateBlock(ipBlock, `${at}.ipBlock`, old))
  const count = [podSelector, namespaceSelector, ipBlock].filter((p) => p !== undefined).length
  if (count === 0) out.push(required(at, 'must specify a peer'))
  else if (count > 1 && ipBlock !== undefined) out.push(forbiddenField(at, 'may not specify both ipBlock and another peer'))
  return out
}

/** ValidateNetworkPolicySpec; ranges that the old policy had stay valid. */
export function validateNetworkPolicy(object: KubeObject, old: readonly string[] = []): FieldError[] {
  const spec = object.spec ?? {}
  const out = validateLabelSelector(spec.podSelector, 'spec.podSelector')
  for (const [direction, side] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    for (const [i, rule] of ((spec[direction] ?? []) as readonly any[]).entries()) {
      const at = `spec.${direction}[${i}]`
      for (const [j, port] of (rule?.ports ?? []).entries()) out.push(...validatePort(port, `${at}.ports[${j}]`))
      for (const [j, peer] of (rule?.[side] ?? []).entries()) out.push(...validatePeer(peer, `${at}.${side}[${j}]`, old))
    }
  }
  const types: readonly string[] = spec.policyTypes ?? []
  if (types.length > 2) return [...out, invalid('spec.policyTypes', types, 'may not specify more than two policyTypes')]
  for (const [i, type] of types.entries())
    if (type !== 'Ingress' && type !== 'Egress') out.push(unsupported(`spec.policyTypes[${i}]`, type, '"Ingress", "Egress"'))
  return out
}

function blocks(spec: any): { readonly at: string; readonly block: any }[] {
  return [['ingress', 'from'] as const, ['egress', 'to'] as const].flatMap(([direction, side]) =>
    ((spec?.[direction] ?? []) as readonly any[]).flatMap((rule, i) =>
      ((rule?.[side] ?? []) as readonly any[])
        .map((peer, j) => ({ at: `spec.${direction}[${i}].${side}[${j}].ipBlock`, block: peer.ipBlock }))
        .filter(({ block }) => block !== undefined),
    ),
  )
}

/** The registry validates an update twice over: as a new policy, and then as a change of the old. */
export function validateNetworkPolicyUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const before = blocks(old.spec).flatMap(({ block }) => [block.cidr, ...(block.except ?? [])])
  return [...validateNetworkPolicy(object), ...validateNetworkPolicy(object, before)]
}

export function networkPolicyWarnings(object: KubeObject): string[] {
  return blocks(object.spec).flatMap(({ at, block }) => [
    ...cidrWarnings(`${at}.cidr`, block.cidr ?? ''),
    ...((block.except ?? []) as readonly string[]).flatMap((text, i) => cidrWarnings(`${at}.except[${i}]`, text)),
  ])
}
