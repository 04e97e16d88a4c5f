import { parameterProblem } from '../errors.ts'
import type { Target } from '../extension.ts'

/** Name, alias (libipt_REJECT.c and libip6t_REJECT.c: reject_table). */
const TYPES4 = [
  ['icmp-net-unreachable', 'net-unreach'],
  ['icmp-host-unreachable', 'host-unreach'],
  ['icmp-proto-unreachable', 'proto-unreach'],
  ['icmp-port-unreachable', 'port-unreach'],
  ['icmp-net-prohibited', 'net-prohib'],
  ['icmp-host-prohibited', 'host-prohib'],
  ['tcp-reset', 'tcp-rst'],
  ['icmp-admin-prohibited', 'admin-prohib'],
] as const
const TYPES6 = [
  ['icmp6-no-route', 'no-route'],
  ['icmp6-adm-prohibited', 'adm-prohibited'],
  ['icmp6-addr-unreachable', 'addr-unreach'],
  ['icmp6-port-unreachable', 'port-unreach'],
  ['tcp-reset', 'tcp-rst'],
  ['icmp6-policy-fail', 'policy-fail'],
  ['icmp6-reject-route', 'reject-route'],
] as const

/** libipt_REJECT.c, libip6t_REJECT.c, ipt_REJECT.c */
export const REJECT: Target = {
  name: 'REJECT',
  options: [
    {
      name: 'reject-with',
      arg: true,
      type: { kind: 'string' },
      use: ({ draft, arg, env }) => {
        const types: readonly (readonly [string, string])[] = env.family === 4 ? TYPES4 : TYPES6
        // A prefix is enough (strncasecmp with the length of the argument).
        const found = types.find(([name, alias]) =>
          [name, alias].some((n) => n.slice(0, arg.length).toLowerCase() === arg.toLowerCase()),
        )
        if (found === undefined) parameterProblem(`unknown reject type "${arg}"`)
        draft['with'] = (found as readonly [string, string])[0]
      },
    },
  ],
  print: (d, { family }) => `reject-with ${d['with'] ?? byDefault(family)}`,
  save: (d, { family }) => ` --reject-with ${d['with'] ?? byDefault(family)}`,
  finish: (draft, { family }) => {
    draft['with'] ??= byDefault(family)
  },
  refuse: (d, { table, hooks, rule }) => {
    if (table !== 'filter' || !hooks.every((hook) => hook === 'INPUT' || hook === 'FORWARD' || hook === 'OUTPUT')) return 'EINVAL'
    return d['with'] === 'tcp-reset' && (rule.filter.proto !== 6 || rule.filter.protoInv) ? 'EINVAL' : undefined
  },
  act: (d) => ({ kind: 'reject', with: d['with'] as string }),
  verdictText: (d) => `REJECT ${d['with']}`,
}

function byDefault(family: 4 | 6): string {
  return family === 4 ? 'icmp-port-unreachable' : 'icmp6-port-unreachable'
}
