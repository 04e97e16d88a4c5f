import { parameterProblem } from '../errors.ts'
import type { Matcher } from '../extension.ts'

/** libxt_mac.c. The engine's packets carry no Ethernet header at the hooks: printed, not acted. */
export const mac: Matcher = {
  name: 'mac',
  options: [
    {
      name: 'mac-source',
      arg: true,
      mandatory: true,
      use: ({ draft, arg, invert }) => {
        if (!/^[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}$/.test(arg))
          parameterProblem(`mac: Bad value for "--mac-source" option: "${arg}"\n`)
        draft['source'] = arg
          .split(':')
          .map((part) => part.padStart(2, '0').toLowerCase())
          .join(':')
        if (invert) draft['sourceInv'] = true
      },
    },
  ],
  print: (d, { dialect }) => `MAC${d['sourceInv'] ? ' !' : ''}${dialect.macGlued ? '' : ' '}${d['source']}`,
  save: (d) => `${d['sourceInv'] ? ' !' : ''} --mac-source ${d['source']}`,
  refuse: (_, { hooks }) =>
    hooks.every((hook) => hook === 'PREROUTING' || hook === 'INPUT' || hook === 'FORWARD') ? undefined : 'EINVAL',
}
