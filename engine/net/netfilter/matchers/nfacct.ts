import type { Matcher } from '../extension.ts'

/** libxt_nfacct.c, xt_nfacct.c */
export const nfacct: Matcher = {
  name: 'nfacct',
  options: [{ name: 'nfacct-name', arg: true, type: { kind: 'string', min: 1, size: 31 }, key: 'name', mandatory: true }],
  print: (d) => `nfacct-name  ${d['name']}`,
  save: (d) => ` --nfacct-name  ${d['name']}`,
  refuse: (d, { shared }) => (shared.hasAccounting(d['name'] as string) ? undefined : 'ENOENT'),
  matches: (d, skb, { shared }) => {
    shared.countAccounting(d['name'] as string, skb.packet.length)
    return true
  },
}
