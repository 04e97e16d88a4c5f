import { parameterProblem } from '../errors.ts'
import type { Matcher } from '../extension.ts'

/** libxt_connlimit.c. Counting needs the whole conntrack table, which a rule cannot see here: printed, not acted. */
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
}
