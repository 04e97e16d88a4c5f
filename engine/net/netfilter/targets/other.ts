import type { Skb } from '../../packet.ts'
import { parameterProblem } from '../errors.ts'
import type { Target } from '../extension.ts'
import { parseUint } from '../numbers.ts'

/** libxt_TRACE.c, xt_TRACE.c: from here on every step of the packet on this host is reported (path/trace-target.ts). */
export const TRACE: Target = {
  name: 'TRACE',
  options: [],
  print: () => '',
  save: () => '',
  refuse: (_, { table }) => (table === 'raw' ? undefined : 'EINVAL'),
  act: (_, skb, { hook }) => {
    if (skb.traced === undefined) {
      skb.traced = traceId(skb, hook.now)
      skb.tracing = true
    }
    return { kind: 'continue' }
  },
}

/** A number of its own for each traced packet (nft_trace_init hashes the packet's place in memory). */
function traceId({ packet, iif = '' }: Skb, now: number): number {
  const { src, dst, sport = 0, dport = 0, id, tcp } = packet
  let hash = 0x811c9dc5
  for (const char of `${now} ${src} ${dst} ${sport} ${dport} ${id} ${tcp?.seq ?? 0} ${iif}`)
    hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  return hash >>> 0
}

/** libxt_TEE.c, xt_TEE.c, nf_dup_ipv4.c: a copy goes to another host of the link, with one hop less where it is on its way in. */
export const TEE: Target = {
  name: 'TEE',
  options: [
    { name: 'gateway', arg: true, type: { kind: 'host' }, mandatory: true },
    { name: 'oif', arg: true, type: { kind: 'string', max: 15 } },
  ],
  print: (d, env) =>
    `TEE gw:${(env.numeric ? undefined : env.names.hostName(d['gateway'] as string)) ?? d['gateway']}${d['oif'] === undefined ? '' : ` oif=${d['oif']}`}`,
  save: (d) => ` --gateway ${d['gateway']}${d['oif'] === undefined ? '' : ` --oif ${d['oif']}`}`,
  act: (d, { packet }, { hook }) => {
    const coming = hook.hook === 'PREROUTING' || hook.hook === 'INPUT'
    const copy = coming ? { ...packet, ttl: packet.ttl - 1 } : packet
    hook.host?.duplicate(copy, d['gateway'] as string, d['oif'] as string | undefined)
    return { kind: 'continue' }
  },
}

/** libxt_NFQUEUE.c: nobody listens on a queue here, so packets are dropped unless it may be bypassed (nf_queue.c). */
export const NFQUEUE: Target = {
  name: 'NFQUEUE',
  options: [
    { name: 'queue-num', arg: true, type: { kind: 'uint', max: 65535 }, key: 'num', exclusive: ['queue-balance'] },
    {
      name: 'queue-balance',
      arg: true,
      use: ({ draft, arg }) => {
        const [low, high] = arg.split(':').map((part) => parseUint(part, 65535))
        if (low === undefined || high === undefined || low >= high)
          parameterProblem(`NFQUEUE: bad value for option "--queue-balance", or out of range (0-65535).\n`)
        draft['balance'] = [low as number, high as number]
      },
    },
    { name: 'queue-bypass', type: { kind: 'none' }, key: 'bypass' },
    { name: 'queue-cpu-fanout', type: { kind: 'none' }, key: 'fanout', also: ['queue-balance'] },
  ],
  finish: (draft) => {
    if (draft['balance'] === undefined) draft['num'] ??= 0
    else delete draft['num']
  },
  print: (d) => `NFQUEUE ${queues(d, '')}${d['bypass'] ? ' bypass' : ''}${d['fanout'] ? ' cpu-fanout' : ''}`,
  save: (d) => ` --queue-${queues(d, '')}${d['bypass'] ? ' --queue-bypass' : ''}${d['fanout'] ? ' --queue-cpu-fanout' : ''}`,
  act: (d) => ({ kind: d['bypass'] ? 'accept' : 'drop' }),
}

function queues(d: Readonly<Record<string, unknown>>, dashes: string): string {
  const balance = d['balance'] as readonly [number, number] | undefined
  return balance === undefined ? `${dashes}num ${d['num'] ?? 0}` : `${dashes}balance ${balance[0]}:${balance[1]}`
}

/** libxt_AUDIT.c */
export const AUDIT: Target = {
  name: 'AUDIT',
  options: [
    {
      name: 'type',
      arg: true,
      mandatory: true,
      use: ({ draft, arg }) => {
        const type = ['accept', 'drop', 'reject'].find((name) => name === arg.toLowerCase())
        if (type === undefined) parameterProblem(`Bad action type value "${arg}"`)
        draft['type'] = type as string
      },
    },
  ],
  print: (d) => `AUDIT ${d['type']}`,
  save: (d) => ` --type ${d['type']}`,
  act: () => ({ kind: 'continue' }),
}

/** libxt_SYNPROXY.c: this kernel wants -p tcp and conntrack's SYN cookies; not acted here. */
export const SYNPROXY: Target = {
  name: 'SYNPROXY',
  options: [
    { name: 'sack-perm', type: { kind: 'none' } },
    { name: 'timestamp', type: { kind: 'none' } },
    { name: 'wscale', arg: true, type: { kind: 'uint', max: 14 } },
    { name: 'mss', arg: true, type: { kind: 'uint', max: 65535 } },
    { name: 'ecn', type: { kind: 'none' } },
  ],
  print: (d) =>
    `SYNPROXY${d['sack-perm'] ? ' sack-perm' : ''}${d['timestamp'] ? ' timestamp' : ''}${d['wscale'] === undefined ? '' : ` wscale ${d['wscale']}`}${d['mss'] === undefined ? '' : ` mss ${d['mss']}`}${d['ecn'] ? ' ecn' : ''}`,
  save: (d) =>
    `${d['sack-perm'] ? ' --sack-perm' : ''}${d['timestamp'] ? ' --timestamp' : ''}${d['wscale'] === undefined ? '' : ` --wscale ${d['wscale']}`}${d['mss'] === undefined ? '' : ` --mss ${d['mss']}`}${d['ecn'] ? ' --ecn' : ''}`,
  refuse: (_, { hooks, rule }) =>
    hooks.every((hook) => hook === 'INPUT' || hook === 'FORWARD') && rule.filter.proto === 6 && !rule.filter.protoInv
      ? undefined
      : 'EINVAL',
}
