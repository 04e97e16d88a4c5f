import { formatIPv4, parseIPv4 } from '../../../base/ip.ts'
import { maskOf, withoutHostBits } from '../address.ts'
import type { Target } from '../extension.ts'

/** libipt_NETMAP.c, xt_NETMAP.c: the host part stays, the network part is replaced (IPv4 only here). */
export const NETMAP: Target = {
  name: 'NETMAP',
  options: [
    {
      name: 'to',
      arg: true,
      mandatory: true,
      type: { kind: 'hostmask' },
      use: ({ draft, value }) => {
        draft['to'] = withoutHostBits(value as string)
      },
    },
  ],
  print: (d) => `to:${(d['to'] as string).replace(/\/(32|128)$/, '')}`,
  save: (d) => ` --to ${(d['to'] as string).replace(/\/(32|128)$/, '')}`,
  refuse: (_, { table }) => (table === 'nat' ? undefined : 'EINVAL'),
  act: (d, { packet }, { hook }) => {
    const [base = '', bits = '32'] = (d['to'] as string).split('/')
    const mask = maskOf(Number(bits))
    const manip = hook.hook === 'PREROUTING' || hook.hook === 'OUTPUT' ? 'dst' : 'src'
    const old = parseIPv4(manip === 'dst' ? packet.dst : packet.src) ?? 0
    const address = formatIPv4((((parseIPv4(base) ?? 0) & mask) | (old & ~mask)) >>> 0)
    return { kind: 'nat', request: { manip, minAddress: address, maxAddress: address } }
  },
  verdictText: (d) => `NETMAP ${d['to']}`,
}
