import type { Matcher } from '../extension.ts'

/** libxt_mac.c, xt_mac.c: the source of the Ethernet header that the packet came in with. */
export const mac: Matcher = {
  name: 'mac',
  options: [
    {
      name: 'mac-source',
      arg: true,
      mandatory: true,
      type: { kind: 'mac' },
      invert: true,
      key: 'source',
    },
  ],
  print: (d, { dialect }) => `MAC${d['sourceInv'] ? ' !' : ''}${dialect.macGlued ? '' : ' '}${d['source']}`,
  save: (d) => `${d['sourceInv'] ? ' !' : ''} --mac-source ${d['source']}`,
  refuse: (_, { hooks }) =>
    hooks.every((hook) => hook === 'PREROUTING' || hook === 'INPUT' || hook === 'FORWARD') ? undefined : 'EINVAL',
  // Loopback has no Ethernet header: no match, inverted or not.
  matches: (d, skb, { hook }) => {
    if (skb.srcMac === undefined || skb.iif === undefined || hook.host?.isLoopback(skb.iif) === true) return false
    return (skb.srcMac === d['source']) !== (d['sourceInv'] === true)
  },
}
