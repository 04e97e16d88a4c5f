import { formatCidr, parseCidr } from '../../../base/ip.ts'
import type { Json } from '../../../base/json.ts'
import { tupleKey } from '../../conntrack/entry.ts'
import type { Packet, Tuple } from '../../packet.ts'
import { parameterProblem } from '../errors.ts'
import type { Matcher } from '../extension.ts'

type Flows = Readonly<Record<string, readonly Tuple[]>>

/** Of a packet that is not tracked. */
function tupleOf({ proto, src, dst, sport = 0, dport = 0 }: Packet): Tuple {
  return { proto, src, dst, sport, dport }
}

const same = (a: Tuple, b: Tuple) => tupleKey(a) === tupleKey(b)

/** libxt_connlimit.c, xt_connlimit.c, nf_conncount.c: open connections of the same masked address, this one included. */
export const connlimit: Matcher = {
  name: 'connlimit',
  options: [
    {
      name: 'connlimit-upto',
      arg: true,
      type: { kind: 'uint' },
      invert: true,
      use: ({ draft, value, invert }) => {
        draft['limit'] = value as number
        if (!invert) draft['upto'] = true
      },
    },
    {
      name: 'connlimit-above',
      arg: true,
      type: { kind: 'uint' },
      invert: true,
      use: ({ draft, value, invert }) => {
        draft['limit'] = value as number
        if (invert) draft['upto'] = true
      },
    },
    { name: 'connlimit-mask', arg: true, type: { kind: 'uint', max: 128 }, key: 'mask' },
    { name: 'connlimit-saddr', use: () => {} },
    {
      name: 'connlimit-daddr',
      use: ({ draft }) => {
        draft['daddr'] = true
      },
    },
  ],
  finish: (draft, { family }) => {
    draft['mask'] ??= family === 4 ? 32 : 128
    if (draft['limit'] === undefined) parameterProblem('You must specify "--connlimit-above" or "--connlimit-upto".')
  },
  print: (d, { family }) =>
    `#conn ${d['daddr'] ? 'dst' : 'src'}/${d['mask'] ?? (family === 4 ? 32 : 128)} ${d['upto'] ? '<=' : '>'} ${d['limit']}`,
  save: (d, { family }) =>
    ` --connlimit-${d['upto'] ? 'upto' : 'above'} ${d['limit']} --connlimit-mask ${d['mask'] ?? (family === 4 ? 32 : 128)} --connlimit-${d['daddr'] ? 'd' : 's'}addr`,
  matches: (d, skb, { hook, memory }) => {
    const { packet, ct } = skb
    const own = ct === undefined || ct.original.proto === 0 ? tupleOf(packet) : ct.original
    const address = d['daddr'] ? packet.dst : packet.src
    const cidr = parseCidr(`${address}/${d['mask'] ?? (packet.family === 4 ? 32 : 128)}`)
    const key = cidr === undefined ? address : formatCidr(cidr)
    const known = (memory.get() as unknown as Flows | undefined) ?? {}
    // What has left the table or is over counts no more; what waits for confirmation is this packet's own.
    const open = (known[key] ?? []).filter((flow) => !same(flow, own) && hook.host?.flow(flow) === 'open')
    const counted = [...open, own]
    memory.set({ ...known, [key]: counted } as unknown as Json)
    return counted.length > (d['limit'] as number) !== (d['upto'] === true)
  },
}
