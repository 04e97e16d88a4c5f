import type { Matcher } from '../extension.ts'

/** libxt_mac.c. The engine's packets carry no Ethernet header at the hooks: printed, not acted. */
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
}
