import { parameterProblem } from '../errors.ts'
import type { OptionUse, Target } from '../extension.ts'
import { parseUint } from '../numbers.ts'

/** Helpers that kernel modules register (nf_conntrack_*.ko); naming another is ENOENT. */
const HELPERS = ['RAS', 'Q.931', 'amanda', 'ftp', 'irc', 'netbios-ns', 'pptp', 'sane', 'sip', 'snmp', 'snmp_trap', 'tftp']

/** libxt_CT.c, xt_CT.c: --notrack acts; zones and event masks are only printed, and helpers have no traffic here to help. */
export const CT: Target = {
  name: 'CT',
  options: [
    { name: 'notrack', type: { kind: 'none' } },
    { name: 'helper', arg: true, type: { kind: 'string', max: 15 } },
    { name: 'timeout', arg: true, type: { kind: 'string', max: 31 } },
    { name: 'ctevents', arg: true, type: { kind: 'string' } },
    { name: 'expevents', arg: true, type: { kind: 'string' } },
    ...['zone', 'zone-orig', 'zone-reply'].map((name) => ({
      name,
      arg: true,
      use: ({ draft, arg, env }: OptionUse) => {
        const zone = parseUint(arg, 65535)
        if (arg !== 'mark' && zone === undefined)
          parameterProblem(`Cannot parse ${arg} as a zone ID${env.dialect.trailingNewlines ? '\n' : ''}`)
        draft[name] = arg === 'mark' ? 'mark' : (zone as number)
      },
    })),
  ],
  print: (d) => `CT${words(d, '')}`,
  save: (d) => words(d, '--'),
  refuse: (d, { table }) => {
    if (table !== 'raw') return 'EINVAL'
    // Timeout policies are nfct's to make, and nobody here has made one.
    if (d['timeout'] !== undefined) return 'ENOENT'
    return d['helper'] === undefined || HELPERS.includes(d['helper'] as string) ? undefined : 'ENOENT'
  },
  acts: (d) => d['notrack'] === true,
  act: (d) => (d['notrack'] ? { kind: 'untracked' } : { kind: 'continue' }),
}

function words(d: Readonly<Record<string, unknown>>, dashes: string): string {
  let text = d['notrack'] ? ` ${dashes}notrack` : ''
  for (const key of ['helper', 'timeout', 'ctevents', 'expevents', 'zone', 'zone-orig', 'zone-reply'])
    if (d[key] !== undefined) text += ` ${dashes}${key} ${d[key]}`
  return text
}

/** -j NOTRACK: libxt_CT.c under its old name; -L shows the target as CT. */
export const NOTRACK: Target = {
  name: 'NOTRACK',
  shownAs: 'CT',
  options: [],
  print: () => 'NOTRACK',
  save: () => '',
  refuse: (_, { table }) => (table === 'raw' ? undefined : 'EINVAL'),
  act: () => ({ kind: 'untracked' }),
}
