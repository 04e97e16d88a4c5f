import { parameterProblem } from '../errors.ts'
import type { Target } from '../extension.ts'
import { quoted } from '../quote.ts'
import { logLine } from './log-line.ts'

/** Names in the order of their numbers (syslog.h). */
const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug']
const FLAGS: readonly (readonly [string, number])[] = [
  ['tcp-sequence', 1],
  ['tcp-options', 2],
  ['ip-options', 4],
  ['uid', 8],
  ['macdecode', 32],
]

/** libxt_LOG.c (libipt_LOG.c), nf_log_syslog.c */
export const LOG: Target = {
  name: 'LOG',
  options: [
    {
      name: 'log-level',
      arg: true,
      type: { kind: 'syslog' },
      key: 'level',
    },
    {
      name: 'log-prefix',
      arg: true,
      type: { kind: 'string', min: 1 },
      use: ({ draft, arg }) => {
        if (arg.includes('\n')) parameterProblem('Newlines not allowed in --log-prefix')
        draft['prefix'] = arg.slice(0, 29)
      },
    },
    ...FLAGS.map(([name, bit]) => ({
      name: `log-${name}`,
      use: ({ draft }: { draft: Record<string, unknown> }) => {
        draft['flags'] = ((draft['flags'] as number | undefined) ?? 0) | bit
      },
    })),
  ],
  init: { level: 4 },
  print: (d, { dialect, numeric }) => {
    const flags = (d['flags'] as number | undefined) ?? 0
    const level = d['level'] as number
    const name = level === 4 ? dialect.logWarning : LEVELS[level]
    const head = numeric ? `LOG flags ${flags} level ${level}` : `LOG level ${name}`
    const words = numeric ? '' : FLAGS.map(([flag, bit]) => (flags & bit ? ` ${flag}` : '')).join('')
    const prefix = d['prefix'] === undefined ? '' : ` prefix "${d['prefix']}"`
    return numeric ? `${head}${prefix}` : `${head}${words}${prefix}`
  },
  save: (d) => {
    const flags = (d['flags'] as number | undefined) ?? 0
    const prefix = d['prefix'] === undefined ? '' : ` --log-prefix ${quoted(d['prefix'] as string)}`
    const level = d['level'] === 4 ? '' : ` --log-level ${d['level']}`
    return `${prefix}${level}${FLAGS.map(([flag, bit]) => (flags & bit ? ` --log-${flag}` : '')).join('')}`
  },
  act: (d, skb, { hook }) => {
    const flags = (d['flags'] as number | undefined) ?? 0
    hook.log(d['level'] as number, logLine((d['prefix'] as string | undefined) ?? '', skb, flags))
    return { kind: 'continue' }
  },
}
