import type { Dialect } from '../dialect.ts'
import type { Target } from '../extension.ts'
import { quoted } from '../quote.ts'
import type { ExtensionData } from '../rule.ts'

function options(d: ExtensionData, dashes: string, dialect: Dialect): string {
  const gap = dialect.nflogPrefixGap ? '  ' : ' '
  return [
    d['prefix'] === undefined ? '' : ` ${dashes}nflog-prefix${gap}${quoted(d['prefix'] as string)}`,
    d['group'] ? ` ${dashes}nflog-group ${d['group']}` : '',
    d['size'] === undefined ? '' : ` ${dashes}nflog-size ${d['size']}`,
    d['range'] === undefined ? '' : ` ${dashes}nflog-range ${d['range']}`,
    d['threshold'] === undefined ? '' : ` ${dashes}nflog-threshold ${d['threshold']}`,
  ].join('')
}

/** libxt_NFLOG.c, xt_NFLOG.c. nft writers of 1.8.8 and later store a native log expression, which 1.8.7 cannot read. */
export const NFLOG: Target = {
  name: 'NFLOG',
  options: [
    { name: 'nflog-group', arg: true, type: { kind: 'uint', max: 65535 }, key: 'group' },
    { name: 'nflog-prefix', arg: true, type: { kind: 'string', min: 1, size: 63 }, key: 'prefix' },
    { name: 'nflog-range', arg: true, type: { kind: 'uint' }, key: 'range' },
    { name: 'nflog-size', arg: true, type: { kind: 'uint' }, key: 'size' },
    { name: 'nflog-threshold', arg: true, type: { kind: 'uint', max: 65535 }, key: 'threshold' },
  ],
  finish: (draft) => {
    if (draft['group'] === 0) delete draft['group']
  },
  print: (d, { dialect }) => options(d, '', dialect).slice(1),
  save: (d, { dialect }) => options(d, '--', dialect),
  nativeForm: () => 'unreadable',
  act: (d, skb, { hook }) => {
    hook.nflog((d['group'] as number | undefined) ?? 0, (d['prefix'] as string | undefined) ?? '', skb.packet)
    return { kind: 'continue' }
  },
}
